// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// Who may import what: the table of the floor plan (Sources/README.md) as data.
@Suite struct FloorPlanTests {
    private static let system: Set<String> = [
        "Glibc", "Musl", "Darwin", "Synchronization", "Dispatch", "FoundationEssentials",
    ]

    private static let mayImport: [String: Set<String>] = [
        "TallyModel": ["Crypto"],
        "TallyPointInTime": [],
        "TallyStatistics": ["TallyModel"],
        "TallyReading": ["TallyModel"],
        "TallyHistory": ["TallyModel"],
        "TallyExpressions": ["TallyModel"],
        "TallyContracts": ["TallyModel", "TallyExpressions", "TallyStatistics"],
        "TallyDefinitions": ["TallyModel", "TallyReading", "TallyExpressions", "Yams"],
        "TallyStore": [
            "TallyModel", "TallyReading", "TallyExpressions", "TallyContracts", "TallyPointInTime", "TallyStatistics",
            "TallyHistory",
        ],
        "TallyDuckDB": ["TallyModel", "TallyPointInTime", "TallyReading", "TallyStatistics", "CDuckDB", "CPacked"],
        "TallySQLite": ["TallyModel", "GRDB"],
        "TallyLMDB": ["TallyModel", "CLMDB"],
        "TallyServer": [
            "TallyModel", "TallyStore", "HummingbirdCore", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL",
            "HTTPTypes", "Logging", "ServiceLifecycle", "Crypto",
        ],
        "TallyAssembly": [
            "TallyModel", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyStore", "TallyDuckDB",
            "TallySQLite", "TallyLMDB",
        ],
        "TallyTesting": ["TallyModel", "TallyExpressions", "TallyContracts", "TallyStatistics", "Testing"],
        "TallyCommands": [
            "TallyModel", "TallyReading", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyStore",
            "TallyServer", "TallyAssembly", "ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals",
        ],
        "TallyABI": ["TallyModel", "TallyAssembly", "TallyCommands", "CTally"],
        "tally": ["TallyCommands"],
    ]

    @Test func `each room imports only what the floor plan allows`() {
        for file in SourceTree.rooms {
            guard let allowed = Self.mayImport[file.room] else {
                Issue.record("\(file.path): room \(file.room) is not in the floor plan")
                continue
            }
            for name in imports(of: file) where !allowed.contains(name) && !Self.system.contains(name) {
                Issue.record("\(file.path): \(file.room) may not import \(name)")
            }
        }
    }

    @Test func `the kernel room imports nothing`() {
        for file in SourceTree.rooms where file.room == "TallyPointInTime" {
            #expect(imports(of: file).isEmpty, "\(file.path)")
        }
    }

    @Test func `digests are behind one file, keys behind another, encryption is in one folder`() {
        let users = SourceTree.rooms.filter { imports(of: $0).contains("Crypto") }.map(\.path).sorted()
        #expect(
            users == [
                "Sources/TallyModel/Identity/Fingerprint.swift",
                "Sources/TallyServer/Encryption/SelfSignedCertificate.swift",
            ])
        for file in SourceTree.rooms where imports(of: file).contains("NIOSSL") {
            #expect(file.path.hasPrefix("Sources/TallyServer/Encryption/"), "\(file.path)")
        }
    }

    @Test func `commands call the facade, and put nothing together themselves`() {
        for file in SourceTree.rooms where file.room == "TallyCommands" {
            for (number, line) in file.lines.enumerated() {
                #expect(
                    !line.contains("Workspace(") && !line.contains("Workspace.checked"),
                    "\(file.path):\(number + 1): call a method of FeatureStore")
            }
        }
    }

    @Test func `no room can be reached from itself`() {
        for start in Self.mayImport.keys {
            var seen = Set<String>()
            var queue = Array(Self.mayImport[start] ?? [])
            while let room = queue.popLast() {
                guard seen.insert(room).inserted else { continue }
                queue += Self.mayImport[room] ?? []
            }
            #expect(!seen.contains(start), "\(start) imports itself by a detour")
        }
    }

    private func imports(of file: SourceTree.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1,
                words[..<index].allSatisfy({ ["public", "internal", "private", "package", "@testable"].contains($0) })
            else { return nil }
            return words[index + 1].split(separator: ".").first.map(String.init)
        }
    }
}
