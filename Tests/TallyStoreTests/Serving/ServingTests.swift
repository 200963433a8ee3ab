// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// Releases: what answers while definitions change and views are filled.
///
/// Holds SEMANTICS 9.4.
@Suite struct ServingTests {
    private let fixture: OnlineFixture
    private let first = OnlineDefinitions()
    /// The service with a second view, and the first one changed.
    private let second = OnlineDefinitions.changed {
        $0.features = [Feature(name: "v", type: .int64, expression: "v * 2")]
        $0.moreSources = [
            Source(name: "others", location: .files(path: "others/*.parquet", format: .parquet), eventTime: "at")
        ]
        $0.moreViews = [
            FeatureView(
                name: "other", entities: ["user"], source: "others", features: [Feature(name: "w", type: .float64)])
        ]
        $0.moreSelections = [FeatureService.Selection(view: "other")]
    }

    init() throws {
        fixture = try OnlineFixture()
        try fixture.engine.put([EventRow(1, 10, 21)], at: "events/a.parquet")
        try fixture.engine.put([EventRow(1, 10, 0, w: 1.5)], at: "others/a.parquet")
    }

    private func storages() throws -> Set<Fingerprint> { Set(try fixture.store.generations().map(\.storage)) }

    @Test func `before anything is filled the error names the command that fills it`() async throws {
        try await fixture.apply(second)
        func refusal() async -> TallyError? { await #expect(throws: TallyError.self) { try await fixture.read([1]) } }
        let error = await refusal()
        #expect(error?.code == .notMaterialized)
        #expect(error?.help == "run `\(.materialize(["activity", "other"]))`")
        try await fixture.fill(["other"], at: 100)
        #expect(await refusal()?.help == "run `\(.materialize(["activity"]))`")
        let unknown = await #expect(throws: TallyError.self) { try await fixture.read([1], of: "modle") }
        #expect(unknown?.code == .notFound && unknown?.help == "did you mean 'model'?")
    }

    @Test func `a candidate serves in one step when its last view is filled, and the one before until then`()
        async throws
    {
        try await fixture.apply(first)
        let begun = try await fixture.fill(at: 100)
        #expect(begun.promoted.map(\.number) == [1])
        #expect(try await fixture.read([1]).flatValues == [.int64(21), .float64(0.5)])

        try await fixture.apply(second)
        #expect(try await fixture.fill(["activity"], at: 110).promoted.isEmpty)
        let between = try await fixture.read([1])
        #expect(between.release?.number == 1)
        #expect(between.columns.map(\.name) == ["v", "w"])
        #expect(between.flatValues == [.int64(21), .float64(0.5)])

        let ended = try await fixture.fill(["other"], at: 120)
        #expect(ended.promoted.map(\.number) == [2])
        let after = try await fixture.read([1])
        #expect(after.release?.number == 2)
        #expect(after.flatValues == [.int64(42), .float64(1.5)])
        let state = try await fixture.registry.state()
        #expect(state.releases.map(\.state) == [.retired, .serving])
    }

    @Test func `a catalogue goes on answering as it was loaded`() async throws {
        try await fixture.apply(first)
        try await fixture.fill(at: 100)
        let old = try await fixture.catalogue()
        try await fixture.apply(second)
        try await fixture.fill(at: 110)
        let vectors = try await fixture.reader.read(old.layout(ofService: "model"), OnlineFixture.request([1]))
        #expect(vectors.release?.number == 1)
        #expect(vectors.flatValues == [.int64(21), .float64(0.5)])
    }

    @Test func `a time to live needs no fill and serves once it is promoted`() async throws {
        try await fixture.apply(first)
        try await fixture.fill(at: 100)
        try await fixture.apply(OnlineDefinitions.changed { $0.timeToLive = TimeSpan(microseconds: 5) })
        #expect(try await fixture.read([1]).statuses == [.present, .present])
        let promoted = try await Promotion(registry: fixture.registry, store: fixture.store)
            .run(at: Timestamp(microseconds: 110), by: "ann")
        #expect(promoted.map(\.number) == [2])
        #expect(try await fixture.read([1]).statuses == [.outsideMaxAge, .outsideMaxAge])
        #expect(try fixture.numbers == [1])
        let again = try await Promotion(registry: fixture.registry, store: fixture.store)
            .run(at: Timestamp(microseconds: 120), by: "ann")
        #expect(again.isEmpty)
    }

    @Test func `a changed view is filled beside the old one, which is kept while anything names it`() async throws {
        try await fixture.apply(first)
        try await fixture.fill(at: 100)
        let old = try storages()
        let oldLock = try FingerprintGraph.build(from: first.set).lockfile
        func unused(_ lock: Lockfile?) async throws -> [Fingerprint] {
            UnusedGenerations.find(
                in: try fixture.store.generations(), state: try await fixture.registry.state(), lock: lock
            ).map(\.storage)
        }
        #expect(try await unused(nil).isEmpty)
        try await fixture.apply(second)
        #expect(try await unused(nil).isEmpty, "the serving release names it")
        try await fixture.fill(at: 110)
        #expect(try storages().count == 3 && storages().isSuperset(of: old))
        #expect(try await Set(unused(nil)) == old)
        #expect(try await unused(oldLock).isEmpty, "the lockfile names it")
        let removed = try await fixture.store.drop(try await unused(nil))
        #expect(Set(removed.map(\.storage)) == old)
        #expect(try await fixture.read([1]).flatValues == [.int64(42), .float64(1.5)])
    }

    @Test func `a candidate that waits keeps what it is made of, and so does an applied view without a service`()
        async throws
    {
        try await fixture.apply(OnlineDefinitions.changed { $0.hasService = false })
        try await fixture.fill(at: 100)
        func unused() async throws -> Int {
            UnusedGenerations.find(
                in: try fixture.store.generations(), state: try await fixture.registry.state(), lock: nil
            ).count
        }
        #expect(try await unused() == 0, "it is applied")
        try await fixture.apply(second)
        #expect(try await unused() == 1)
        try await fixture.fill(["activity"], at: 110)
        #expect(try await unused() == 1, "a candidate waits for the new one")
    }

    @Test func `features asked for one by one come from the newest filled version of their view`() async throws {
        let alone = OnlineDefinitions.changed { $0.hasService = false }
        try await fixture.apply(alone)
        try await fixture.fill(at: 100)
        func value() async throws -> Value {
            let layout = try await fixture.catalogue().layout(ofFeatures: [("activity", "v", "activity:v")])
            let vectors = try await fixture.reader.read(layout, OnlineFixture.request([1]))
            #expect(vectors.release == nil && vectors.columns.map(\.name) == ["activity:v"])
            return vectors.value(0, 0)
        }
        #expect(try await value() == .int64(21))
        for factor in 2...3 {
            try await fixture.apply(
                OnlineDefinitions.changed {
                    $0.hasService = false
                    $0.features = [Feature(name: "v", type: .int64, expression: "v * \(factor)")]
                })
            // What is not filled yet does not answer; the version before does.
            #expect(try await value() == .int64(21))
        }
        try await fixture.fill(at: 110)
        #expect(try await value() == .int64(63))
    }

    @Test func `unknown views and features are told with the nearest name, unfilled ones with the command`()
        async throws
    {
        try await fixture.apply(second)
        try await fixture.fill(["activity"], at: 100)
        let catalogue = try await fixture.catalogue()
        func refusal(_ view: String, _ feature: String) -> TallyError? {
            #expect(throws: TallyError.self) { try catalogue.layout(ofFeatures: [(view, feature, feature)]) }
        }
        #expect(refusal("activty", "v")?.help == "did you mean 'activity'?")
        #expect(refusal("activity", "vv")?.help == "did you mean 'v'?")
        #expect(refusal("other", "w")?.code == .notMaterialized)
        #expect(refusal("other", "w")?.help == "run `\(.materialize(["other"]))`")
    }

    @Test func `views whose keys have one name and two types are not asked in one request`() async throws {
        let text = OnlineDefinitions.changed {
            $0.hasService = false
            $0.moreEntities = [Entity(name: "tag", joinKeys: [ColumnSchema(name: "id", type: .string)])]
            $0.moreViews = [
                FeatureView(
                    name: "tags", entities: ["tag"], source: "tag_rows", features: [Feature(name: "w", type: .float64)])
            ]
            $0.moreSources = [
                Source(name: "tag_rows", location: .files(path: "tags/*.parquet", format: .parquet), eventTime: "at")
            ]
        }
        let rows = Batch([
            ("id", Column(type: .string, values: [.string("x")])), ("at", .times([10])),
            ("w", Column(type: .float64, values: [.float64(1)])),
        ])
        try fixture.engine.put(rows, at: "tags/a.parquet")
        try await fixture.apply(text)
        try await fixture.fill(at: 100)
        let catalogue = try await fixture.catalogue()
        _ = try catalogue.layout(ofFeatures: [("tags", "w", "w")])
        let error = #expect(throws: TallyError.self) {
            try catalogue.layout(ofFeatures: [("activity", "v", "v"), ("tags", "w", "w")])
        }
        #expect(error?.code == .misuse && error?.subject == "view tags")
    }

