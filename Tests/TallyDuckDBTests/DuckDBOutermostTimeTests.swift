// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// The ends of nanoseconds, which are infinite or no text to the engine, and instants to whoever writes files.
@Suite struct DuckDBOutermostTimeTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("outermost")
        engine = try DuckDBEngine(root: folder.path)
    }

    private static let counts: [Int64?] = [
        .max, .max - 1, .max - 807, nil, 0, -.max, .min, -.max + 1, -.max + 192, -.max + 2_000_000_000,
        -9_223_286_400_000_000_001, -9_223_286_400_000_000_000,
    ]

    /// A list of times for a query, of any numbers.
    private static let list =
        "["
        + counts.map { count in
            switch count {
            case nil: "NULL::TIMESTAMP_NS"
            case .max: "'infinity'::TIMESTAMP_NS"
            case -.max: "'-infinity'::TIMESTAMP_NS"
            case let count?: "make_timestamp_ns('\(count)'::BIGINT)"
            }
        }.joined(separator: ", ") + "]"

    private func write(_ column: String, isZoned: Bool) async throws {
        let query = "SELECT \(column) AS t, 1::BIGINT AS id"
        if isZoned {
            try await Nanoseconds.writeZoned(query, to: "a.parquet", engine, in: folder)
        } else {
            try await engine.writeQuery(query, to: "a.parquet")
        }
    }

    private func values(_ path: String, _ columns: [ScanRequest.Column]) async throws -> [[Value]] {
        var found = columns.map { _ in [Value]() }
        let table = TableReference(rows: .files([path], .parquet))
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batch in
            for index in found.indices { found[index] += batch.columns[index].values }
        }
        return found
    }

    private static func rounded(_ rounding: Timestamp.Rounding) -> [Value] {
        counts.map { count in
            count.flatMap { Timestamp.rounded(nanoseconds: $0, rounding) }.map { .timestamp($0.time) } ?? .null
        }
    }

    @Test(arguments: [false, true])
    func `each is the instant that it is, rounded as it is asked for`(_ isZoned: Bool) async throws {
        try await write("unnest(\(Self.list))", isZoned: isZoned)
        let up = ScanRequest.Column(name: "t", alias: "up", type: .timestamp, rounding: .up)
        let found = try await values(
            "a.parquet", [up, up.cutNanoseconds(as: "cut"), .init(name: "t", alias: "down", type: .timestamp)])
        #expect(found[0] == Self.rounded(.up))
        #expect(found[2] == Self.rounded(.down))
        #expect(found[0][0] == .timestamp(Timestamp(microseconds: 9_223_372_036_854_776)))
        #expect(found[1][0] == .int32(-193) && found[1][3] == .int32(0) && found[1][5] == .int32(-807))
        try await write(Self.list, isZoned: isZoned)
        let list = try await values("a.parquet", [.init(name: "t", type: .array(.timestamp))])
        #expect(list[0] == [.array(Self.rounded(.down))])
    }

    @Test(arguments: [false, true], [false, true])
    func `each is carried along to the nanosecond, and is written as text`(_ isZoned: Bool, _ isList: Bool) async throws
    {
        // Lists of nanoseconds in UTC are microseconds where they are carried.
        if isZoned && isList { return }
        try await write(isList ? Self.list : "unnest(\(Self.list))", isZoned: isZoned)
        let found = try await engine.describe(TableReference(rows: .files(["a.parquet"], .parquet))).columns[0]
        let type: DataType = isList ? .array(.string) : .string
        let carried = try await values("a.parquet", [.init(name: "t", type: isZoned ? .string : nil)])
        let schema = ColumnSchema(name: "t", type: type)
        let rows = Batch(schema: [schema], columns: [Column(type: type, values: carried[0])], count: carried[0].count)
        for format in [Source.FileFormat.parquet, .csv, .json] {
            let native = found.exactType ?? found.nativeType
            let written = WriteRequest.Column(schema: schema, nativeType: native)
            let request = WriteRequest(path: "b.\(format)", format: format, columns: [written])
            try await engine.write(request) { (sink) async throws(TallyError) in
                try await sink.send(rows)
                return [:]
            }
        }
        let time: DataType = isList ? .array(.timestamp) : .timestamp
        let expected = isList ? [.array(Self.rounded(.down))] : Self.rounded(.down)
        #expect(try await values("b.parquet", [.init(name: "t", type: time)])[0] == expected)
        if !isList {
            let up = ScanRequest.Column(name: "t", type: .timestamp, rounding: .up)
            #expect(try await values("b.parquet", [up])[0] == Self.rounded(.up))
        }
        let text = String(decoding: try AtomicFile.read(folder.path + "/b.csv") ?? [], as: UTF8.self)
        for part in ["2262-04-11?23:47:16.854775807", "1677-09-21?00:12:43.145224192", "1677-09-21?23:59:59.999999999"]
        {
            #expect(text.contains(part.replacing("?", with: isZoned ? "T" : " ")))
        }
        let json = String(decoding: try AtomicFile.read(folder.path + "/b.json") ?? [], as: UTF8.self)
        #expect(json.contains("1677-09-21") && !json.contains("infinity"))
    }

    @Test(arguments: [false, true])
    func `measures say of them what the rows say`(_ isZoned: Bool) async throws {
        try await write("unnest(\(Self.list))", isZoned: isZoned)
        let table = TableReference(rows: .files(["a.parquet"], .parquet))
        let column = ColumnSchema(name: "t", type: .timestamp)
        let last: Int64 = 9_223_372_036_854_775
        let measures: [Measure] = [
            .nulls("t"), .failures([RowTest("t", .required)]), .failures([RowTest("t", .integers(0...last))]),
            .failures([RowTest("t", .integers(1...last - 1))]),
            .latest("t", notAfter: Timestamp(microseconds: last)), .lag(from: "t", to: "t", 1),
        ]
        let found = try await engine.measure(MeasureRequest(table: table, measures: measures))
        var tally = try #require(TableTally(measures, columns: [column]))
        try await engine.scan(
            ScanRequest(table: table, columns: [.init(name: "t", type: .timestamp)])
        ) { tally.add($0) }
        for (index, measure) in measures.enumerated() where found.values[index] != .unsupported {
            #expect(found.values[index] == tally.values[index], "\(measure)")
        }
        #expect(found.values[0] == .count(1) && tally.values[0] == .count(1))
        guard isZoned else { return }
        let rule = Measure.query(
            "SELECT count(*) FROM x WHERE isfinite(t)", ["x": table])
        let ruled = try await engine.measure(MeasureRequest(table: table, measures: [rule]))
        #expect(ruled.values == [.number(Double(Self.counts.count - 1))])
    }
}
