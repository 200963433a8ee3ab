// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyStatistics
import TallyTesting
import Testing

/// Measures that DuckDB takes in SQL are those that going row by row gives.
@Suite struct DuckDBMeasureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("measures") }

    private func write(_ batch: Batch, to path: String, _ engine: DuckDBEngine) async throws {
        let request = WriteRequest(
            path: folder.path + "/" + path, format: .parquet,
            columns: batch.schema.map { WriteRequest.Column(schema: $0) })
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await sink.send(batch)
            return [:]
        }
    }

    @Test(arguments: Array(UInt64(1)...30))
    func `random measures agree with going row by row`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let batch = RandomBatch.make(rows: random.pick([0, 1, 40, 300]), seed: seed)
        let engine = try DuckDBEngine(root: folder.path)
        try await write(batch, to: "x.parquet", engine)
        var tests = RandomRowTest(seed: seed)
        let measures = (0..<60).map { _ in tests.measure(batch.schema) }
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        let theirs = try await engine.measure(MeasureRequest(table: table, measures: measures))
        let twin = InMemoryEngine(tables: ["x.parquet": batch.canonicalFloats])
        let ours = try await twin.measure(MeasureRequest(table: table, measures: measures))
        var supported = 0
        for (index, measure) in measures.enumerated() where theirs.values[index] != .unsupported {
            supported += 1
            let isSame = theirs.values[index].means(ours.values[index])
            #expect(isSame, "seed \(seed): \(measure): \(theirs.values[index]), not \(ours.values[index])")
        }
        #expect(supported * 2 > measures.count, "DuckDB took only \(supported) of \(measures.count)")
    }

    @Test func `numbers are those of the rows, whatever footers say of them`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let batch = Batch([
            ("i", Column(type: .int64, values: [.int64(1), .null, .int64(9)])),
            ("x", Column(type: .float64, values: [.float64(0.5), .float64(1), .float64(2)])),
            ("n", Column(type: .float64, values: [.float64(0.5), .float64(.nan), .float64(2)])),
            ("t", Column(type: .timestamp, values: [5, 6, 7].map { .timestamp(Timestamp(microseconds: $0)) })),
        ])
        try await write(batch, to: "f.parquet", engine)
        let interval = RowTest.Interval(lower: 0, upper: 2)
        let measures: [Measure] = [
            .rows, .nulls("i"), .failures([RowTest("i", .required)]), .failures([RowTest("i", .integers(1...9))]),
            .failures([RowTest("x", .floats(interval))]), .maximum("i"),
            .latest("t", notAfter: Timestamp(microseconds: 7)),
            .failures([RowTest("i", .integers(1...8))]), .failures([RowTest("n", .floats(interval))]),
            .latest("t", notAfter: Timestamp(microseconds: 6)),
        ]
        let table = TableReference(rows: .files(["f.parquet"], .parquet))
        let result = try await engine.measure(MeasureRequest(table: table, measures: measures))
        #expect(
            result.values == [
                .count(3), .count(1), .count(1), .count(0), .count(0), .value(.int64(9)),
                .value(.timestamp(Timestamp(microseconds: 7))), .count(1), .count(1),
                .value(.timestamp(Timestamp(microseconds: 6))),
            ])
    }

    @Test func `rows that refer to nothing are counted`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let left = Batch([("k", Column(type: .string, values: [.string("a"), .string("b"), .null, .string("c")]))])
        let right = Batch([("id", Column(type: .string, values: [.string("a"), .null]))])
        try await write(left, to: "left.parquet", engine)
        try await write(right, to: "right.parquet", engine)
        let (table, other) = (
            TableReference(rows: .files(["left.parquet"], .parquet)),
            TableReference(rows: .files(["right.parquet"], .parquet))
        )
        let request = MeasureRequest(table: table, measures: [.orphans(["k"], ReferredColumns(other, ["id"]))])
        let twin = InMemoryEngine(tables: ["left.parquet": left, "right.parquet": right])
        let values = [try await engine.measure(request).values, try await twin.measure(request).values]
        #expect(values == [[.count(2)], [.count(2)]])
    }

    @Test(arguments: [0, 0.07, 0.29, 0.55, 0.56, 0.999, 1])
    func `a quantile is the nearest rank of what was written`(_ share: Double) async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let table = TableReference(rows: .query("SELECT range::DOUBLE AS x FROM range(1, 101)"))
        let result = try await engine.measure(MeasureRequest(table: table, measures: [.quantile("x", share)]))
        #expect(result.values == [.number(Double(NearestRank(share).rank(among: 100)))])
    }

    @Test func `a query reads in one statement and gives one number`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await write(Batch([("i", Column(type: .int64, values: [.int64(1), .int64(2)]))]), to: "q.parquet", engine)
        let table = TableReference(rows: .files(["q.parquet"], .parquet))
        func ask(_ sql: String) async throws(TallyError) -> Measured {
            try await engine.measure(MeasureRequest(table: table, measures: [.query(sql, ["flights": table])])).values[
                0]
        }
        let sum = try await ask("SELECT sum(i) FROM flights;")
        #expect(sum == .number(3))
        let wrong = [
            "SELECT i FROM flights", "SELECT 'a'", "DROP TABLE flights", "SELECT 1; SELECT 2",
            "COPY flights TO '\(folder.path)/out.csv'",
        ]
        for sql in wrong {
            await #expect(throws: TallyError.self, "\(sql)") { try await ask(sql) }
        }
        #expect(try folder.read("out.csv") == nil)
    }
}

extension Measured {
    /// Whether two engines say the same: whole numbers as int64, floats but for two roundings.
    fileprivate func means(_ other: Measured) -> Bool {
        switch (self, other) {
        case (.value(let left), .value(let right)): left.number == right.number
        case (.number(let left), .number(let right)): abs(left - right) <= 1e-12 * max(1, abs(right)) || left == right
        default: self == other
        }
    }
}

extension Value {
    fileprivate var number: Value {
        switch self {
        case .int32(let number): .int64(Int64(number))
        case .float32(let number): .float64(Double(number))
        default: self
        }
    }
}

extension Batch {
    /// The rows as a file holds them: no −0.0, one NaN.
    fileprivate var canonicalFloats: Batch {
        Batch(
            schema: schema,
            columns: columns.map { Column(type: $0.type, values: $0.values.map(\.canonical)) }, count: count)
    }
}