    @Test func `a running process notices new generations and releases, and only those`() async throws {
        try await fixture.apply(first)
        let registry = CountingRegistry(fixture.registry)
        let serving = try await Serving(registry: registry, store: fixture.store)
        #expect(try await serving.refresh() == false)
        try await fixture.fill(at: 100)
        #expect(try await serving.refresh())
        #expect(try serving.catalogue.layout(ofService: "model").release?.number == 1)

        let asked = registry.questions
        #expect(try await serving.refresh() == false)
        #expect(registry.questions == asked + 1, "one question when nothing changed")

        try fixture.engine.put([EventRow(1, 105, 5)], at: "events/b.parquet")
        try await fixture.fill(at: 110)
        #expect(try await serving.refresh())
        #expect(serving.catalogue.generations.values.map(\.number) == [2])
        try await fixture.apply(second)
        #expect(try await serving.refresh())
        #expect(try serving.catalogue.layout(ofService: "model").release?.number == 1)
        _ = try await fixture.store.drop(Array(storages()))
        #expect(try await serving.refresh())
        #expect(serving.catalogue.generations.isEmpty)
    }

    /// Counts what is asked of a registry.
    private final class CountingRegistry: Registry {
        let inner: InMemoryRegistry
        private let count = Mutex(0)
        var questions: Int { count.withLock { $0 } }

        init(_ inner: InMemoryRegistry) { self.inner = inner }

        private func ask() { count.withLock { $0 += 1 } }

        func state() async throws(TallyError) -> RegistryState {
            ask()
            return try await inner.state()
        }
        func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
            ask()
            return try await inner.commit(commit)
        }
        func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
            ask()
            return try await inner.history(of: id)
        }
        func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
            ask()
            return try await inner.latestSnapshot(of: source)
        }
        func record(_ record: RegistryRecord) async throws(TallyError) { try await inner.record(record) }
        func runs(limit: Int) async throws(TallyError) -> [RunRecord] { try await inner.runs(limit: limit) }
    }
}
