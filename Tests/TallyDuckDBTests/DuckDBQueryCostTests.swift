// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// What a query of a user costs before it is run.
@Suite struct DuckDBQueryCostTests {
    private let engine: DuckDBEngine

    init() throws { engine = try DuckDBEngine(root: try TemporaryFolder("cost").path) }

    private func describe(_ sql: String) async throws(TallyError) -> [String] {
        try await engine.describe(TableReference(rows: .query(sql))).columns.map(\.name)
    }

    @Test func `a text has at most 65,536 bytes`() async throws {
        let start = "SELECT 1 AS v -- "
        let longest = start + String(repeating: "x", count: 65_536 - start.utf8.count)
        #expect(try await describe(longest) == ["v"])
        let error = await #expect(throws: TallyError.self) { try await describe(longest + "x") }
        #expect(error?.code == .invalidDefinitions && error?.message == "has 65537 bytes, and may have 65536")
    }

    @Test(arguments: ["NOT ", "- ", "("])
    func `a nested text is refused at once`(_ part: String) async throws {
        let closing = part == "(" ? ")" : ""
        let sql = "SELECT " + String(repeating: part, count: 15_000) + "1" + String(repeating: closing, count: 15_000)
        let error = await #expect(throws: TallyError.self) { try await describe(sql) }
        #expect(error?.code == .invalidDefinitions)
    }

    @Test func `a query is not planned to know its columns`() async throws {
        // Planned, this is 2^40 tables, and no test would see the end of it.
        let tables = (1..<40).map { "c\($0) AS (SELECT a.x FROM c\($0 - 1) a, c\($0 - 1) b)" }
        let sql = "WITH c0 AS (SELECT 1 AS x), \(tables.joined(separator: ", ")) SELECT x, 1 AS v FROM c39"
        #expect(try await describe(sql) == ["x", "v"])
    }
}
