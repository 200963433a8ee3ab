// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// What an answer depends on, and the status of each value (SEMANTICS 1.5 and 11.3).
@Suite struct VectorReaderTests {
    private let fixture: OnlineFixture

    init() throws { fixture = try OnlineFixture() }

    private static let peer = ColumnSchema(name: "peer", type: .int64)

    private static func source(_ name: String) -> Source {
        Source(name: name, location: .files(path: "\(name)/*.parquet", format: .parquet), eventTime: "at")
    }

    private static func view(_ name: String, _ entities: [String], timeToLive: Int64? = nil) -> FeatureView {
        FeatureView(
            name: name, entities: entities, source: name + "_rows",
            timeToLive: timeToLive.map { TimeSpan(microseconds: $0) }, features: [Feature(name: "v", type: .int64)])
    }

    /// Four views: two that share the key `id`, one of the key `peer`, one of both; aliases, a chain of expressions.
    private static let wide = OnlineDefinitions.changed {
        $0.items = [.init(feature: "v", alias: "last_v"), .init(feature: "w"), .init(feature: "v", alias: "same_v")]
        $0.moreEntities = [Entity(name: "peer", joinKeys: [peer])]
        $0.moreSources = ["recent_rows", "peers_rows", "pairs_rows"].map(source)
        $0.moreViews = [
            view("recent", ["user"], timeToLive: 10), view("peers", ["peer"]), view("pairs", ["user", "peer"]),
        ]
        $0.moreSelections = ["recent", "peers", "pairs"].map { name in
            FeatureService.Selection(view: name, items: [.init(feature: "v", alias: name + "_v")])
        }
        $0.request = [ColumnSchema(name: "bonus", type: .int64)]
        $0.onDemand = [
            Feature(name: "twice", type: .int64, expression: "sum * 2"),
            Feature(name: "sum", type: .int64, expression: "last_v + recent_v + bonus"),
            Feature(name: "share", type: .float64, expression: "w / peers_v", isStrict: true),
            Feature(name: "asked", type: .timestamp, expression: "observed_at"),
        ]
    }

    private static func rows(_ rows: [(id: Int64, peer: Int64, at: Int64, v: Int64)]) -> Batch {
        Batch([
            ("id", .numbers(rows.map(\.id))), ("peer", .numbers(rows.map(\.peer))), ("at", .times(rows.map(\.at))),
            ("v", .numbers(rows.map(\.v))),
        ])
    }

    private func prepareWide() async throws -> VectorLayout {
        try await fixture.apply(Self.wide)
        let engine = fixture.engine
        try engine.put([EventRow(1, 50, 10), EventRow(2, 60, 20), EventRow(3, 70, nil)], at: "events/a.parquet")
        try engine.put(Self.rows([(1, 0, 90, 1), (2, 0, 99, 2), (2, 0, 89, 3)]), at: "recent_rows/a.parquet")
        try engine.put(Self.rows([(0, 7, 40, 4), (0, 8, 41, 0), (0, 1, 42, 5)]), at: "peers_rows/a.parquet")
        try engine.put(Self.rows([(1, 7, 30, 6), (7, 1, 31, 7), (2, 8, 32, 8)]), at: "pairs_rows/a.parquet")
        try await fixture.fill(at: 100)
        return try await fixture.catalogue().layout(ofService: "model")
    }

    private func wideRequest(_ rows: [(id: Int64?, peer: Int64?, bonus: Int64?)], at: Int64? = nil) -> VectorRequest {
        VectorRequest(
            keys: Batch([("id", .numbers(rows.map(\.id))), ("peer", .numbers(rows.map(\.peer)))]),
            inputs: Batch([("bonus", .numbers(rows.map(\.bonus)))]), at: at.map { Timestamp(microseconds: $0) })
    }

    /// An entity's vector: name, value, status, event time.
    private func vector(_ vectors: FeatureVectors, _ entity: Int) -> [String: String] {
        var found: [String: String] = [:]
        for (index, column) in vectors.columns.enumerated() {
            let time = vectors.eventTime(index, entity).map { " \($0.microseconds)" } ?? ""
            found[column.name] = "\(vectors.value(index, entity).text) \(vectors.status(index, entity).name)\(time)"
        }
        return found
    }

