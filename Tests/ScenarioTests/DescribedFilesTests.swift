// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyDefinitions
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// What is remembered of files of every format is what the engine says of them.
@Suite struct DescribedFilesTests {
    /// Long after anything that the test writes.
    private let later = Timestamp(microseconds: 4_000_000_000_000_000)

    @Test func `files of every format are remembered as they were described`() async throws {
        let folder = try TemporaryFolder("described")
        try folder.write("n,x,t,s\n1,0.5,2026-01-01T00:00:00Z,a\n2,,2026-01-02T00:00:00Z,\n", to: "a.csv")
        try folder.write("{\"n\": 1, \"l\": [1.5, 2], \"d\": \"2026-01-01\"}\n", to: "b/1.json")
        try folder.write("", to: "b/2.json")
        let engine = try StandaloneEngine.open(root: folder.path)
        let query = """
            SELECT 1::TINYINT AS i, 1.5::DECIMAL(9, 2) AS d, [1, NULL] AS l, {'a': 1} AS s, 1::UBIGINT AS u, \
            TIME '10:00' AS t, now() AS z, 'x'::BLOB AS b, uuid() AS "U ""é"
            """
        try await engine.writeQuery(query, to: folder.path + "/c.parquet")
        let tables = [
            TableReference(rows: .files(["a.csv"], .csv)), TableReference(rows: .files(["b/*.json"], .json)),
            TableReference(rows: .files([folder.path + "/**/*.parquet"], .parquet)),
            TableReference(rows: .files(["none/*.csv"], .csv)),
        ]
        let first = DescriptionMemory(root: folder.path, engine: engine.identity)
        var learnt: [Described] = []
        var truth: [TableDescription] = []
        for table in tables {
            let (description, new) = try await first.describe(table, with: engine, now: later)
            truth.append(description)
            learnt.append(try #require(new, "\(table)"))
        }
        first.keep(tables, learnt)
        let second = DescriptionMemory(root: folder.path, engine: engine.identity)
        #expect(second.isCurrent)
        #expect(tables.map { second.description(of: $0) } == truth)
        #expect(truth.map(\.columns.count) == [4, 3, 9, 0])
    }

    @Test func `a repository is checked the same with and without looking into its files`() async throws {
        let folder = try TemporaryFolder("described")
        #expect(try Program.run(["init"], in: folder).status == 0)
        let first = try await Workspace.checked(root: folder.path, now: later).checked
        #expect(try folder.read(DescriptionMemory.path) != nil)
        let second = try await Workspace.checked(root: folder.path, now: later).checked
        #expect(first.result.set != nil && first.result.set == second.result.set)
        let text = try #require(try folder.read("data/baskets.csv"))
        try folder.write(text.replacing("total", with: "sum"), to: "data/baskets.csv")
        let third = try await Workspace.checked(root: folder.path, now: later).checked
        #expect(third.result.diagnostics.contains { $0.message.contains("total") })
    }
}
