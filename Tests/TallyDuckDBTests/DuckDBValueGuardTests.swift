// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// Numbers that are none of their type are found by their values, wherever they stand and whatever SQL reads them.
@Suite struct DuckDBValueGuardTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("guard")
        engine = try DuckDBEngine(root: folder.path)
    }

    private var table: TableReference { TableReference(rows: .files(["x.parquet"], .parquet)) }

    /// The texts of the column `v` of a query of a user.
    private func texts(_ sql: String) async throws -> [String] {
        var found: [String] = []
        let request = ScanRequest(table: TableReference(rows: .query(sql)), columns: [.init(name: "v", type: nil)])
        try await engine.scan(request) { batch in
            found += (0..<batch.count).map { batch.columns[0][$0].text }
        }
        return found
    }

    private func rule(_ sql: String) async throws -> Measured? {
        try await engine.measure(MeasureRequest(table: table, measures: [.query(sql, ["s": table])])).values.first
    }

    private static let time = "column w has a number that is no time of day"

    @Test(arguments: [
        "{'a': T}", "{'A b': {'c\"d': T}}", "MAP {'k': T}", "[{'a': T}]", "[[{'a': [T]}]]",
        "MAP {'k': [{'x': 1, 'a': T}]}",
    ])
    func `a time of day that is none is an error within anything`(_ value: String) async throws {
        let time = "make_timestamp(i * 2305843009213693952)"
        try await ChangedFooter.write(
            "SELECT i, \(value.replacing("T", with: time)) AS w FROM range(2) r(i)", as: [.timeOfDay], to: "x.parquet",
            engine, in: folder)
        for sql in ["SELECT count(DISTINCT w::VARCHAR) FROM s", "SELECT max(length(to_json(w))) FROM s"] {
            let error = await #expect(throws: TallyError.self) { _ = try await rule(sql) }
            #expect(error?.code == .invalidData && error?.message == Self.time)
        }
        for sql in ["SELECT w::VARCHAR AS v FROM 'x.parquet'", "SELECT to_json(w)::VARCHAR AS v FROM 'x.parquet'"] {
            let error = await #expect(throws: TallyError.self) { _ = try await texts(sql) }
            #expect(
                error?.code == .invalidData
                    && error?.message == "column w of \"x.parquet\" has a number that is no time of day")
        }
        #expect(try await rule("SELECT max(i) FROM s") == .number(1))
        #expect(try await texts("SELECT i AS v FROM 'x.parquet'").count == 2)
    }

    /// Decimals of each width, and the number that is put in the place of one; DuckDB writes texts of it beyond its memory.
    private static let decimals: [(type: String, old: [UInt8], new: [UInt8])] = [
        ("DECIMAL(4,4)", Int32(1234).parquetBytes, Int32(-32_768).parquetBytes),
        ("DECIMAL(9,0)", Int32(123_456_789).parquetBytes, Int32.min.parquetBytes),
        ("DECIMAL(18,0)", Int64(123_456_789_012_345_678).parquetBytes, Int64.min.parquetBytes),
        ("DECIMAL(18,3)", Int64(123_456_789_012_345_678).parquetBytes, Int64(1_000_000_000_000_000_000).parquetBytes),
    ]

    @Test(arguments: decimals.indices, ["W", "[W]", "{'a': W}", "MAP {'k': W}"])
    func `a decimal with more digits than its type is an error`(_ index: Int, _ value: String) async throws {
        let (type, old, new) = Self.decimals[index]
        let digits = [".1234", "123456789", "123456789012345678", "123456789012345.678"][index]
        try await engine.writeQuery(
            "SELECT 7 AS i, \(value.replacing("W", with: "\(digits)::\(type)")) AS w", to: "x.parquet")
        #expect(try await texts("SELECT w::VARCHAR AS v FROM 'x.parquet'")[0].contains(digits))
        try ChangedFooter.exchange([(old, new)], in: "x.parquet", folder)
        let words = "has a number of more digits than \(type) has"
        let asked = await #expect(throws: TallyError.self) {
            _ = try await texts("SELECT w::VARCHAR AS v FROM 'x.parquet'")
        }
        #expect(asked?.code == .invalidData && asked?.message == "column w of \"x.parquet\" \(words)")
        let ruled = await #expect(throws: TallyError.self) {
            _ = try await rule("SELECT max(length(w::VARCHAR)) FROM s")
        }
        #expect(ruled?.code == .invalidData && ruled?.message == "column w \(words)")
        if value == "W" {
            let scanned = await #expect(throws: TallyError.self) {
                try await engine.scan(ScanRequest(table: table, columns: [.init(name: "w", type: nil)])) { _ in }
            }
            #expect(scanned?.message == "column w \(words)" && scanned?.subject == "x.parquet")
        }
        #expect(try await rule("SELECT max(i) FROM s") == .number(7))
    }

    @Test(arguments: ["v::VARCHAR", "to_json(v)::VARCHAR", "json_object('a', v)::VARCHAR", "([v])::VARCHAR"])
    func `a number that only the dictionary of a column has stops nobody`(_ expression: String) async throws {
        // 4096 rows of 00:00:00.000005, and a dictionary with 2^62 microseconds beside it.
        let bytes = try #require(Data(base64Encoded: Self.dictionary))
        try AtomicFile.write(Array(bytes), to: folder.path + "/x.parquet")
        let found = try await texts("SELECT DISTINCT \(expression) AS v FROM 'x.parquet'")
        #expect(found.count == 1 && found[0].contains("00:00:00.000005"))
        #expect(try await rule("SELECT count(DISTINCT \(expression)) FROM s") == .number(1))
    }

    @Test func `a time of day in UTC is read modulo its day, as DuckDB reads it`() async throws {
        try await ChangedFooter.write(
            "SELECT make_timestamptz(i * 4611686018427387904) AS w FROM range(-1, 2) r(i)", as: [.timeOfDayInUTC],
            to: "x.parquet", engine, in: folder)
        let times = ["09:59:32.612096+00", "00:00:00+00", "14:00:27.387904+00"]
        #expect(try await texts("SELECT w::VARCHAR AS v FROM 'x.parquet'") == times)
        #expect(try await rule("SELECT count(DISTINCT to_json(w)) FROM s") == .number(3))
    }

    @Test func `values of types of their own are read by nobody`() async throws {
        try await engine.writeQuery("SELECT 7 AS i, TIME '10:00:00'::VARIANT AS w", to: "x.parquet")
        let error = await #expect(throws: TallyError.self) { _ = try await rule("SELECT count(DISTINCT w) FROM s") }
        #expect(error?.message == "column w is VARIANT, whose values are not looked at")
        let asked = await #expect(throws: TallyError.self) {
            _ = try await texts("SELECT w::VARCHAR AS v FROM 'x.parquet'")
        }
        #expect(asked?.message == "column w of \"x.parquet\" is VARIANT, whose values are not looked at")
        #expect(try await rule("SELECT max(i) FROM s") == .number(7))
    }

    /// Forms of queries over a file with decimals, and the name and the texts of what they give.
    private static let forms: [(sql: String, name: String, texts: [String])] = [
        ("SELECT m FROM 'd/x.parquet'", "m", ["1.50", "2.50"]),
        ("SELECT x.m FROM 'd/x.parquet'", "m", ["1.50", "2.50"]),
        ("SELECT read_parquet.m FROM read_parquet('d/x.parquet')", "m", ["1.50", "2.50"]),
        ("SELECT parquet_scan.m FROM parquet_scan(['d/x.parquet'])", "m", ["1.50", "2.50"]),
        ("SELECT parquet_scan.m FROM 'd/?.parquet'", "m", ["1.50", "2.50"]),
        ("SELECT q.b FROM read_parquet('d/x.parquet') AS q(a, b)", "b", ["1.50", "2.50"]),
        ("SELECT max(length(m::VARCHAR)) FROM 'd/x.parquet'", "max(length(CAST(m AS VARCHAR)))", ["int64(4)"]),
        ("SELECT sum(m) FROM 'd/x.parquet' TABLESAMPLE 100%", "sum(m)", ["4.00"]),
        ("WITH c AS (SELECT m FROM 'd/x.parquet') SELECT m FROM c ORDER BY m DESC LIMIT 1", "m", ["2.50"]),
        ("FROM 'd/x.parquet' SELECT m + 1 AS n", "n", ["2.50", "3.50"]),
        ("SELECT (SELECT max(m) FROM 'd/x.parquet') AS n", "n", ["2.50"]),
        ("SELECT a.m FROM 'd/x.parquet' a JOIN 'd/x.parquet' b ON a.i = b.i WHERE b.m > 2", "m", ["2.50"]),
        (
            "SELECT f FROM (SELECT filename.parse_filename() AS f FROM read_parquet('d/x.parquet', filename = true)) LIMIT 1",
            "f", ["x.parquet"]
        ),
        ("SELECT count(*) AS n FROM (SUMMARIZE 'd/x.parquet')", "n", ["int64(2)"]),
        (
            "SELECT m FROM 'd/x.parquet' UNION ALL SELECT 18446744073709551615::DECIMAL(38,2) LIMIT 3", "m",
            ["1.50", "2.50", "18446744073709551615.00"]
        ),
        (
            "SELECT '{\"type\":\"BASE_TABLE\",\"table_name\":\"d/x.parquet\"}' AS n FROM 'd/x.parquet' LIMIT 1", "n",
            ["{\"type\":\"BASE_TABLE\",\"table_name\":\"d/x.parquet\"}"]
        ),
        // DuckDB writes such numbers down without what makes their types.
        (
            "SELECT concat_ws(' ', typeof(5e3), typeof(7.), typeof(m * 1e0), typeof(1.5), 1e3) AS n FROM 'd/x.parquet' LIMIT 1e0",
            "n", ["DOUBLE DECIMAL(1,0) DOUBLE DECIMAL(2,1) 1000.0"]
        ),
        (
            "SELECT (SELECT 3e-1 + .1e0)::VARCHAR AS n FROM 'd/x.parquet' WHERE m < 123456789012345678901234567890. LIMIT 5e1%",
            "n", ["0.4"]
        ),
        ("SELECT 1e0 FROM 'd/x.parquet' LIMIT 1", "1.0", ["float64(1.0)"]),
    ]

    @Test(arguments: forms.indices)
    func `a query over guarded files gives what it gave`(_ index: Int) async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/d", withIntermediateDirectories: true)
        try await engine.writeQuery("SELECT i, (i + 0.5)::DECIMAL(10,2) AS m FROM range(1, 3) r(i)", to: "d/x.parquet")
        let (sql, name, expected) = Self.forms[index]
        let query = TableReference(rows: .query(sql))
        #expect(try await engine.describe(query).columns.map(\.name) == [name])
        var found: [String] = []
        try await engine.scan(ScanRequest(table: query, columns: [.init(name: name, type: nil)])) { batch in
            found += (0..<batch.count).map { batch.columns[0][$0].text }
        }
        #expect(found == expected)
    }

    @Test func `a reader that makes texts of numbers nobody looked at is refused`() async throws {
        try await engine.writeQuery("SELECT TIME '10:00:00' AS w", to: "a.parquet")
        try await engine.writeQuery("SELECT 'text' AS w", to: "b.parquet")
        for sql in [
            "SELECT w AS v FROM '?.parquet'", "SELECT w AS v FROM read_parquet(['b.parquet', 'a.parquet'])",
            "SELECT w AS v FROM read_parquet('?.parquet', union_by_name = true)",
            "SELECT v FROM read_parquet('a.parquet', schema = MAP {0: {name: 'v', type: 'VARCHAR', default_value: NULL}})",
        ] {
            let error = await #expect(throws: TallyError.self) { _ = try await texts(sql) }
            #expect(
                error?.code == .invalidDefinitions && error?.message.contains("has to be looked at") == true,
                "\(sql): \(error?.message ?? "")")
        }
        #expect(
            try await texts("SELECT w::VARCHAR AS v FROM 'a.parquet' UNION ALL SELECT w FROM 'b.parquet'")
                == ["10:00:00", "text"])
    }

    @Test func `a reader that makes other numbers of decimals nobody looked at is refused`() async throws {
        try await engine.writeQuery("SELECT 1234::DECIMAL(4,0) AS w", to: "a.parquet")
        try await engine.writeQuery("SELECT 7::INTEGER AS w", to: "c.parquet")
        try await engine.writeQuery("SELECT 7.5::DOUBLE AS w", to: "d.parquet")
        try await engine.writeQuery("SELECT 123456789012345678::DECIMAL(18,0) AS w", to: "b.parquet")
        // A number whose text DuckDB writes beyond its memory, in the message of a cast that fails.
        try ChangedFooter.exchange(
            [(Int64(123_456_789_012_345_678).parquetBytes, Int64.min.parquetBytes)], in: "b.parquet", folder)
        for files in ["'a.parquet', 'b.parquet'", "'c.parquet', 'b.parquet'", "'b.parquet', 'a.parquet'"] {
            for option in ["", ", union_by_name = true"] {
                let sql = "SELECT w::DOUBLE AS v FROM read_parquet([\(files)]\(option))"
                let error = await #expect(throws: TallyError.self) { _ = try await texts(sql) }
                #expect(
                    error?.code == .invalidDefinitions && error?.message.contains("has to be looked at") == true,
                    "\(sql): \(error?.message ?? "")")
            }
        }
        #expect(try await texts("SELECT w AS v FROM read_parquet(['d.parquet', 'a.parquet'])").count == 2)
        #expect(try await texts("SELECT w AS v FROM read_parquet(['a.parquet', 'a.parquet'])").count == 2)
    }

    @Test(arguments: [
        "INTEGER", "DECIMAL(18,3)[]", "STRUCT(a TIME, \"b c\" DECIMAL(9,2)[][])",
        "MAP(VARCHAR, STRUCT(\"x\"\"y\" TIME))",
        "STRUCT(a ENUM('x, y', 'z)'), b MAP(INTEGER, TIME[3]))", "STRUCT(\"a]\" TIME)[]",
    ])
    func `types with parts are taken apart and put together`(_ name: String) {
        #expect(EngineType(name).name == name)
    }

    /// A file of one column of times of day without compression.
    private static let dictionary =
        "UEFSMRUEFSAVIEwVBBUAEgAABQAAAAAAAAAAAAAAAAAAQBUAFRwVHCwVgEAVEBUGFQYcAAAAAwAAAIBAAQGAIACAIAAVBBksNQAY"
        + "BnNjaGVtYRUCABUEJQIYAXZsfBIcLAAAAAAAFoBAGRwZHCYAHBUEGTUABhAZGAF2FQAWgEAWgAEWgAEmRCYIKSwVBBUAFQIAFQAV"
        + "EBUCADwpBhkmAIBAAAAAFoABFoBAJggWgAEAGRwYDEFSUk9XOnNjaGVtYRisAS8vLy8vM2dBQUFBUUFBQUFBQUFLQUF3QUJnQUZB"
        + "QWdBQ2dBQUFBQUJCQUFNQUFBQUNBQUlBQUFBQkFBSUFBQUFCQUFBQUFFQUFBQVVBQUFBRUFBVUFBZ0FCZ0FIQUF3QUFBQVFBQkFB"
        + "QUFBQUFBRUpFQUFBQUJ3QUFBQUVBQUFBQUFBQUFBRUFBQUIyQUFBQUNBQU1BQVlBQ0FBSUFBQUFBQUFDQUVBQUFBQT0AGCBwYXJx"
        + "dWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRkcHAAAAFUBAABQQVIx"
}

extension Value {
    /// The text of a text; what stands for others tells that they are none.
    fileprivate var text: String { if case .string(let text) = self { text } else { "\(self)" } }
}
