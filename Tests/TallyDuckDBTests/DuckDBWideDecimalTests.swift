// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Decimals of more than 38 digits, which DuckDB calls DOUBLE and reads as other numbers.
@Suite struct DuckDBWideDecimalTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("wide")
        engine = try DuckDBEngine(root: folder.path)
    }

    private var table: TableReference { TableReference(rows: .files(["x.parquet"], .parquet)) }

    private func write(_ value: String = "5::DECIMAL(38,3)", to path: String = "x.parquet") async throws {
        try await ChangedFooter.write(
            "SELECT 1 AS i, \(value) AS w", as: [.wideDecimal], to: path, engine, in: folder)
    }

    @Test(arguments: [
        ("5::DECIMAL(38,3)", "DECIMAL(50,3)"), ("[5::DECIMAL(38,3)]", "DECIMAL(50,3)[]"),
        ("[[5::DECIMAL(38,3)]]", "DECIMAL(50,3)[][]"), ("{'a': 5::DECIMAL(38,3)}", "STRUCT(a DECIMAL(50,3))"),
        ("MAP {'a': 5::DECIMAL(38,3)}", "MAP(VARCHAR, DECIMAL(50,3))"),
    ])
    func `they are read by nobody, as they are or within something else`(_ value: String, _ type: String) async throws {
        try await write(value)
        let column = try #require(try await engine.describe(table).columns.last)
        #expect(column.type == nil && column.carrier == nil && column.nativeType == type)
        for asked in [nil, DataType.float64, .string, .array(.float64)] {
            let error = await #expect(throws: TallyError.self) {
                try await engine.scan(ScanRequest(table: table, columns: [.init(name: "w", type: asked)])) { _ in }
            }
            #expect(error?.code == .invalidData && error?.message.contains(type) == true)
        }
        let measures: [Measure] = [.minimum("w"), .sum("w"), .quantile("w", 0.5)]
        #expect(
            try await engine.measure(MeasureRequest(table: table, measures: measures)).values
                == measures.map { _ in .unsupported })
        for measure in [
            Measure.distinct(["w"]), .query("SELECT count(w) FROM x", ["x": table]),
            .query("SELECT count(*) FROM x WHERE w IS NULL", ["x": table]),
        ] {
            let error = await #expect(throws: TallyError.self) {
                try await engine.measure(MeasureRequest(table: table, measures: [measure]))
            }
            #expect(
                error?.code == .invalidData
                    && error?.message == "column w is DECIMAL(50,3), of which duckdb reads other numbers")
        }
    }

    @Test func `they stop nobody who does not read them`() async throws {
        try await write()
        let count = Measure.query("SELECT sum(i) FROM x", ["x": table])
        #expect(
            try await engine.measure(MeasureRequest(table: table, measures: [.distinct(["i"]), .maximum("i"), count]))
                .values == [.count(1), .value(.int64(1)), .number(1)])
        var rows = 0
        try await engine.scan(ScanRequest(table: table, columns: [.init(name: "i", type: .int32)])) { rows += $0.count }
        #expect(rows == 1)
    }

    @Test func `beside doubles of another file they are a disagreement`() async throws {
        try await write(to: "a.parquet")
        try await engine.writeQuery("SELECT 2 AS i, 1.5::DOUBLE AS w", to: "b.parquet")
        let column = try #require(
            try await engine.describe(TableReference(rows: .files(["?.parquet"], .parquet))).columns.last)
        #expect(column.type == nil && column.conflict == "DECIMAL(50,3) in a.parquet and DOUBLE in b.parquet")
    }

    @Test func `numbers that DuckDB reads rightly are read`() async throws {
        try await engine.writeQuery("SELECT 1.5::DOUBLE AS a, 2.5::FLOAT AS b, 5::DECIMAL(38,3) AS c", to: "x.parquet")
        let found = try await engine.describe(table).columns
        #expect(found.map(\.nativeType) == ["DOUBLE", "FLOAT", "DECIMAL(38,3)"])
        #expect(found.map(\.carrier) == [.float64, .float32, .string])
    }

    @Test(arguments: [
        "SELECT i, w FROM 'x.parquet'", "SELECT i FROM \"x.parquet\"", "SELECT * FROM read_parquet('x.parquet')",
        "SELECT * FROM parquet_scan('*.parquet')", "SELECT * FROM read_parquet(['x.parquet'])",
        "SELECT count(*) FROM (SELECT * FROM READ_PARQUET('./x.parquet'))",
        "WITH c AS (SELECT w AS v FROM 'x.parquet') SELECT v FROM c", "SELECT * FROM (SUMMARIZE 'x.parquet')",
        "SELECT (SELECT max(w) FROM 'x.parquet') AS m", "SELECT 1 AS a UNION ALL SELECT i FROM 'x.parquet'",
        "SELECT * FROM read_parquet('x.parquet') AS t(a, b)",
    ])
    func `a query of a user that names such a file is refused`(_ sql: String) async throws {
        try await write()
        let described = await #expect(throws: TallyError.self) {
            try await engine.describe(TableReference(rows: .query(sql)))
        }
        let written = await #expect(throws: TallyError.self) {
            try await engine.writeQuery(sql, to: "y.parquet", asMultiset: true)
        }
        let measured = await #expect(throws: TallyError.self) {
            try await engine.measure(
                MeasureRequest(table: TableReference(rows: .query("SELECT 1 AS a")), measures: [.query(sql, [:])]))
        }
        for error in [described, written, measured] {
            let message = error?.message ?? ""
            #expect(
                message.contains("x.parquet\", whose column 'w' is DECIMAL(50,3), of which duckdb reads other numbers")
                    || sql.contains("x.parquet AS") || message.contains("may not read"),
                "\(sql): \(message)")
        }
    }

    @Test(arguments: [
        "SELECT * FROM read_parquet('x' || '.parquet')", "SELECT * FROM parquet_scan(['x' || '.parquet'])",
        "SELECT * FROM read_parquet(getvariable('x'))", "SELECT * FROM read_csv('x' || '.csv')",
        "SELECT * FROM read_csv(header = true, 'x.csv')", "SELECT * FROM read_text(['x' || '.csv'])",
    ])
    func `a query whose files are not written down is refused`(_ sql: String) async throws {
        try await engine.writeQuery("SELECT 1 AS i", to: "x.parquet")
        try folder.write("i\n1\n", to: "x.csv")
        let error = await #expect(throws: TallyError.self) {
            try await engine.describe(TableReference(rows: .query(sql)))
        }
        #expect(error?.code == .invalidDefinitions && error?.message.contains("is not one text") == true)
    }

    @Test(arguments: [
        "SELECT * FROM x.parquet", "SELECT * FROM \"x\".\"parquet\"", "SELECT * FROM a.x.parquet",
        "SELECT * FROM x.csv",
        "SELECT * FROM read_parquet($$x.parquet$$)", "SELECT * FROM read_csv(E'x.csv')", "SELECT * FROM $$x.csv$$",
        "SELECT 1 AS i UNION ALL SELECT * FROM x.csv", "SELECT * FROM read_csv('file:ROOT/x.csv')",
        "SELECT * FROM 'file://ROOT/x.csv'", "SELECT * FROM read_csv('~/x.csv')",
    ])
    func `a file is told by its name in quotes, or not read`(_ sql: String) async throws {
        try await engine.writeQuery("SELECT 1 AS i", to: "x.parquet")
        try folder.write("i\n1\n", to: "x.csv")
        let error = await #expect(throws: TallyError.self) {
            try await engine.describe(TableReference(rows: .query(sql.replacing("ROOT", with: folder.path))))
        }
        let words = sql.contains("/x.csv") ? "is no path from / or from" : "does not stand in quotes"
        #expect(
            error?.code == .invalidDefinitions && error?.message.contains(words) == true,
            "\(sql): \(error?.message ?? "")")
    }

    @Test(arguments: [
        "SELECT i FROM 'x.parquet'", "SELECT i FROM read_parquet(['x.parquet', 'x.parquet'])",
        "SELECT 1 AS i FROM main.parquet_x",
        "SELECT i FROM parquet_scan('?.parquet')", "WITH y AS (SELECT 1 AS i) SELECT i FROM y",
        "SELECT count(*) AS i FROM information_schema.tables", "SELECT count(*) AS i FROM parquet_schema('x.parquet')",
    ])
    func `other queries are what they were`(_ sql: String) async throws {
        try await engine.writeQuery("SELECT 1 AS i, 1.5::DOUBLE AS w, TIME '10:00:00' AS t", to: "x.parquet")
        do throws(TallyError) {
            #expect(try await engine.describe(TableReference(rows: .query(sql))).columns.map(\.name) == ["i"])
        } catch {
            #expect(sql.contains("parquet_x") && error.message.contains("does not exist"), "\(error)")
        }
    }

    @Test func `promises about them are unproven, and say why`() async throws {
        try await write()
        let promise = Promise(
            id: "x.range", object: "x", column: "w", check: "range",
            arguments: ["minimum": .int(0), "maximum": .int(9)])
        let context = TableContext(
            object: Contract.Object(name: "x", columns: [], promises: [promise]),
            found: try await engine.describe(table).columns, now: Timestamp(microseconds: 0))
        let finding = try await TableCheck([promise], context: context)
            .run(over: TableRows(table, context, engine: engine))[0]
        #expect(finding.verdict == .unproven && finding.observed.contains("DECIMAL(50,3)"), "\(finding.observed)")
    }
}
