// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// What is served, held against what the offline side computes (SEMANTICS 7.3).
@Suite struct VectorComparisonTests {
    private let fixture: OnlineFixture
    private let definitions = OnlineDefinitions.changed {
        $0.timeToLive = TimeSpan(microseconds: 4_000)
        $0.onDemand = [Feature(name: "twice", type: .int64, expression: "v * 2")]
    }

    init() throws { fixture = try OnlineFixture() }

    /// Forty keys with rows before and after the instant of the fill, which is 10,000.
    private func prepare() async throws {
        try await fixture.apply(definitions)
        var random = SeededGenerator(seed: 3)
        let rows = (0..<400).map { row in
            EventRow(
                Int64(row % 40), Int64.random(in: 9_300...11_000, using: &random),
                random.pick([1, 2, 3, 4, 5]), w: random.pick([0.5, -0.0, 7, 1e300]))
        }
        let early = (0..<40).map { EventRow($0, 9_200, $0) }
        try fixture.engine.put(rows + early, at: "events/a.parquet")
        try await fixture.fill(at: 10_000, until: 10_800)
    }

    private func compare(
        sample: Int = 1_000, at: Int64? = nil, seed: UInt64 = 1
    ) async throws -> ComparisonReport {
        let comparison = VectorComparison(
            store: fixture.store, offline: OfflineFallback(engine: fixture.engine, sources: fixture.sources),
            clock: fixture.clock)
        return try await comparison.run(
            try await fixture.catalogue().layout(ofService: "model"),
            ComparisonRequest(sample: sample, at: at.map { Timestamp(microseconds: $0) }, seed: seed))
    }

    /// Stores other cells in place of those that are there.
    private func plant(_ change: (OnlineKey, OnlineRow) -> OnlineRow?) async throws {
        let generation = try #require(try fixture.store.generations().first)
        var entries: [OnlineEntry] = []
        try fixture.store.scan(generation.storage) { key, cell in
            var changed = OnlineCell()
            for row in cell.rows {
                if let row = change(key, row) {
                    ViewLaw.latestRow().take(row, into: &changed, horizon: .distantPast)
                }
            }
            if !changed.rows.isEmpty { entries.append(OnlineEntry(key: key, cell: changed)) }
        }
        let given = EntryQueue(entries)
        _ = try await fixture.store.fill(
            OnlineFill(mode: .replace, law: .latestRow(), generation: generation, after: generation.number)
        ) { given.next() }
    }

