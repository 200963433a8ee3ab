// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Files are looked up without the engine when it described them before: then both must find the same.
@Suite struct DuckDBGlobTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("glob")
        engine = try DuckDBEngine(root: folder.path)
    }

    /// Whether something was said about a pattern, which then must be what the engine says.
    private func agrees(_ pattern: String) async throws -> Bool {
        guard let ours = FileGlob.files(matching: pattern, root: folder.path) else { return false }
        let theirs = try await engine.describe(TableReference(rows: .files([pattern], .csv))).files
        let sorted = Set(ours.map { Data($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
        #expect(sorted == theirs.map { Data($0.utf8) }, "\(pattern)")
        return true
    }

    @Test func `patterns find what the engine finds`() async throws {
        for path in [
            "a.csv", "b.csv", ".hidden.csv", "é.csv", "a[1].csv", "data/x.csv", "data/y.csv", "data/2013/01/x.csv",
            "data/2013/02/x.csv", "data/2014/01/x.csv", "data/2014/.x.csv", "data/.hidden/x.csv", "far/away/x.csv",
            "data/2013/dir.csv/x.csv", "A.CSV", "a b.csv",
        ] { try folder.write("n\n1\n", to: path) }
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: folder.path + "/data/link.csv", withDestinationPath: folder.path + "/a.csv")
        try files.createSymbolicLink(
            atPath: folder.path + "/data/away", withDestinationPath: folder.path + "/far/away")
        for pattern in [
            "a.csv", "*.csv", "?.csv", "??.csv", ".*", "*", "none.csv", "none/*.csv", "data/*", "data/*.csv",
            "data/*/*", "data/*/*/*.csv", "data/2013/*/x.csv", "data/2013/0?/x.csv", "data/*/01/x.csv", "*/x.csv",
            "**", "**/x.csv", "data/**", "data/**/x.csv", "data/**/*.csv", "data/**/01/*.csv", "data/**/*/x.csv",
            "**/*.csv", "**/dir.csv/*", "data/away/x.csv", "data/away/*", "data/*/x.csv", "data/../*.csv",
            "data/*/../*.csv", folder.path + "/data/*.csv", folder.path + "/**/x.csv", "a b.csv", "a*b.csv", "*.CSV",
            "d*a/x.csv", "**/away/*.csv", "data/away/**", "data/../data/**/01/*", "*.csv*", "x.csv/*", "a.csv/x",
        ] {
            #expect(try await agrees(pattern), "\(pattern)")
        }
    }

    @Test(arguments: 0..<40) func `random patterns find what the engine finds`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let words = ["a", "b", "ab", "ba", ".a", "é"]
        func path(_ words: [String], upTo depth: Int) -> String {
            (0..<Int.random(in: 1...depth, using: &random)).map { _ in words.randomElement(using: &random) ?? "a" }
                .joined(separator: "/")
        }
        for _ in 0..<12 { _ = try? folder.write("n\n1\n", to: path(words, upTo: 4)) }
        let kinds = words + ["*", "?", "a*", "*a", "??", "?a", ".*", "*b*"]
        var said = 0
        for _ in 0..<15 {
            var names = path(kinds, upTo: 4).split(separator: "/").map(String.init)
            if Bool.random(using: &random) { names[Int.random(in: names.indices, using: &random)] = "**" }
            if try await agrees(names.joined(separator: "/")) { said += 1 }
        }
        #expect(said > 5)
    }

    @Test(arguments: [
        "a[1].csv", "[ab].csv", "./a.csv", "data//x.csv", "~/a.csv", "a\\*.csv", "a**b", "**/a/**", "", "folder",
        "**/folder",
    ])
    func `what only the engine can tell is left to it`(_ pattern: String) throws {
        try folder.write("n", to: "folder/a.csv")
        #expect(FileGlob.files(matching: pattern, root: folder.path) == nil)
    }
}
