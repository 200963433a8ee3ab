// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// Columns whose statistics, or values, are beyond what DuckDB can say of them.
@Suite struct DuckDBFarStatisticsTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("far")
        engine = try DuckDBEngine(root: folder.path)
    }

    /// Both ends of a column, and how the footer calls it.
    private static let columns: [(ends: String, kinds: [ChangedFooter.Kind])] = [
        ("make_timestamp(4611686018427387904), make_timestamp(-4611686018427387904)", [.timeOfDay]),
        ("make_timestamptz(4611686018427387904), make_timestamptz(-4611686018427387904)", [.timeOfDayInUTC, .foreign]),
        ("make_timestamptz(9223372036854775806), make_timestamptz(-9223372022400000000)", []),
        ("make_timestamp(9223372036854775806), make_timestamp(-9223372022400000000)", []),
        ("make_timestamptz(4611686018427387904), make_timestamptz(-4611686018427387904)", [.milliseconds]),
        ("make_timestamp_ns(9223372036854775806), make_timestamp_ns(-9223372036854775806)", []),
    ]

    private func write(_ ends: String, _ kinds: [ChangedFooter.Kind], to path: String = "x.parquet") async throws {
        let rows =
            "SELECT i, DATE '2024-01-01' AS t, NULL::INTEGER AS n, "
            + "[\(ends)][i] AS w FROM range(1, 3) r(i)"
        try await ChangedFooter.write(rows, as: kinds, to: path, engine, in: folder)
    }

    @Test(arguments: columns.indices)
    func `a column that nobody reads stops nothing`(_ index: Int) async throws {
        let (ends, kinds) = Self.columns[index]
        try await write(ends, kinds)
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        let described = try await engine.describe(table)
        #expect(described.columns.map(\.name) == ["i", "t", "n", "w"])
        #expect(described.columns.map(\.isValueless) == [false, false, false, false])
        #expect(described.columns[2].gap?.empty.count == 1)
        let measured = try await engine.measure(
            MeasureRequest(table: table, measures: [.rows, .minimum("i"), .maximum("i"), .nulls("n")]))
        #expect(measured.values == [.count(2), .value(.int64(1)), .value(.int64(2)), .count(2)])
        var seen: [Value] = []
        try await engine.scan(ScanRequest(table: table, columns: [.init(name: "i", type: .int64)])) { batch in
            seen += (0..<batch.count).map { batch.columns[0][$0] }
        }
        #expect(seen == [.int64(1), .int64(2)])
    }

    @Test func `files of several schemas are told apart by columns without a value, whatever else is in them`()
        async throws
    {
        try await write(Self.columns[0].ends, Self.columns[0].kinds, to: "a.parquet")
        try await engine.writeQuery("SELECT 3 AS i, 'text' AS n", to: "b.parquet")
        let described = try await engine.describe(TableReference(rows: .files(["*.parquet"], .parquet)))
        #expect(described.columns.first { $0.name == "n" }?.type == .string)
    }

    private static let noTime = "column w has a number that is no time of day"

    @Test(arguments: [false, true])
    func `a number that is no time of day is an error with its column where it is read`(_ isList: Bool) async throws {
        let (ends, kinds) = Self.columns[0]
        try await write(isList ? "[\(ends)], [\(ends)]" : ends, kinds)
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        let error = await #expect(throws: TallyError.self) {
            try await engine.scan(ScanRequest(table: table, columns: [.init(name: "w", type: nil)])) { _ in }
        }
        #expect(error?.code == .invalidData && error?.message == Self.noTime)
        #expect(try await engine.describe(table).columns.count == 4)
    }

    @Test(arguments: [false, true], ["x.parquet", "?.parquet"])
    func `a rule in SQL gets an error for a number that is no time of day, if it reads it`(
        _ isList: Bool, _ files: String
    ) async throws {
        let (ends, kinds) = Self.columns[0]
        try await write(isList ? "[\(ends)], [\(ends)]" : ends, kinds)
        try await engine.writeQuery("SELECT 3 AS i, 'text' AS n", to: "y.parquet")
        let table = TableReference(rows: .files([files], .parquet))
        func answer(_ sql: String) async throws -> [Measured] {
            try await engine.measure(MeasureRequest(table: table, measures: [.query(sql, ["s": table])])).values
        }
        #expect(try await answer("SELECT max(i) FROM s") == [.number(files == "x.parquet" ? 2 : 3)])
        let error = await #expect(throws: TallyError.self) {
            _ = try await answer("SELECT count(*) FROM s WHERE w::VARCHAR <> ''")
        }
        #expect(error?.code == .invalidData && error?.message == Self.noTime)
    }

    @Test func `gaps and delays between times at both ends are numbers`() async throws {
        let (first, last) = (Int64(-9_223_372_022_400_000_000), Int64(9_223_372_036_854_775_806))
        try await engine.writeQuery(
            "SELECT make_timestamp(\(first)) AS a, make_timestamp(\(last)) AS b", to: "x.parquet")
        let until = Timestamp(microseconds: 0)
        let measured = try await engine.measure(
            MeasureRequest(
                table: TableReference(rows: .files(["x.parquet"], .parquet)),
                measures: [.longestGap("a", until: until), .lag(from: "a", to: "b", 1), .lag(from: "b", to: "a", 1)]))
        let delay = Double(Int128(last) - Int128(first))
        let expected: [Measured] = [.number(-Double(first)), .number(delay), .number(-delay)]
        #expect(measured.values == expected)
    }

    @Test func `times of day are carried as their texts`() async throws {
        let times = "TIME '00:00:00', TIME '23:59:59.999999', TIME '24:00:00', NULL"
        try await engine.writeQuery(
            "SELECT unnest([\(times)]) AS a, [[\(times)]] AS b, unnest([\(times)])::TIMETZ AS c", to: "x.parquet")
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        var rows: [String] = []
        let columns = ["a", "b", "c"].map { ScanRequest.Column(name: $0, type: nil) }
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batch in
            rows += (0..<batch.count).map { row in
                batch.columns.map { $0[row].text }.joined(separator: " ")
            }
        }
        let list = "[[00:00:00, 23:59:59.999999, 24:00:00, null]]"
        #expect(
            rows == [
                "00:00:00 \(list) 00:00:00+00", "23:59:59.999999 \(list) 23:59:59.999999+00",
                "24:00:00 \(list) 00:00:00+00", "null \(list) null",
            ])
    }

    @Test func `a value that DuckDB cannot read is an error with its file and column`() async throws {
        let (ends, kinds) = Self.columns[4]
        try await engine.writeQuery("SELECT 0::BIGINT AS i, now() AS t, 1 AS n, now() AS w", to: "a.parquet")
        try await write(ends, kinds, to: "b.parquet")
        let table = TableReference(rows: .files(["?.parquet"], .parquet))
        let read = ["i", "w"].map { ScanRequest.Column(name: $0, type: $0 == "w" ? .timestamp : .int64) }
        let scan = await #expect(throws: TallyError.self) {
            try await engine.scan(ScanRequest(table: table, columns: read)) { _ in }
        }
        let measure = await #expect(throws: TallyError.self) {
            try await engine.measure(MeasureRequest(table: table, measures: [.distinct(["i", "w"])]))
        }
        for error in [scan, measure] {
            #expect(error?.code == .invalidData && error?.subject == "b.parquet", "\(error.debugDescription)")
            #expect(error?.message.hasPrefix("column 'w' has a value that cannot be read") == true)
        }
    }

    @Test(arguments: [false, true], [true, false])
    func `a query of a user gets an error for such numbers, whoever says to have written them`(
        _ isList: Bool, _ isForeign: Bool
    ) async throws {
        let (ends, kinds) = Self.columns[0]
        let all = kinds.prefix(1) + (isForeign ? [.foreign] : [])
        try await write(isList ? "[\(ends)], [\(ends)]" : ends, Array(all))
        func read(_ sql: String) async throws -> Int {
            var count = 0
            let request = ScanRequest(table: TableReference(rows: .query(sql)), columns: [.init(name: "v", type: nil)])
            try await engine.scan(request) { count += $0.count }
            return count
        }
        let error = await #expect(throws: TallyError.self) {
            _ = try await read("SELECT w::VARCHAR AS v FROM 'x.parquet'")
        }
        #expect(error?.code == .invalidData)
        #expect(error?.message == "column w of \"x.parquet\" has a number that is no time of day")
        #expect(try await read("SELECT i AS v FROM 'x.parquet'") == 2)
    }

    @Test func `a query of a user asks for no statistics, which may end the process`() async throws {
        try await engine.writeQuery("SELECT 1 AS i", to: "x.parquet")
        for function in ["parquet_metadata", "parquet_full_metadata"] {
            let error = await #expect(throws: TallyError.self) {
                try await engine.describe(TableReference(rows: .query("SELECT * FROM \(function)('x.parquet')")))
            }
            #expect(error?.message == "the table function \(function) may not be used")
        }
    }
}