    private func key(_ id: Int64) throws -> OnlineKey { OnlineKey(try #require(EntityKey([.int64(id)]))) }

    @Test(arguments: [1, 2, 3])
    func `equal halves differ nowhere, and nearly all values are there`(seed: UInt64) async throws {
        try await prepare()
        let report = try await compare(seed: seed)
        #expect(report.differing == 0 && report.difference == nil && report.unproven.isEmpty)
        #expect(report.pairs == 1_000 && report.compared == 3_000)
        #expect(report.columns.map(\.name) == ["v", "w", "twice"])
        #expect(report.present * 10 >= report.compared * 9)
        #expect(report.present < report.compared, "some keys are in no source")
        #expect(try await compare(seed: seed) == report, "equal seeds draw equal pairs")
    }

    @Test func `a sample smaller than its instants, or empty, is drawn too`() async throws {
        try await prepare()
        #expect(try await compare(sample: 5).compared == 15)
        #expect(try await compare(sample: 0).compared == 0)
    }

    @Test func `a planted wrong value is found, with its key, instant and both halves`() async throws {
        try await prepare()
        let victim = try key(7)
        let wrong = CanonicalEncoding.row([.int64(99), .float64(0.5)])
        try await plant { key, row in
            key != victim
                ? row
                : OnlineRow(eventTime: row.eventTime, knownTime: row.knownTime, values: wrong)
        }
        let report = try await compare()
        #expect(report.columns[0].differing > 0 && report.columns[2].differing > 0)
        #expect(report.differing < report.compared / 10)
        #expect(report.difference?.keys == ["id=7"])
        #expect(report.difference?.served.hasPrefix("99 (present") == true)
        #expect(report.unproven.isEmpty)
    }

    @Test func `a single wrong bit is found`() async throws {
        try await prepare()
        let victim = try key(7)
        try await plant { key, row in
            var values = row.values
            if key == victim { values[values.count - 1] ^= 1 }
            return OnlineRow(eventTime: row.eventTime, knownTime: row.knownTime, values: values)
        }
        let report = try await compare()
        #expect(report.columns[0].differing == 0 && report.columns[1].differing > 0)
    }

    @Test func `a missing key is found`() async throws {
        try await prepare()
        let victim = try key(7)
        try await plant { key, row in key == victim ? nil : row }
        let report = try await compare()
        #expect(report.differing > 0)
        #expect(report.difference?.keys == ["id=7"])
        #expect(report.difference?.served == "null (notFound)")
    }

    @Test func `a wrong status is found`() async throws {
        try await prepare()
        let victim = try key(7)
        try await plant { key, row in
            key != victim
                ? row
                : OnlineRow(
                    eventTime: row.eventTime, knownTime: row.knownTime,
                    values: CanonicalEncoding.row([.null, .null]))
        }
        let report = try await compare()
        #expect(report.differing > 0)
        #expect(report.difference?.served.hasPrefix("null (null") == true)
    }

    @Test func `a wrong event time is found, although value and status are right`() async throws {
        try await prepare()
        let victim = try key(7)
        try await plant { key, row in
            guard key == victim, let happened = row.eventTime else { return row }
            return OnlineRow(
                eventTime: Timestamp(microseconds: happened.microseconds - 1), knownTime: row.knownTime,
                values: row.values)
        }
        let report = try await compare()
        #expect(report.differing > 0 && report.columns.allSatisfy { $0.differing > 0 })
    }

    @Test func `a view that is not filled is unproven, and no difference`() async throws {
        try await prepare()
        _ = try await fixture.store.drop(try fixture.store.generations().map { $0.storage })
        let report = try await compare(at: 10_000)
        #expect(report.unproven.count == 1)
        #expect(report.unproven == ["view activity was never filled: run `\(.materialize(["activity"]))`"])
        #expect(report.present == 0 && report.differing == 0)
    }

    @Test func `other files than those of the fill are unproven`() async throws {
        try await prepare()
        try fixture.engine.put([EventRow(1, 9_999, 3)], at: "events/b.parquet")
        let report = try await compare()
        #expect(
            report.unproven.count == 1 && report.unproven.first?.description.contains("files of source events") == true)
    }

    @Test func `instants before the online rows are unproven`() async throws {
        try await prepare()
        let report = try await compare(at: 9_000)
        #expect(report.unproven.count == 1 && report.unproven.first?.description.contains("later --at") == true)
    }

    @Test func `a fill in the middle is unproven, and no difference`() async throws {
        try await prepare()
        let layout = try await fixture.catalogue().layout(ofService: "model")
        let generation = try #require(try fixture.store.generations().first)
        try fixture.engine.put([EventRow(1, 9_999, 3)], at: "events/b.parquet")
        try await fixture.fill(at: 10_010)
        // The comparison still lists the generation from before the fill.
        let comparison = VectorComparison(
            store: LaggingStore(base: fixture.store, listed: [generation]),
            offline: OfflineFallback(engine: fixture.engine, sources: fixture.sources), clock: fixture.clock)
        let report = try await comparison.run(layout, ComparisonRequest(sample: 200))
        #expect(report.unproven.last == "the store was filled meanwhile: compare again")
        #expect(report.differing == 0)
    }

    /// A store that was filled after its generations were listed.
    private struct LaggingStore: WrappingOnlineStore {
        let base: any OnlineStore
        let listed: [OnlineGeneration]

        func generations() throws(TallyError) -> [OnlineGeneration] { listed }
    }

    @Test func `features that no service puts together cannot be compared`() async throws {
        try await prepare()
        let comparison = VectorComparison(
            store: fixture.store, offline: OfflineFallback(engine: fixture.engine, sources: fixture.sources),
            clock: fixture.clock)
        let layout = try await fixture.catalogue().layout(ofFeatures: [("activity", "v", "v")])
        let error = await #expect(throws: TallyError.self) {
            _ = try await comparison.run(layout, ComparisonRequest(sample: 1))
        }
        #expect(error?.code == .misuse)
    }
}
