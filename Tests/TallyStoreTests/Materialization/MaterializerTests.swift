// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

@Suite struct MaterializerTests {
    private let fixture: OnlineFixture

    init() throws { fixture = try OnlineFixture() }

    private func values(_ ids: [Int64?], at: Int64? = nil) async throws -> [Value] {
        let vectors = try await fixture.read(ids, at: at)
        return ids.indices.map { vectors.value(0, $0) }
    }

    private func report(_ outcome: MaterializationOutcome) throws -> MaterializationReport {
        try #require(outcome.reports.first)
    }

    @Test func `a run up to the future blocks nothing`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(1, 150, 2), EventRow(1, 250, 9)], at: "events/a.parquet")
        let first = try report(try await fixture.fill(at: 100, until: 200))
        #expect(first.counts.pending == 1)
        #expect(first.counts.later == 1)
        #expect(try await values([1]) == [.int64(1)])
        #expect(try await values([1], at: 149) == [.int64(1)])
        #expect(try await values([1], at: 150) == [.int64(2)])
        // A file that comes before that future is taken in by the next run, and the row ahead still waits.
        try fixture.engine.put([EventRow(1, 105, 7), EventRow(2, 90, 8)], at: "events/b.parquet")
        let second = try report(try await fixture.fill(at: 120))
        #expect(second.kind == .incremental)
        #expect(second.generation.until == Timestamp(microseconds: 200))
        #expect(try await values([1, 2]) == [.int64(7), .int64(8)])
        #expect(try await values([1], at: 150) == [.int64(2)])
        #expect(try await values([1], at: 250) == [.int64(2)])
        try await fixture.fill(at: 260)
        #expect(try await values([1]) == [.int64(9)])
    }

    @Test
    func `what a clock filled that was ahead is an error and no value, and is filled anew once the clock is right`()
        async throws
    {
        let minute: Int64 = 60_000_000
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        try await fixture.fill(at: 10 * minute)
        fixture.now = 9 * minute
        #expect(try await values([1]) == [.int64(1)])
        fixture.now = 9 * minute - 1
        await #expect {
            _ = try await values([1])
        } throws: {
            ($0 as? TallyError)?.code == .clock && "\($0)".contains("--accept-clock")
        }
        #expect(try await values([1], at: 10 * minute) == [.int64(1)])
        try fixture.engine.put([EventRow(2, 20, 2)], at: "events/b.parquet")
        let again = try report(try await fixture.fill(at: 5 * minute))
        #expect(again.kind == .full && again.generation.horizon == Timestamp(microseconds: 5 * minute))
        #expect(
            again.warnings.contains { $0.description.contains("was filled by a clock that said") }, "\(again.warnings)")
        #expect(try await values([1, 2]) == [.int64(1), .int64(2)])
    }

    @Test func `an instant that lies ahead is taken only where that is said`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        fixture.now = 100
        let request = MaterializationRequest(until: Timestamp(microseconds: 60_000_101))
        await #expect {
            _ = try await fixture.materializer().run(request)
        } throws: {
            ($0 as? TallyError)?.code == .misuse
        }
        _ = try await fixture.materializer().run(MaterializationRequest(until: Timestamp(microseconds: 60_000_100)))
        _ = try await fixture.materializer().run(
            MaterializationRequest(until: Timestamp(microseconds: 60_000_101), allowsFuture: true))
    }

    @Test func `an older row never overwrites a newer one, whatever the order of runs`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 50, 5)], at: "events/b.parquet")
        try await fixture.fill(at: 100)
        try fixture.engine.put([EventRow(1, 20, 2), EventRow(2, 20, 3)], at: "events/a.parquet")
        let outcome = try report(try await fixture.fill(at: 110))
        #expect(outcome.counts.written == 1)
        #expect(outcome.counts.unchanged == 1)
        #expect(try await values([1, 2]) == [.int64(5), .int64(3)])
    }

    @Test func `a full run removes keys that are gone, and counts them`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(2, 10, 2), EventRow(3, 10, 3)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        try fixture.engine.put([EventRow(2, 10, 2), EventRow(4, 10, 4)], at: "events/a.parquet")
        let incremental = try report(try await fixture.fill(at: 110))
        #expect(incremental.warnings.contains { $0.description.contains("--full") })
        #expect(incremental.counts.removed == 0)
        #expect(try await values([1, 2, 3, 4]) == [.int64(1), .int64(2), .int64(3), .int64(4)])
        let full = try report(try await fixture.fill(at: 120, isFull: true))
        #expect(full.kind == .full)
        #expect(full.counts.removed == 2)
        #expect(full.counts.unchanged == 2)
        #expect(full.generation.keys == 2)
        #expect(try await fixture.read([1, 2, 3, 4]).statuses.prefix(4) == [.notFound, .present, .notFound, .present])
    }

    @Test func `a row whose features are all null is a value`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(1, 20, nil, w: nil)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        let vectors = try await fixture.read([1])
        #expect(vectors.statuses == [.null, .null])
        #expect(vectors.eventTime(0, 0) == Timestamp(microseconds: 20))
    }

    @Test func `rows that nobody can see or ask for are counted and told`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(nil, 10, 1), EventRow(1, nil, 2), EventRow(1, 5, 3)], at: "events/a.parquet")
        let report = try report(try await fixture.fill(at: 100))
        #expect(report.counts.withoutKey == 1)
        #expect(report.counts.withoutTime == 1)
        #expect(report.counts.written == 1)
        #expect(report.warnings.count == 2)
    }

    @Test(arguments: [0, 1 << 20])
    func `repeated keys of a source without times are decided by bytes and told, spilled or not`(
        memory: Int
    ) async throws {
        try await fixture.apply(OnlineDefinitions.changed { $0.eventTime = nil })
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(2, 10, 1)], at: "events/a.parquet")
        try fixture.engine.put([EventRow(1, 10, 3)], at: "events/b.parquet")
        try fixture.engine.put([EventRow(1, 10, 2)], at: "events/c.parquet")
        fixture.now = 100
        let report = try report(
            try await fixture.materializer().run(MaterializationRequest(memory: memory)))
        #expect(report.counts.older == 2)
        #expect(report.warnings.contains { $0.description.contains("2 rows repeat a key") })
        #expect(try await values([1, 2], at: -5) == [.int64(3), .int64(1)])
    }

    @Test func `a source without times holds what its files hold, as soon as they changed`() async throws {
        try await fixture.apply(OnlineDefinitions.changed { $0.eventTime = nil })
        try fixture.engine.put([EventRow(1, nil, 1), EventRow(2, nil, 2)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        #expect(try report(try await fixture.fill(at: 110)).kind == .upToDate)
        try fixture.engine.put([EventRow(1, nil, 9)], at: "events/a.parquet")
        let changed = try report(try await fixture.fill(at: 120))
        #expect(changed.kind == .full)
        #expect(changed.counts.removed == 1)
        #expect(try await fixture.read([1, 2]).statuses.prefix(2) == [.present, .notFound])
        #expect(try await values([1]) == [.int64(9)])
    }

    @Test func `a query that does not say when rows were known is read whole, and loses what it lost`() async throws {
        try await fixture.apply(OnlineDefinitions.changed { $0.location = .query("q") })
        fixture.engine.answer("q", with: EventRow.batch([EventRow(1, 10, 1), EventRow(2, 10, 2)]))
        try await fixture.fill(at: 100)
        fixture.engine.answer("q", with: EventRow.batch([EventRow(1, 10, 1), EventRow(3, 5, 3)]))
        let report = try report(try await fixture.fill(at: 110))
        #expect(report.kind == .full)
        #expect(report.counts.removed == 1)
        #expect(try await fixture.read([1, 2, 3]).statuses.prefix(3) == [.present, .notFound, .present])
    }

    @Test func `a query that says when rows were known is read for what is new`() async throws {
        try await fixture.apply(
            OnlineDefinitions.changed {
                $0.location = .query("q")
                $0.knownTime = .column("seen")
            })
        let old = EventRow(1, 10, 1, seen: 20)
        fixture.engine.answer("q", with: EventRow.batch([old]))
        try await fixture.fill(at: 100)
        fixture.engine.answer(
            "q", with: EventRow.batch([old, EventRow(2, 30, 2, seen: 105), EventRow(1, 5, 7, seen: 106)]))
        let report = try report(try await fixture.fill(at: 110))
        #expect(report.kind == .incremental)
        #expect(report.counts.read == 2)
        #expect(report.counts.unchanged == 1)
        #expect(try await values([1, 2]) == [.int64(1), .int64(2)])
    }

    @Test func `a column that is key and feature is read in the type of each`() async throws {
        try await fixture.apply(
            OnlineDefinitions.changed {
                $0.keyColumn = ColumnSchema(name: "id", type: .int32)
                $0.features = [
                    Feature(name: "copy", type: .int32, expression: "id"), Feature(name: "at", type: .timestamp),
                ]
            })
        let rows = Batch([
            ("id", Column(type: .int32, values: [.int32(7), .int32(-8)])), ("at", .times([10, 20])),
        ])
        try fixture.engine.put(rows, at: "events/a.parquet")
        try await fixture.fill(at: 100)
        let vectors = try await fixture.read([7, -8])
        let times = [10, 20].map { Value.timestamp(Timestamp(microseconds: $0)) }
        #expect(vectors.flatValues == [.int32(7), .int32(-8)] + times)
    }

    @Test func `an unknown view and an empty registry are E-not-found`() async throws {
        let empty = await #expect(throws: TallyError.self) { try await fixture.fill(at: 1) }
        #expect(empty?.code == .notFound && empty?.help == "run `\(.apply)` first")
        try await fixture.apply(OnlineDefinitions())
        let unknown = await #expect(throws: TallyError.self) { try await fixture.fill(["activty"], at: 1) }
        #expect(unknown?.code == .notFound && unknown?.help == "did you mean 'activity'?")
        #expect(try fixture.store.generations().isEmpty)
    }

    @Test func `a known time before its event time is counted and told, and the event time taken`() async throws {
        try await fixture.apply(OnlineDefinitions(knownTime: .column("seen")))
        try fixture.engine.put(
            [EventRow(1, 10, 1, seen: 9), EventRow(2, 10, 2, seen: 10), EventRow(3, 10, 3, seen: 11)],
            at: "events/a.parquet")
        let report = try report(try await fixture.fill(at: 100))
        #expect(report.counts.knownBeforeEvent == 1)
        #expect(report.warnings.count == 1)
        #expect(report.json["counts"]?["knownBeforeEvent"] == .int(1))
        #expect(try await fixture.read([1]).statuses == [.present, .present])
    }

    @Test func `views of one source are filled from one look at it`() async throws {
        var definitions = OnlineDefinitions()
        definitions.moreViews = [
            FeatureView(
                name: "other", entities: ["user"], source: "events", features: [Feature(name: "v", type: .int64)])
        ]
        try await fixture.apply(definitions)
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        let reports = try await fixture.fill(at: 100).reports
        #expect(reports.count == 2)
        #expect(Set(reports.map(\.generation.snapshot)).count == 1)
    }

    @Test func `each fill is in the registry's records, and doing nothing is not`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(nil, 10, 1)], at: "events/a.parquet")
        let first = try report(try await fixture.fill(at: 100))
        try await fixture.fill(at: 100)
        let second = try report(try await fixture.fill(at: 130))
        let runs = try await fixture.registry.runs(limit: 10)
        #expect(runs.map(\.summary) == [second.json, first.json])
        #expect(
            runs.map(\.subject) == ["activity", "activity"] && runs.map(\.command) == ["materialize", "materialize"])
        #expect(runs[1].summary["counts"]?["withoutKey"] == .int(1))
        #expect(runs[1].identity == Fingerprint(of: first.generation.json))
    }
}
