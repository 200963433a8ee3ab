// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials

/// The repository as the house tests read it: text files with their paths from the root.
struct SourceTree {
    struct File {
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        /// `TallyModel` for `Sources/TallyModel/…` and `Sources/Adapters/TallyDuckDB/…` alike.
        var room: String {
            let parts = path.split(separator: "/")
            guard parts.count > 2, parts[0] == "Sources" else { return "" }
            return String(parts[1] == "Adapters" ? parts[2] : parts[1])
        }
    }

    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    static let swiftFiles: [File] = files(under: ["Sources", "Tests", "Benchmarks/Sources"], suffix: ".swift")
    static let rooms: [File] = swiftFiles.filter { !$0.room.isEmpty }
    static let documents: [File] =
        files(under: ["docs", "Examples", "Sources"], suffix: ".md") + topLevel(suffix: ".md")

    static func read(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: root + "/" + path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + "/" + path) }

    static func files(under folders: [String], suffix: String) -> [File] {
        folders.flatMap { folder -> [File] in
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)) ?? []
            return names.filter { $0.hasSuffix(suffix) && !$0.contains(".build") }.sorted().compactMap { name in
                read(folder + "/" + name).map { File(path: folder + "/" + name, text: $0) }
            }
        }
    }

    private static func topLevel(suffix: String) -> [File] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().compactMap { name in
            read(name).map { File(path: name, text: $0) }
        }
    }
}
