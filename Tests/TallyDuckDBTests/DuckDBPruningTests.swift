// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBPruningTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("duckdb") }

    /// Leaves rows out wherever that is possible, or nowhere.
    private func settings(prunes: Bool, threads: Int? = nil) -> EngineSettings {
        var settings = EngineSettings(threads: threads)
        settings.pruning.leastRows = prunes ? 0 : .max
        settings.pruning.greatestSampleShare = 1
        settings.pruning.leastLateShare = 0
        return settings
    }

    @Test(arguments: OfflineEngineLaw.all)
    func `the laws hold when rows are left out wherever they may be`(_ law: OfflineEngineLaw) async throws {
        let engine = try DuckDBEngine(root: folder.path, settings: settings(prunes: true))
        try await law.check(on: OfflineEngineSubject(engine: engine) { folder.names })
    }

    /// One row a second from 1970 on in three row groups, 977 entities.
    private func writeRows(_ time: String, _ known: String) async throws {
        try await DuckDBEngine(root: folder.path).writeQuery(
            """
            SELECT (r * 7919 % 977)::BIGINT AS id, 'key ' || (r * 7919 % 977) AS name, \(time) AS happened,
                \(known) AS known, (r * 31 % 1009)::DOUBLE AS v
            FROM (SELECT range AS r, make_timestamptz(range * 1000000) AS instant,
                make_timestamp(range * 1000000) AS wall FROM range(250000)) ORDER BY r
            """, to: "a.parquet")
    }

    /// A spine of some entities between two seconds, and one view that counts the source rows it is given.
    private struct Case {
        var entities = 977
        var seconds: Range<Int64> = 0..<250_000
        var zone = "UTC"
        var knownTime: Source.KnownTime = .after(.zero)
        var byName = false

        func run(_ engine: DuckDBEngine) async throws -> (result: JoinResult, rowsRead: Int) {
            let count: Int64 = 5_000
            let span = seconds.upperBound - seconds.lowerBound
            let times = (0..<count).map { (seconds.lowerBound + $0 * 104_729 % span) * 1_000_000 }
            let ids = (0..<count).map { $0 % Int64(entities) }
            let key = ColumnSchema(name: byName ? "name" : "id", type: byName ? .string : .int64)
            let names = Column(type: .string, values: ids.map { .string("key \($0)") })
            let value = [ColumnSchema(name: "v", type: .float64)]
            let rowsRead = Counter()
            let view = ViewJoin(
                subject: "view v", files: [.init(paths: ["a.parquet"])], format: .parquet, timeZone: zone,
                eventTime: "happened", knownTime: knownTime,
                columns: ViewColumns(
                    keys: [key], inputs: value, features: value,
                    transform: { (batch) throws(TallyError) in
                        rowsRead.add(batch.count)
                        return batch
                    }), law: .latestRow(timeToLive: TimeSpan(microseconds: 600_000_000)), ignoresKnownTime: false)
            let results = try await engine.pointInTimeJoin(
                JoinRequest(
                    keys: Batch([(key.name, byName ? names : Column(type: .int64, storage: .int64(ids)))]),
                    times: Column(type: .timestamp, storage: .int64(times)), views: [view]))
            return (try #require(results.first), rowsRead.value)
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add(_ more: Int) { count.withLock { $0 += more } }
    }

    /// Checks that a case gives the same with and without leaving rows out; returns how many were read then.
    private func rowsRead(_ join: Case, _ context: String) async throws -> Int {
        let whole = try await join.run(DuckDBEngine(root: folder.path, settings: settings(prunes: false)))
        let pruned = try await join.run(DuckDBEngine(root: folder.path, settings: settings(prunes: true)))
        #expect(whole.rowsRead == 250_000 && whole.result.counts.sourceRows == 250_000, "\(context)")
        #expect(whole.result.counts.matched > 0 && whole.result.counts.outsideMaxAge > 0, "\(context)")
        #expect(pruned.result.counts == whole.result.counts, "\(context)")
        #expect(pruned.result.features == whole.result.features, "\(context)")
        #expect(pruned.result.statuses == whole.result.statuses, "\(context)")
        #expect(pruned.result.eventTimes == whole.result.eventTimes, "\(context)")
        return pruned.rowsRead
    }

    @Test(arguments: ["instant", "wall"])
    func `rows after the last spine time are not read`(_ time: String) async throws {
        try await writeRows(time, "instant")
        for (start, end) in [(Int64(0), Int64(1_000)), (200_000, 240_000)] {
            let read = try await rowsRead(Case(seconds: start..<end), "\(start)")
            #expect(read <= end && read >= end - 100, "\(start)")
        }
        let declared = try await rowsRead(Case(seconds: 0..<50_000, knownTime: .column("known")), "known")
        #expect(declared <= 50_000)
    }

    @Test func `rows without a time are counted wherever the spine ends`() async throws {
        for missing in ["NULL", "'infinity'::TIMESTAMPTZ", "'-infinity'::TIMESTAMPTZ"] {
            let some = "CASE WHEN r % 1000 = 7 THEN \(missing) ELSE instant END"
            try await writeRows(some, "instant")
            let events = try await rowsRead(Case(seconds: 0..<50_000), "event \(missing)")
            #expect(events < 51_000)
            try await writeRows("instant", some)
            let known = try await rowsRead(Case(seconds: 0..<50_000, knownTime: .column("known")), "known \(missing)")
            #expect(known < 51_000)
        }
    }

    @Test func `wall times of a zone are all read, as the irregular ones are counted`() async throws {
        try await writeRows("wall", "instant")
        let read = try await rowsRead(Case(seconds: 20_000..<60_000, zone: "America/New_York"), "zone")
        #expect(read == 250_000)
    }

    @Test func `rows of other entities are not read`() async throws {
        try await writeRows("CASE WHEN r % 1000 = 7 THEN NULL ELSE instant END", "instant")
        for byName in [false, true] {
            for entities in [1, 50] {
                let read = try await rowsRead(Case(entities: entities, byName: byName), "\(entities), \(byName)")
                #expect(abs(read - 250_000 * entities / 977) < 1_000)
            }
        }
    }

    @Test func `the number of threads changes nothing`() async throws {
        try await writeRows("CASE WHEN r % 1000 = 7 THEN NULL ELSE instant END", "instant")
        for prunes in [false, true] {
            var results: [JoinResult] = []
            for threads in [1, 2, 3] {
                let engine = try DuckDBEngine(
                    root: folder.path, settings: settings(prunes: prunes, threads: threads))
                results.append(try await Case(entities: 100, seconds: 0..<150_000).run(engine).result)
            }
            #expect(results[0].counts.matched > 0)
            for other in results.dropFirst() {
                #expect(other.features == results[0].features && other.counts == results[0].counts)
                #expect(other.statuses == results[0].statuses && other.eventTimes == results[0].eventTimes)
                #expect(other.knownTimes == results[0].knownTimes)
            }
        }
    }
}
