// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBNanosecondTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("nanoseconds")
        engine = try DuckDBEngine(root: folder.path)
    }

    private func write(_ query: String, to path: String, isZoned: Bool) async throws {
        if isZoned {
            try await Nanoseconds.writeZoned(query, to: path, engine, in: folder)
        } else {
            try await engine.writeQuery(query, to: path)
        }
    }

    private func scan(
        _ files: [String], _ columns: [ScanRequest.Column], zone: String = "UTC"
    ) async throws -> [Batch] {
        var batches: [Batch] = []
        let table = TableReference(rows: .files(files, .parquet), timeZone: zone)
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batches.append($0) }
        return batches
    }

    private static let time = ScanRequest.Column(name: "t", alias: "up", type: .timestamp, rounding: .up)
    private static let down = ScanRequest.Column(name: "t", alias: "down", type: .timestamp)

    @Test(arguments: [false, true])
    func `times are rounded as they are asked for, and what is cut comes along`(_ isZoned: Bool) async throws {
        let counts: [Int64?] = [50, 500, 1_900, 2_000, nil, -1, -1_000, -1_001, 1_700_000_000_000_000_001]
        try await write(
            "SELECT unnest(\(Nanoseconds.sql(counts))) AS t, 7 AS other, unnest(range(9)) AS row", to: "a.parquet",
            isZoned: isZoned)
        let batches = try await scan(
            ["a.parquet"],
            [
                Self.time, Self.time.cutNanoseconds(as: "upCut"), Self.down, Self.down.cutNanoseconds(as: "downCut"),
                .init(name: "row", type: .int64),
            ])
        let rows = try #require(batches.first)
        for (index, count) in counts.enumerated() {
            let up = count.flatMap { Timestamp.rounded(nanoseconds: $0, .up) }
            let down = count.flatMap { Timestamp.rounded(nanoseconds: $0, .down) }
            #expect(rows["up"]?[index] == up.map { .timestamp($0.time) } ?? .null)
            #expect(rows["upCut"]?[index] == .int32(up?.cut ?? 0))
            #expect(rows["down"]?[index] == down.map { .timestamp($0.time) } ?? .null)
            #expect(rows["downCut"]?[index] == .int32(down?.cut ?? 0))
            #expect(rows["row"]?[index] == .int64(Int64(index)))
        }
        #expect(folder.names == ["a.parquet"])
    }

    @Test
    func `a column without nanoseconds has no cuts, and neither has one whose nanoseconds are whole microseconds`()
        async throws
    {
        try await engine.writeQuery("SELECT TIMESTAMPTZ '2024-01-01 00:00:00.000001+00' AS t", to: "micro.parquet")
        try await write("SELECT make_timestamp_ns(5000) AS t", to: "whole.parquet", isZoned: true)
        for file in ["micro.parquet", "whole.parquet"] {
            let batches = try await scan([file], [Self.time, Self.time.cutNanoseconds(as: "cut")])
            #expect(batches.map { $0.schema.map(\.name) } == [["up"]])
        }
        #expect(
            try await scan(["whole.parquet"], [Self.time])[0].columns[0][0] == .timestamp(Timestamp(microseconds: 5)))
    }

    @Test func `files are read in their order, whichever of them have nanoseconds`() async throws {
        try await write("SELECT make_timestamp_ns(1) AS t, 1 AS row", to: "a.parquet", isZoned: true)
        try await engine.writeQuery("SELECT make_timestamptz(2) AS t, 2 AS row", to: "b.parquet")
        try await write("SELECT make_timestamp_ns(2001) AS t, 3 AS row", to: "c.parquet", isZoned: true)
        try await write("SELECT make_timestamp_ns(4000) AS t, 4 AS row", to: "d.parquet", isZoned: true)
        let batches = try await scan(
            ["*.parquet"], [Self.time, Self.time.cutNanoseconds(as: "cut"), .init(name: "row", type: .int64)])
        #expect(batches.flatMap { $0["row"]?.values ?? [] } == (1...4).map { .int64($0) })
        #expect(
            batches.flatMap { $0["up"]?.values ?? [] }
                == [1, 2, 3, 4].map { .timestamp(Timestamp(microseconds: $0)) })
        #expect(batches.flatMap { $0["cut"]?.values ?? [] } == [.int32(-999), .int32(-999), .int32(0)])
    }

    @Test func `files are read alike only where the same columns have nanoseconds`() async throws {
        func write(_ path: String, _ t: String, _ u: String) async throws {
            try await self.write("SELECT \(t) AS t, \(u) AS u, 1 AS other", to: path, isZoned: true)
        }
        let micro = "TIMESTAMPTZ '1970-01-01 00:00:00.000003+00'"
        try await write("a.parquet", "make_timestamp_ns(1)", micro)
        try await write("b.parquet", micro, "make_timestamp_ns(1)")
        let other = ScanRequest.Column(name: "u", alias: "u", type: .timestamp, rounding: .up)
        let batches = try await scan(["*.parquet"], [Self.time, other, other.cutNanoseconds(as: "cut")])
        func times(_ counts: Int64...) -> [Value] { counts.map { .timestamp(Timestamp(microseconds: $0)) } }
        #expect(batches.flatMap { $0["up"]?.values ?? [] } == times(1, 3))
        #expect(batches.flatMap { $0["u"]?.values ?? [] } == times(3, 1))
        #expect(batches.flatMap { $0["cut"]?.values ?? [] } == [.int32(-999)])
        // Nanoseconds that nobody reads change nothing.
        try await write("c.parquet", micro, "make_timestamp_ns(1)")
        let read = try await scan(["c.parquet"], [Self.time, Self.time.cutNanoseconds(as: "cut")])
        #expect(read.map { $0.schema.map(\.name) } == [["up"]])
    }

    @Test func `more files than can be open at once are read in turn`() async throws {
        var first: [UInt8] = []
        for file in 0..<230 {
            let path = "\(1_000 + file).parquet"
            if file == 0 {
                try await write("SELECT make_timestamp_ns(1) AS t", to: path, isZoned: true)
                first = try AtomicFile.read(folder.path + "/" + path) ?? []
            } else {
                try AtomicFile.write(first, to: folder.path + "/" + path)
            }
        }
        let batches = try await scan(["*.parquet"], [Self.time, Self.time.cutNanoseconds(as: "cut")])
        #expect(batches.map(\.count) == [100, 100, 30])
        #expect(Set(batches.flatMap { $0["cut"]?.values ?? [] }) == [.int32(-999)])
    }

    @Test func `lists of nanoseconds are rounded down, and tell what was cut`() async throws {
        for isZoned in [false, true] {
            try await write(
                "SELECT unnest([\(Nanoseconds.sql([1, 2_003])), \(Nanoseconds.sql([nil, 1_000])), NULL]) AS t",
                to: "a.parquet", isZoned: isZoned)
            let list = ScanRequest.Column(name: "t", type: .array(.timestamp))
            let rows = try await scan(["a.parquet"], [list, list.cutNanoseconds(as: "cut")])[0]
            func time(_ count: Int64) -> Value { .timestamp(Timestamp(microseconds: count)) }
            #expect(rows.columns[0].values == [.array([time(0), time(2)]), .array([.null, time(1)]), .null])
            #expect(rows.columns[1].values == [.int32(4), .int32(0), .int32(0)])
        }
    }

    @Test func `the last nanosecond before a clock is put on rounds up to that instant`() async throws {
        try await engine.writeQuery("SELECT TIMESTAMP_NS '2013-03-10 01:59:59.999999999' AS t", to: "a.parquet")
        let rows = try await scan(
            ["a.parquet"], [Self.time, Self.time.cutNanoseconds(as: "cut")], zone: "America/New_York")[0]
        #expect(rows.columns[0][0] == Timestamp("2013-03-10T07:00:00Z").map { .timestamp($0) })
        #expect(rows.columns[1][0] == .int32(-1))
    }

    @Test func `nanoseconds in UTC are copied with all their digits, and stay instants`() async throws {
        let counts: [Int64?] = [1_700_000_000_000_000_001, nil, -1, 5_000]
        try await write(
            "SELECT unnest(\(Nanoseconds.sql(counts))) AS t, make_timestamp_ns(7) AS wall", to: "a.parquet",
            isZoned: true)
        let table = TableReference(rows: .files(["a.parquet"], .parquet))
        let found = try await engine.describe(table).columns
        #expect(found.map(\.exactType) == [.some("TIMESTAMP_NS WITH TIME ZONE"), .some("TIMESTAMP_NS WITH TIME ZONE")])
        let columns = found.map { ScanRequest.Column(name: $0.name, type: .string) }
        let batches = try await scan(["a.parquet"], columns)
        let schema = try #require(batches.first?.schema)
        let written =
            zip(schema, found).map { WriteRequest.Column(schema: $0, nativeType: $1.exactType) }
            + [WriteRequest.Column(schema: ColumnSchema(name: "own", type: .string), nativeType: "TIMESTAMP_NS")]
        try await engine.write(WriteRequest(path: "c.parquet", format: .parquet, columns: written)) {
            (sink) async throws(TallyError) in
            for batch in batches {
                let own = batch.columns[1]
                try await sink.send(
                    Batch(schema: written.map(\.schema), columns: batch.columns + [own], count: batch.count))
            }
            return [:]
        }
        #expect(try NanosecondFile.instants(folder.path + "/c.parquet") == 2)
        let again = try await scan(["c.parquet"], [Self.time, Self.time.cutNanoseconds(as: "cut")])[0]
        for (index, count) in counts.enumerated() {
            let up = count.flatMap { Timestamp.rounded(nanoseconds: $0, .up) }
            #expect(again["up"]?[index] == up.map { .timestamp($0.time) } ?? .null)
            #expect(again["cut"]?[index] == .int32(up?.cut ?? 0))
        }
        let types = try await engine.describe(TableReference(rows: .files(["c.parquet"], .parquet))).columns
        #expect(types.map(\.nativeType) == ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS"])
    }

    @Test(arguments: 0..<40)
    func `joins over nanoseconds come out as the law says`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: 2_900 + seed)
        let isZoned = seed % 2 == 0
        var tables: [String: Batch] = [:]
        var files: [ViewJoin.FileGroup] = []
        for file in 0..<Int.random(in: 1...3, using: &random) {
            let path = "\(file).parquet"
            let count = Int.random(in: 0...30, using: &random)
            // Files with nanoseconds stand beside files without.
            let isFine = Int.random(in: 0..<3, using: &random) > 0
            func times() -> [Int64?] {
                (0..<count).map { _ in
                    guard Int.random(in: 0..<12, using: &random) > 0 else { return nil }
                    let some = Int64.random(in: -3_000...3_000, using: &random)
                    return isFine ? some : some / 1_000 * 1_000
                }
            }
            let (events, knowns, seen) = (times(), times(), times())
            let ids = (0..<count).map { _ in Int64.random(in: 0...3, using: &random) }
            let values = (0..<count).map { _ in Int64.random(in: 0...2, using: &random) }
            try await write(
                """
                SELECT unnest(\(ids)::BIGINT[]) AS id, unnest(\(Nanoseconds.sql(events))) AS e,
                    unnest(\(Nanoseconds.sql(knowns))) AS k, unnest(\(values)::BIGINT[]) AS v,
                    unnest(\(Nanoseconds.sql(seen))) AS s
                """, to: path, isZoned: isZoned)
            tables[path] = Batch(
                [("id", .numbers(ids)), ("v", .numbers(values))] + Self.columns("e", events) + Self.columns("k", knowns)
                    + Self.columns("s", seen))
            files.append(
                .init(paths: [path], firstSeen: Bool.random(using: &random) ? Timestamp(microseconds: 1) : nil))
        }
        let stored = [ColumnSchema(name: "v", type: .int64), ColumnSchema(name: "s", type: .timestamp)]
        let view = ViewJoin(
            subject: "view v", files: files, format: .parquet, timeZone: "UTC", eventTime: seed % 5 == 4 ? nil : "e",
            knownTime: Bool.random(using: &random) ? .column("k") : .after(TimeSpan(microseconds: 1)),
            columns: ViewColumns(keys: [ColumnSchema(name: "id", type: .int64)], inputs: stored, features: stored),
            law: .latestRow(timeToLive: seed % 5 != 4 && Bool.random(using: &random) ? TimeSpan(microseconds: 2) : nil),
            ignoresKnownTime: Bool.random(using: &random), timeInputs: Bool.random(using: &random) ? ["s"] : [])
        let spine = (0..<30).map { _ in
            (Int64.random(in: 0...2, using: &random), Int64.random(in: -4...5, using: &random))
        }
        let request = JoinRequest(
            keys: Batch([("id", .numbers(spine.map(\.0)))]),
            times: Column(type: .timestamp, values: spine.map { .timestamp(Timestamp(microseconds: $0.1)) }),
            views: [view])
        let expected = try await InMemoryEngine(tables: tables).pointInTimeJoin(request)[0]
        let found = try await engine.pointInTimeJoin(request)[0]
        #expect(found.statuses == expected.statuses, "seed \(2_900 + seed)")
        #expect(found.features.columns.map(\.values) == expected.features.columns.map(\.values), "seed \(2_900 + seed)")
        #expect(found.eventTimes.values == expected.eventTimes.values, "seed \(2_900 + seed)")
        #expect(found.knownTimes.values == expected.knownTimes.values, "seed \(2_900 + seed)")
        #expect(found.counts == expected.counts, "seed \(2_900 + seed)")
    }

    /// A time column of the engine in memory: rounded up, with what was cut.
    private static func columns(_ name: String, _ counts: [Int64?]) -> [(String, Column)] {
        let rounded = counts.map { $0.flatMap { Timestamp.rounded(nanoseconds: $0, .up) } }
        return [
            (name, Column(type: .timestamp, values: rounded.map { $0.map { .timestamp($0.time) } ?? .null })),
            (
                name + InMemoryEngine.cutSuffix,
                Column(type: .int32, storage: .int32(rounded.map { $0?.cut ?? 0 }))
            ),
        ]
    }
}

extension Column {
    fileprivate static func numbers(_ values: [Int64]) -> Column { Column(type: .int64, storage: .int64(values)) }
}
