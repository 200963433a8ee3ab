// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBTypeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("duckdb") }

    /// Reads all columns of a file as they come, and writes them as they were.
    private func copy(_ engine: DuckDBEngine, from source: String, to target: String) async throws {
        let table = TableReference(rows: .files([source], .parquet))
        let found = try await engine.describe(table)
        var batches: [Batch] = []
        try await engine.scan(
            ScanRequest(table: table, columns: found.columns.map { .init(name: $0.name, type: nil) })
        ) { batches.append($0) }
        let schema = try #require(batches.first?.schema)
        let columns = zip(schema, found.columns).map { WriteRequest.Column(schema: $0, nativeType: $1.nativeType) }
        let sent = batches
        try await engine.write(WriteRequest(path: target, format: .parquet, columns: columns)) {
            (sink) async throws(TallyError) in
            for batch in sent { try await sink.send(batch) }
            return [:]
        }
    }

    static let natives: [(type: String, values: [String])] = [
        ("BOOLEAN", ["true", "false", "NULL"]), ("TINYINT", ["-128", "127", "NULL"]),
        ("SMALLINT", ["-32768", "NULL"]), ("UTINYINT", ["255"]), ("USMALLINT", ["65535"]),
        ("INTEGER", ["-2147483648"]), ("UINTEGER", ["4294967295"]), ("BIGINT", ["-9223372036854775808"]),
        ("UBIGINT", ["18446744073709551615", "NULL"]), ("FLOAT", ["1.1", "'inf'"]), ("DOUBLE", ["0.1", "'nan'"]),
        ("DECIMAL(18,3)", ["123456789012345.678", "-0.001", "NULL"]), ("DECIMAL(38,10)", ["1234567890.0123456789"]),
        ("VARCHAR", ["''", "'ü'", "NULL"]), ("BLOB", ["'\\x00\\xFF'::BLOB"]),
        ("UUID", ["'4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'", "NULL"]), ("DATE", ["'1969-12-31'", "'infinity'"]),
        ("TIME", ["'23:59:59.999999'"]), ("INTERVAL", ["INTERVAL '14 months 3 days 1 second'"]),
        ("TIMESTAMP", ["'2013-03-10 02:30:00.000001'", "'infinity'", "NULL"]),
        ("TIMESTAMP_NS", ["'1969-12-31 23:59:59.999999999'", "NULL"]),
        ("TIMESTAMP WITH TIME ZONE", ["'2013-03-10 02:30:00+01'", "'-infinity'"]),
        ("SMALLINT[]", ["[1, NULL, -3]", "[]", "NULL"]), ("DECIMAL(9,2)[]", ["[1.25, NULL]"]),
        ("TIMESTAMP[]", ["['2013-03-10 02:30:00']"]), ("VARCHAR[][]", ["[['a, b', NULL], []]"]),
    ]

    @Test func `a schema says of plain columns what the engine makes of them beside nested ones`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let types =
            Self.natives.map(\.type).filter { !$0.hasSuffix("]") } + [
                "HUGEINT", "UHUGEINT", "JSON", "ENUM('a', 'b')", "TIME WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS",
                "BIT",
            ]
        let columns = types.enumerated().map { "NULL::\($1) AS c\($0)" }.joined(separator: ", ")
        try await engine.writeQuery("SELECT \(columns)", to: "plain.parquet")
        try await engine.writeQuery("SELECT \(columns), {'x': 1} AS nested", to: "nested.parquet")
        func described(_ path: String) async throws -> [TableDescription.Column] {
            let columns = try await engine.describe(TableReference(rows: .files([path], .parquet))).columns
            return columns.map { $0.lacking(nil) }
        }
        let (plain, nested) = (try await described("plain.parquet"), try await described("nested.parquet"))
        #expect(plain.count == types.count && plain == Array(nested.dropLast()))
    }

    @Test(arguments: natives)
    func `a column that is only carried along is the same afterwards`(_ type: String, _ values: [String]) async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let rows = values.map { "(CAST(\($0) AS \(type)))" }.joined(separator: ", ")
        try await engine.writeQuery("SELECT x FROM (VALUES \(rows)) t(x);", to: "a.parquet")
        try await copy(engine, from: "a.parquet", to: "b.parquet")
        let described = try await engine.describe(TableReference(rows: .files(["*.parquet"], .parquet)))
        #expect(described.columns.map(\.nativeType) == [type])
        var left: [Batch] = []
        try await engine.scan(
            ScanRequest(
                table: TableReference(
                    rows: .query(
                        """
                        SELECT count(*) AS n FROM (SELECT row_number() OVER () AS r, x FROM 'a.parquet') a
                        JOIN (SELECT row_number() OVER () AS r, x FROM 'b.parquet') b USING (r)
                        WHERE a.x IS NOT DISTINCT FROM b.x
                        """)), columns: [.init(name: "n", type: .int64)])
        ) { left.append($0) }
        #expect(left.map { $0.columns[0].values } == [[.int64(Int64(values.count))]])
        #expect(folder.names == ["a.parquet", "b.parquet"])
    }

    @Test func `a type with named parts is refused`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery("SELECT {'a': 1} AS x", to: "a.parquet")
        let error = await #expect(throws: TallyError.self) {
            try await copy(engine, from: "a.parquet", to: "b.parquet")
        }
        #expect(error?.code == .invalidData)
    }

    @Test func `times are rounded down unless it is said otherwise, read in their zone, and infinite ones are null`()
        async throws
    {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery(
            """
            SELECT * FROM (VALUES
                (TIMESTAMP_NS '1969-12-31 23:59:59.999999999', TIMESTAMP '2013-03-10 02:30:00'),
                (TIMESTAMP_NS '1970-01-01 00:00:00.000001999', TIMESTAMP '2013-11-03 01:30:00'),
                (NULL, TIMESTAMP '2013-07-01 00:00:00'), (NULL, TIMESTAMP '2413-01-01 00:00:00'),
                (NULL, TIMESTAMP 'infinity')) t(ns, wall)
            """, to: "a.parquet")
        var batches: [Batch] = []
        let table = TableReference(rows: .files(["a.parquet"], .parquet), timeZone: "America/New_York")
        try await engine.scan(ScanRequest(table: table, columns: [.init(name: "wall", type: .timestamp)])) {
            batches.append($0)
        }
        // Skipped: forward by the gap. Shown twice: the first. Then summer, and winter four hundred years on.
        let expected = [
            "2013-03-10T07:30:00Z", "2013-11-03T05:30:00Z", "2013-07-01T04:00:00Z", "2413-01-01T05:00:00Z",
        ].map { Timestamp($0).map { Value.timestamp($0) } ?? .null }
        #expect(batches.map { $0.columns[0].values } == [expected + [.null]])
        batches = []
        let utc = TableReference(rows: .files(["a.parquet"], .parquet))
        try await engine.scan(ScanRequest(table: utc, columns: [.init(name: "ns", type: .timestamp)])) {
            batches.append($0)
        }
        #expect(batches[0].columns[0][0] == .timestamp(Timestamp(microseconds: -1)))
        #expect(batches[0].columns[0][1] == .timestamp(Timestamp(microseconds: 1)))
        let nowhere = TableReference(rows: .files(["a.parquet"], .parquet), timeZone: "Nowhere/Land")
        let error = await #expect(throws: TallyError.self) {
            try await engine.scan(ScanRequest(table: nowhere, columns: [])) { _ in }
        }
        #expect(error?.message == "'Nowhere/Land' is not a time zone")
    }

    @Test func `irregular wall times of a source are counted`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery(
            """
            SELECT * FROM (VALUES (1::BIGINT, TIMESTAMP '2013-03-10 02:30:00', 1::BIGINT),
                (1, TIMESTAMP '2013-11-03 01:30:00', 2), (1, TIMESTAMP '2013-07-01 00:00:00', 3)) t(id, happened, v)
            """, to: "a.parquet")
        let value = [ColumnSchema(name: "v", type: .int64)]
        let view = ViewJoin(
            subject: "view v", files: [.init(paths: ["a.parquet"])], format: .parquet, timeZone: "America/New_York",
            eventTime: "happened", knownTime: .after(.zero),
            columns: ViewColumns(keys: [ColumnSchema(name: "id", type: .int64)], inputs: value, features: value),
            law: .latestRow(), ignoresKnownTime: false)
        let time = try #require(Timestamp("2013-11-03T05:30:00Z"))
        let results = try await engine.pointInTimeJoin(
            JoinRequest(
                keys: Batch([("id", Column(type: .int64, values: [.int64(1)]))]),
                times: Column(type: .timestamp, values: [.timestamp(time)]), views: [view]))
        #expect(results[0].features.columns[0].values == [.int64(2)])
        #expect(results[0].counts.irregularLocalTimes == 2)
    }
}
