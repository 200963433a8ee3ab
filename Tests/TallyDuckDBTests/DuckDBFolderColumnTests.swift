// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// Folders called `name=value` are columns of a query only where it says so, and never in place of a file's own.
@Suite struct DuckDBFolderColumnTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() async throws {
        folder = try TemporaryFolder("folders")
        engine = try DuckDBEngine(root: folder.path)
        for place in ["data/v=77/a", "data/w=9/b"] {
            try folder.write("v,a\n5,1\n", to: place + ".csv")
            try folder.write("{\"v\":5,\"a\":1}\n", to: place + ".json")
            try await engine.writeQuery("SELECT 5::BIGINT AS v, 1::BIGINT AS a", to: place + ".parquet")
        }
    }

    /// What a query gives as `v`, as text.
    private func read(_ sql: String, _ engine: DuckDBEngine? = nil) async throws -> [String] {
        var found: [String] = []
        let table = TableReference(rows: .query(sql))
        try await (engine ?? self.engine).scan(ScanRequest(table: table, columns: [.init(name: "v", type: nil)])) {
            batch in found += (0..<batch.count).map { batch.columns[0][$0].text }
        }
        return found
    }

    private static let kept = [
        "FROM read_parquet('data/v=77/a.parquet')", "FROM parquet_scan(['data/v=77/a.parquet'])",
        "FROM read_parquet(['data/v=77/a.parquet' , ], union_by_name := true)", "FROM 'data/v=77/a.parquet'",
        "SELECT a.v FROM 'data/v=77/a.parquet'", "SELECT q.v FROM \"data/v=77/a.parquet\" AS q",
        "FROM 'data/v=77/*.parquet'", "FROM read_parquet('data/v=77')", "FROM read_csv('data/v=77/a.csv')",
        "FROM read_csv_auto(['data/v=77/a.csv'], header = true)", "FROM read_csv('data/v=7?/*.csv')",
        "FROM 'data/v=77/a.csv'", "SELECT a.v FROM 'data/v=77/a.csv'", "FROM 'data/v=77/*.csv' TABLESAMPLE 100%",
        "FROM read_json('data/v=77/a.json')", "FROM read_ndjson_auto('data/v=77/a.json')", "FROM 'data/v=77/a.json'",
        "SELECT v FROM (SELECT max(v) AS v FROM 'data/v=77/a.json') WHERE v IN (FROM (SELECT v FROM 'data/v=77/a.csv'))",
        "SELECT max::BIGINT AS v FROM (SUMMARIZE 'data/v=77/a.csv') WHERE column_name = 'v'",
        "FROM read_csv('data/v=77/a.csv', hive_partitioning = false)",
        "FROM read_csv('data/v=77/a.csv', hive_types_autocast = false)",
        "FROM read_csv('data/v=77/a.csv', hive_partitioning := (union_by_name = true))",
    ]

    @Test(arguments: kept)
    func `a file's own column is read, whatever its folder is called`(_ sql: String) async throws {
        #expect(try await read(sql) == ["5"])
    }

    @Test func `a repository may itself lie in such a folder`() async throws {
        try folder.write("v,a\n5,1\n", to: "v=3/x.csv")
        try folder.write("5\n", to: "v=3/x.txt")
        let inner = try DuckDBEngine(root: folder.path + "/v=3")
        #expect(try await read("FROM 'x.csv'", inner) == ["5"])
        #expect(try await read("FROM read_csv('*.csv')", inner) == ["5"])
        let names = try await inner.describe(TableReference(rows: .query("FROM read_csv('x.csv')"))).columns.map(\.name)
        #expect(names == ["v", "a"])
    }

    @Test(arguments: [
        // A statement that takes a name only, a path that is not plain text, and readers that cannot be told.
        ("TABLE 'data/v=77/a.csv'", "may lie in folders"), ("FROM read_csv(('data/v=77/a.csv'))", "may lie in folders"),
        ("FROM read_csv(['data/v=77/a.csv' /* the first */])", "may lie in folders"),
        ("SELECT v FROM read_text('data/v=77/a.csv')", "lies in a folder of which read_text makes a column"),
        ("SELECT v FROM read_blob('data/v=77/*')", "lies in a folder of which read_blob makes a column"),
        ("FROM read_parquet('data/v=77/a.parquet', hive_types = {'v': INT})", "does not say that they are columns"),
        // A folder in place of a column.
        ("FROM read_parquet('data/v=77/a.parquet', hive_partitioning = true)", "has a column 'v' and lies in a folder"),
        ("FROM read_parquet(['data/v=77/*.parquet'], \"HIVE_partitioning\" := 1)", "has a column 'v'"),
        ("FROM read_csv('data/v=77/a.csv', hive_partitioning => true, hive_types = {'v': INT})", "has a column 'v'"),
        ("FROM read_json('data/*/a.json', hive_partitioning = false, hive_partitioning = true)", "has a column 'v'"),
        ("FROM read_csv('data/v=77/a.csv', hive_partitioning = true, columns = {'V': 'INT', 'a': 'INT'})", "'V'"),
    ])
    func `what DuckDB would make a column of, or put in the place of one, is refused at its place`(
        _ sql: String, _ words: String
    ) async throws {
        let error = await #expect(throws: TallyError.self) { _ = try await read(sql) }
        #expect(
            error?.code == .invalidDefinitions && error?.message.contains(words) == true, "\(String(describing: error))"
        )
        #expect(error?.help != nil && error?.offset != nil)
        await #expect(throws: TallyError.self) { try await engine.describe(TableReference(rows: .query(sql))) }
    }

    @Test(arguments: [
        "SELECT w AS v FROM read_parquet('data/w=9/b.parquet', hive_partitioning = true)",
        "SELECT w AS v FROM read_csv('data/w=*/*.csv', hive_partitioning => true, hive_types = {'w': 'INT'})",
        "SELECT w AS v FROM read_json('data/w=9/b.json', hive_partitioning := 1)",
    ])
    func `a query that asks for folders gets them`(_ sql: String) async throws {
        #expect(try await read(sql) == ["9"])
    }

    @Test func `types that a query gives are seen however it writes them`() async throws {
        try await engine.writeQuery("SELECT 1.5::DECIMAL(4,1) AS w", to: "data/d.parquet")
        for sign in ["=", ":=", "=>"] {
            let sql = """
                SELECT v FROM read_parquet('data/d.parquet', \
                schema \(sign) MAP {0: {name: 'v', type: 'VARCHAR', default_value: NULL}})
                """
            let error = await #expect(throws: TallyError.self) { _ = try await read(sql) }
            #expect(error?.message.contains("is given a type by the query") == true, "\(String(describing: error))")
        }
    }

    @Test func `a number beyond a DOUBLE is told as such, and so is an automatic column behind guards`() async throws {
        let endless = await #expect(throws: TallyError.self) {
            _ = try await read("SELECT 'Infinity' AS w, 1e999 AS v")
        }
        #expect(endless?.message.contains("too large for a DOUBLE") == true && endless?.offset == 24)
        try await engine.writeQuery("SELECT 1.5::DECIMAL(4,1) AS w", to: "data/d.parquet")
        let named = await #expect(throws: TallyError.self) {
            _ = try await read("SELECT filename AS v FROM 'data/d.parquet'")
        }
        #expect(named?.message.contains("'filename'") == true, "\(String(describing: named))")
    }
}
