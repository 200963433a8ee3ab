// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// A footer may state other bounds, nulls and rows than there are: no row comes or goes by it (decision 0036).
@Suite struct DuckDBLyingFooterTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("lying")
        engine = try DuckDBEngine(root: folder.path)
    }

    private static let first: Int64 = 1_000_000_007
    private var table: TableReference { TableReference(rows: .files(["x.parquet"], .parquet)) }

    /// A thousand rows: `v` counts from 1000000007, `d` is half of that more, `s` its text and `t` its microseconds; the
    /// footer says that all of them are between 1 and 2.
    private func write() async throws {
        try await engine.writeQuery(
            """
            SELECT i AS v, i + 0.5::DOUBLE AS d, 'g' || i AS s, make_timestamptz(i) AS t, i % 3 AS k,
                CASE WHEN i % 2 = 0 THEN i END AS n FROM range(\(Self.first), \(Self.first + 1_000)) r(i)
            """, to: "x.parquet")
        let last = Self.first + 999
        try ChangedFooter.exchange(
            [
                (Self.first.statistic, (1 as Int64).statistic),
                (last.statistic, (2 as Int64).statistic),
                (
                    (Double(Self.first) + 0.5).bitPattern.statistic, (1.0).bitPattern.statistic
                ),
                ((Double(last) + 0.5).bitPattern.statistic, (2.0).bitPattern.statistic),
                ((Self.first + 1).statistic, (1 as Int64).statistic),
            ], in: "x.parquet", folder)
    }

    /// Questions about the rows, as SQL over `x`, and their answers.
    private static let questions: [(sql: String, answer: Double)] = [
        ("SELECT count(*) FROM x WHERE v > 1000000006", 1_000), ("SELECT count(*) FROM x WHERE v = 1000000100", 1),
        ("SELECT count(*) FROM x WHERE v IN (1000000100, 1000000101)", 2),
        ("SELECT count(*) FROM x WHERE d > 3", 1_000), ("SELECT max(v) FROM x", 1_000_001_006),
        ("SELECT min(v) FROM x", 1_000_000_007), ("SELECT max(d) FROM x", 1_000_001_006.5),
        ("SELECT v FROM x ORDER BY v DESC LIMIT 1", 1_000_001_006),
        ("SELECT count(*) FROM x JOIN (SELECT unnest([1000000100, 7]) AS k) AS y ON x.v = y.k", 1),
        ("SELECT count(*) FROM x WHERE v > (SELECT max(k) FROM x)", 1_000),
        ("WITH c AS MATERIALIZED (SELECT * FROM x) SELECT count(*) FROM c WHERE v > 1000000006", 1_000),
        ("SELECT sum(CASE WHEN v > 1000000006 THEN 1 ELSE 0 END) FROM x", 1_000),
        ("SELECT count(*) FROM (SELECT v, count(*) FROM x GROUP BY v)", 1_000),
        ("SELECT count(*) FROM x WHERE t > make_timestamptz(3)", 1_000),
        ("SELECT count(*) FROM x WHERE v < 0 OR v > 9", 1_000), ("SELECT count(n) FROM x WHERE n > 5", 500),
    ]

    @Test(arguments: questions.indices)
    func `a query finds the rows that are there`(_ index: Int) async throws {
        try await write()
        let (sql, answer) = Self.questions[index]
        let asRule = try await engine.measure(MeasureRequest(table: table, measures: [.query(sql, ["x": table])]))
        #expect(asRule.values == [.number(answer)])
        let query = "SELECT (\(sql.replacing("FROM x", with: "FROM 'x.parquet' AS x")))::DOUBLE AS a"
        var found: [Value] = []
        try await engine.scan(
            ScanRequest(table: TableReference(rows: .query(query)), columns: [.init(name: "a", type: .float64)])
        ) { batch in found += (0..<batch.count).map { batch.columns[0][$0] } }
        #expect(found == [.float64(answer)])
    }

    @Test func `measures are those of the rows`() async throws {
        try await write()
        let interval = RowTest.Interval(lower: 0, upper: 100)
        let measures: [Measure] = [
            .rows, .failures([RowTest("v", .integers(0...100))]), .failures([RowTest("d", .floats(interval))]),
            .minimum("v"), .maximum("v"), .nulls("n"), .latest("t", notAfter: Timestamp(microseconds: Self.first + 5)),
            .distinct(["v"]), .quantile("v", 1), .sum("k"),
        ]
        let result = try await engine.measure(MeasureRequest(table: table, measures: measures))
        #expect(
            result.values == [
                .count(1_000), .count(1_000), .count(1_000), .value(.int64(Self.first)),
                .value(.int64(Self.first + 999)), .count(500),
                .value(.timestamp(Timestamp(microseconds: Self.first + 5))), .count(1_000),
                .value(.int64(Self.first + 999)), .number(1_001),
            ])
    }

    @Test func `later rows are found where they are`() async throws {
        try await write()
        var count = 0
        let after = ScanRequest.After(columns: ["t"], time: Timestamp(microseconds: Self.first + 499))
        try await engine.scan(
            ScanRequest(table: table, columns: [.init(name: "v", type: .int64)], after: after)
        ) { count += $0.count }
        #expect(count == 500)
    }

    @Test(arguments: [true, false]) func `a join sees every row`(_ prunes: Bool) async throws {
        try await write()
        var settings = EngineSettings()
        settings.pruning.leastRows = prunes ? 0 : .max
        settings.pruning.greatestSampleShare = 1
        settings.pruning.leastLateShare = 0
        let key = ColumnSchema(name: "v", type: .int64)
        let value = ColumnSchema(name: "k", type: .int64)
        let view = ViewJoin(
            subject: "view", files: [.init(paths: ["x.parquet"])], format: .parquet, timeZone: "UTC", eventTime: "t",
            knownTime: .undeclared, columns: ViewColumns(keys: [key], inputs: [value], features: [value]),
            law: .latestRow(timeToLive: nil), ignoresKnownTime: false)
        let keys = Column(type: .int64, storage: .int64([Self.first + 3, Self.first + 900, 5]))
        let times = Column(type: .timestamp, storage: .int64([Self.first + 500, Self.first + 500, Self.first + 500]))
        let joined = try await DuckDBEngine(root: folder.path, settings: settings).pointInTimeJoin(
            JoinRequest(keys: Batch([("v", keys)]), times: times, views: [view]))
        #expect(joined.first?.counts.matched == 1 && joined.first?.counts.sourceRows == 1_000)
    }

    @Test func `a column is one of nulls only where no row has a value`() async throws {
        try await engine.writeQuery("SELECT unnest([NULL, NULL, 7])::INTEGER AS n, 1 AS i", to: "a.parquet")
        try await engine.writeQuery("SELECT 8::BIGINT AS n, 2 AS i, 'b' AS more", to: "b.parquet")
        // Of three values two are null, as numbers of Thrift 6 and 4.
        let seven = Int32(7).parquetBytes
        let bounds: [UInt8] = [0x28, 4] + seven + [0x18, 4] + seven
        let path = "a.parquet"
        let bytes = try #require(try AtomicFile.read(folder.path + "/" + path))
        let places = bytes.indices.dropFirst().filter { bytes[$0...].starts(with: bounds) && bytes[$0 - 1] == 4 }
        try #require(places.count == 1 && bytes[places[0] - 2] & 0x0F == 6)
        try ChangedFooter.exchange(
            [([bytes[places[0] - 2], 4] + bounds, [bytes[places[0] - 2], 6] + bounds)], in: path, folder)
        let both = TableReference(rows: .files(["?.parquet"], .parquet))
        #expect(try await engine.describe(both).columns.first?.gap == nil)
        var found: [Value] = []
        try await engine.scan(ScanRequest(table: both, columns: [.init(name: "n", type: .int64)])) { batch in
            found += (0..<batch.count).map { batch.columns[0][$0] }
        }
        #expect(found == [.null, .null, .int64(7), .int64(8)])
    }

    @Test func `a file that says to have no rows is read where its row groups have some`() async throws {
        try await engine.writeQuery("SELECT i FROM range(4242) r(i)", to: "x.parquet")
        try await engine.writeQuery("SELECT i FROM range(5) r(i)", to: "y.parquet")
        // The number of rows stands between the schema and the row groups; zero takes two bytes, too.
        try ChangedFooter.exchange([([0x16, 0xA4, 0x42, 0x19], [0x16, 0x80, 0x00, 0x19])], in: "x.parquet", folder)
        var count = 0
        let both = TableReference(rows: .files(["?.parquet"], .parquet))
        try await engine.scan(ScanRequest(table: both, columns: [.init(name: "i", type: .int64)])) { count += $0.count }
        #expect(count == 4_247)
        #expect(try await engine.measure(MeasureRequest(table: both, measures: [.rows])).values == [.count(4_247)])
    }

    @Test func `a file that a query names and that is exchanged meanwhile is a conflict`() async throws {
        try await engine.writeQuery("SELECT i AS v FROM range(300000) r(i)", to: "x.parquet")
        let query = TableReference(rows: .query("SELECT v FROM 'x.parquet'"))
        let path = folder.path + "/x.parquet"
        let error = await #expect(throws: TallyError.self) {
            try await engine.scan(ScanRequest(table: query, columns: [.init(name: "v", type: .int64)])) {
                (batch) throws(TallyError) in
                guard batch.columns[0][0] == .int64(0) else { return }
                // Zeros over all that was not read yet, in place.
                try Self.overwrite(path)
            }
        }
        #expect(error?.code == .conflict && error?.subject == "x.parquet", "\(String(describing: error))")
    }

    private static func overwrite(_ path: String) throws(TallyError) {
        let size = try AtomicFile.read(path)?.count ?? 0
        try AtomicFile.write([UInt8](repeating: 0, count: size), to: path)
    }
}

extension FixedWidthInteger {
    /// The number as a footer states it as a bound, behind its length.
    fileprivate var statistic: [UInt8] { [UInt8(Self.bitWidth / 8)] + parquetBytes }
}