    @Test func `views of shared and of different keys answer side by side, under their aliases`() async throws {
        let layout = try await prepareWide()
        #expect(layout.keys.map(\.name) == ["id", "peer"])
        #expect(layout.inputs.map(\.name) == ["bonus"])
        let vectors = try await fixture.reader.read(layout, wideRequest([(1, 7, 100)], at: 101))
        #expect(
            vectors.columns.map(\.name) == [
                "last_v", "w", "same_v", "recent_v", "peers_v", "pairs_v", "twice", "sum", "share", "asked",
            ])
        let found = vector(vectors, 0)
        #expect(found["last_v"] == "10 present 50" && found["same_v"] == "10 present 50")
        #expect(found["recent_v"] == "null outsideMaxAge 90")
        #expect(found["peers_v"] == "4 present 40" && found["pairs_v"] == "6 present 30")
        #expect(found["share"] == "0.125 present 40")
        #expect(found["asked"] == "1970-01-01T00:00:00.000101Z present")
        #expect(vectors.positions.map(\.view) == ["activity", "recent", "peers", "pairs"])
    }

    @Test func `a computed value is as old as its oldest input, through other expressions`() async throws {
        let layout = try await prepareWide()
        let found = vector(try await fixture.reader.read(layout, wideRequest([(1, 7, 100)])), 0)
        #expect(found["sum"] == "111 present 50")
        #expect(found["twice"] == "222 present 50")
    }

    @Test func `a strict expression that meets a finding gives broken, and only there`() async throws {
        let layout = try await prepareWide()
        let vectors = try await fixture.reader.read(layout, wideRequest([(2, 8, 1), (2, 7, nil), (9, 7, 1)]))
        #expect(vector(vectors, 0)["share"] == "null broken 41")
        #expect(vector(vectors, 0)["sum"] == "23 present 60")
        #expect(vector(vectors, 1)["share"] == "0.125 present 40")
        #expect(vector(vectors, 1)["sum"] == "null null 60")
        #expect(vector(vectors, 2)["share"] == "null null 40")
        #expect(vector(vectors, 2)["last_v"] == "null notFound")
    }

    @Test func `a batch equals its singles, with repeated, unknown and null keys`() async throws {
        let layout = try await prepareWide()
        var random = SeededGenerator(seed: 5)
        let rows = (0..<60).map { _ in
            (
                id: random.pick([1, 2, 3, 7, 99, nil]) as Int64?, peer: random.pick([1, 7, 8, 99, nil]) as Int64?,
                bonus: random.pick([1, 2, nil]) as Int64?
            )
        }
        for at in [nil, 100, 101, 110, 20] as [Int64?] {
            let batch = try await fixture.reader.read(layout, wideRequest(rows, at: at))
            for (index, row) in rows.enumerated() {
                let single = try await fixture.reader.read(layout, wideRequest([row], at: at))
                #expect(vector(batch, index) == vector(single, 0), "\(row) at \(String(describing: at))")
                if row.id == nil { #expect(single.status(0, 0) == .notFound) }
            }
        }
        #expect(try await fixture.reader.read(layout, wideRequest([])).count == 0)
    }

    @Test func `an entity without keys is one entity, the same for every row`() async throws {
        try await fixture.apply(
            OnlineDefinitions.changed {
                $0.moreEntities = [Entity(name: "world", joinKeys: [])]
                $0.moreSources = [Self.source("world_rows")]
                $0.moreViews = [Self.view("world", ["world"])]
                $0.moreSelections = [
                    FeatureService.Selection(view: "world", items: [.init(feature: "v", alias: "all_v")])
                ]
            })
        try fixture.engine.put([EventRow(1, 50, 10)], at: "events/a.parquet")
        try fixture.engine.put(Self.rows([(0, 0, 40, 4), (0, 0, 41, 5)]), at: "world_rows/a.parquet")
        try await fixture.fill(at: 100)
        for time in [100, 99] as [Int64] {
            let vectors = try await fixture.read([1, nil], at: time)
            #expect(vector(vectors, 0)["all_v"] == "5 present 41" && vector(vectors, 1)["all_v"] == "5 present 41")
        }
    }

    @Test func `a value is valid up to its time to live, and not a microsecond longer`() async throws {
        try await fixture.apply(OnlineDefinitions.changed { $0.timeToLive = TimeSpan(microseconds: 30) })
        try fixture.engine.put([EventRow(1, 80, 5)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        #expect(try await fixture.read([1], at: 110).statuses == [.present, .present])
        let late = try await fixture.read([1], at: 111)
        #expect(late.statuses == [.outsideMaxAge, .outsideMaxAge] && late.flatValues == [.null, .null])
        #expect(late.eventTime(0, 0) == Timestamp(microseconds: 80))
    }

    @Test func `instants before the online rows are answered by the offline engine, and positions say so`() async throws
    {
        try await fixture.apply(OnlineDefinitions.changed { $0.timeToLive = TimeSpan(microseconds: 30) })
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(1, 20, 2), EventRow(1, 90, 9)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        let snapshot = try #require(try fixture.store.generations().first).snapshot.fingerprint
        for (time, status, value) in [
            (9, ValueStatus.notFound, Value.null), (10, .present, .int64(1)), (50, .present, .int64(2)),
            (51, .outsideMaxAge, .null), (99, .present, .int64(9)),
        ] {
            let vectors = try await fixture.read([1], at: Int64(time))
            #expect(vectors.status(0, 0) == status && vectors.value(0, 0) == value, "at \(time)")
            #expect(vectors.positions.map(\.place) == [.offline(snapshot: snapshot)])
        }
        let online = try await fixture.read([1], at: 100)
        #expect(online.positions.map(\.place) == [.online(generation: 1, until: Timestamp(microseconds: 100))])
    }

    @Test func `without an offline engine such instants are E-not-materialized, never notFound`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        let layout = try await fixture.catalogue().layout(ofService: "model")
        let reader = VectorReader(store: fixture.store, clock: fixture.clock)
        let error = await #expect(throws: TallyError.self) {
            _ = try await reader.read(layout, OnlineFixture.request([1], at: 99))
        }
        #expect(error?.code == .notMaterialized && error?.subject == "view activity")
        #expect(try await reader.read(layout, OnlineFixture.request([1], at: 100)).statuses == [.present, .present])
    }

    @Test func `only views that begin later go offline`() async throws {
        let layout = try await prepareWide()
        try await fixture.fill(["recent"], at: 120)
        let vectors = try await fixture.reader.read(layout, wideRequest([(1, 7, 1)], at: 100))
        let places = vectors.positions.map { if case .offline = $0.place { true } else { false } }
        #expect(places == [false, true, false, false])
        #expect(vector(vectors, 0)["recent_v"] == "1 present 90")
    }

    @Test func `a clock that is behind does not hide rows`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 95, 1)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        fixture.now = 20
        let vectors = try await fixture.read([1])
        #expect(vectors.time == Timestamp(microseconds: 100))
        #expect(vectors.statuses == [.present, .present])
    }

    @Test func `a view that is gone from the store is E-not-materialized, and never nulls`() async throws {
        let layout = try await prepareWide()
        _ = try await fixture.store.drop([layout.views[0].fingerprints.storage])
        let error = await #expect(throws: TallyError.self) {
            try await fixture.reader.read(layout, wideRequest([(1, 7, 1)]))
        }
        #expect(error?.code == .notMaterialized && error?.subject == "view \(layout.views[0].name)")
    }

    @Test func `a damaged row is E-corrupt and not served, and the others are`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1), EventRow(2, 10, 2)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        let storage = try #require(try fixture.store.generations().first).storage
        let key = OnlineKey(try #require(EntityKey([.int64(1)])))
        #expect(fixture.store.damage(storage, key) { $0[$0.count / 2] ^= 1 })
        let error = await #expect(throws: TallyError.self) { try await fixture.read([1]) }
        #expect(error?.code == .corrupt)
        #expect(error?.subject?.hasPrefix("online store, view activity") == true)
        #expect(try await fixture.read([2]).statuses == [.present, .present])
    }
}
