// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// The folders inside rooms are a floor plan too: each uses only folders that stand before it.
///
/// A use is a word that names a top-level type of another folder; members of extensions are not seen.
@Suite struct FolderPlanTests {
    /// Floors from the ground up.
    ///
    /// Folders on one floor are written in one text and do not use each other; `.` is the room's own folder, and a folder
    /// stands for those below it that are not named themselves.
    static let floors: [String: [String]] = [
        "TallyModel": [
            ". JSON Text", "Values", "Errors", "Files", "Flow/Declared", "Flow/Judged", "Identity",
            "Flow/Stored", "Flow/Planned",
            "Flow/Served", "Ports",
        ],
        "TallyPointInTime": [".", "Kernels"],
        "TallyStatistics": ["Sums Sampling Quantiles Bounds"],
        "TallyReading": ["Files Values", "Text", "Look"],
        "TallyHistory": ["Digests", "Runs", "Matching"],
        "TallyExpressions": ["Evaluation", "Syntax", "Catalogue", "Checking", "."],
        "TallyDefinitions": ["Diagnostics", "YAML", "Contracts", "Reading", "Checking Rendering"],
        "TallyContracts": [
            "Patterns", "Rows", "Checks", "Measures", "Verification Reporting", "Compatibility Proposal",
        ],
        "TallyStore": [
            "Snapshots Fingerprints", "Compiled", "Notes", "Admission/Rows", "Admission", "Training Serving",
            "Materialization Comparison",
            "Review", "Planning", "Lockfile Outputs Health",
        ],
        "TallyServer": [
            "Kernels", "JSON Arrow Settings Tokens", "HTTP", "Metrics Connections Access",
            "Catalogue Encryption Limits",
            "Lifecycle", "Routes", "Feast Pages", "Front", ".",
        ],
        "TallyAssembly": [".", "Verbs", "Answers Process", "Calls"],
        "TallyDuckDB": ["Handles", "Footers Engine", "Reading", "Queries Joining Measuring Writing Exchange", "."],
        "TallyLMDB": ["Failures", "Structure", "."],
        "TallyCommands": [
            "Command", "Output", "Contract Definitions Doctor OnlineStore Quarantine Server Token TrainingSet Vector",
            "Repository", ".",
        ],
        "TallyTesting": ["Law Expressions", "."],
    ]

    /// A type's name, but not a member's behind a point.
    private static var use: Regex<(Substring, Substring)> { #/(?:^|[^.\w])([A-Z]\w+)/# }

    @Test(arguments: floors.keys.sorted())
    func `each folder uses only folders below its own floor`(_ room: String) throws {
        let floors = (Self.floors[room] ?? []).map { $0.split(separator: " ").map(String.init) }
        var heights: [String: Int] = [:]
        for (height, folders) in floors.enumerated() { for folder in folders { heights[folder] = height } }
        var owners: [Substring: String] = [:]
        var nested = Set<Substring>()
        let files = SourceTree.rooms.filter { $0.room == room }.map { file in
            (path: file.path, folder: folder(of: file, among: heights), text: code(of: file.text))
        }
        for file in files {
            for name in declared(
                in: file.text, #/(?m)^(?:@\w+ |[a-z]+ )*(?:struct|enum|class|actor|protocol|typealias) (\w+)/#)
            where owners[name] == nil { owners[name] = file.folder }
            nested.formUnion(
                declared(
                    in: file.text, #/(?m)^ +(?:@\w+ |[a-z]+ )*(?:struct|enum|class|actor|protocol|typealias) (\w+)/#))
        }
        for file in files {
            let height = try #require(heights[file.folder], "\(file.path) stands in a folder without a floor")
            for word in Set(file.text.matches(of: Self.use).map(\.1)) where !nested.contains(word) {
                guard let owner = owners[word], owner != file.folder, let other = heights[owner] else { continue }
                #expect(other < height, "\(file.path) uses \(word) of \(owner)")
            }
        }
    }

    @Test func `a use of a higher floor is found`() {
        let text = code(of: "let a = \"Upper in a text\" // Upper\nlet b = Other.Upper() + Upper()\n")
        #expect(text.matches(of: Self.use).map(\.1) == ["Other", "Upper"])
        let declarations = declared(
            in: "public final class Upper {\n    struct Inner {}\n}\n",
            #/(?m)^(?:@\w+ |[a-z]+ )*(?:struct|enum|class|actor|protocol|typealias) (\w+)/#)
        #expect(declarations == ["Upper"])
    }

    private func declared(in text: String, _ pattern: Regex<(Substring, Substring)>) -> [Substring] {
        text.matches(of: pattern).map(\.1)
    }

    /// The folder of a file below its room: the longest one that has a floor.
    private func folder(of file: SourceTree.File, among known: [String: Int]) -> String {
        let parts = file.path.split(separator: "/")
        var below = Array(parts.dropFirst(parts[1] == "Adapters" ? 3 : 2).dropLast())
        let whole = below.joined(separator: "/")
        while !below.isEmpty {
            let name = below.joined(separator: "/")
            if known[name] != nil { return name }
            below.removeLast()
        }
        return whole.isEmpty ? "." : whole
    }

    /// The text without comments and without what stands between quotes.
    private func code(of text: String) -> String {
        text.replacing(#/(?m)//.*$/#, with: "").replacing(#/"""[^§]*?"""/#, with: "")
            .replacing(#/"(?:\\.|[^"\\\n])*"/#, with: "")
    }
}
