// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting

@testable import TallyStore

/// A repository with everything in memory but its files: definitions, a registry, an online store and a clock that is set.
final class OnlineFixture: Sendable {
    let folder: TemporaryFolder
    let engine: FolderEngine
    let registry = InMemoryRegistry()
    let store = InMemoryOnlineStore()
    private let time = Mutex(Timestamp(microseconds: 0))

    init(leavesOut: Bool = true) throws {
        folder = try TemporaryFolder("online")
        engine = FolderEngine(folder, leavesOut: leavesOut)
    }

    /// What the clock shows, in microseconds.
    var now: Int64 {
        get { time.withLock { $0.microseconds } }
        set { time.withLock { $0 = Timestamp(microseconds: newValue) } }
    }

    var clock: @Sendable () -> Timestamp {
        { self.time.withLock { $0 } }
    }

    var sources: SourcePreparer { SourcePreparer(root: folder.path, engine: engine, registry: registry) }

    /// Applies definitions, as `tally apply` does.
    @discardableResult
    func apply(_ definitions: OnlineDefinitions) async throws -> RegistryState {
        try await FlightDefinitions.applied(definitions.set, registry: registry)
    }

    func materializer(_ store: (any OnlineStore)? = nil) -> Materializer {
        Materializer(
            registry: registry, store: store ?? self.store, engine: engine, sources: sources, clock: clock, user: "ann")
    }

    /// Fills views at a time of the clock.
    @discardableResult
    func fill(
        _ views: [String] = [], at now: Int64, until: Int64? = nil, isFull: Bool = false
    ) async throws -> MaterializationOutcome {
        self.now = now
        return try await materializer().run(
            MaterializationRequest(
                views: views, until: until.map { Timestamp(microseconds: $0) }, isFull: isFull))
    }

    func catalogue() async throws -> ServingCatalogue {
        try await ServingCatalogue.load(registry: registry, store: store)
    }

    /// The numbers of the store's generations.
    var numbers: [Int] { get throws { try store.generations().map { $0.number } } }

    var reader: VectorReader {
        VectorReader(store: store, clock: clock, offline: OfflineFallback(engine: engine, sources: sources))
    }

    /// The vectors of some keys of a service whose only key is `id`.
    func read(
        _ ids: [Int64?], of service: String = "model", at: Int64? = nil, inputs: [(String, Column)] = []
    ) async throws -> FeatureVectors {
        let layout = try await catalogue().layout(ofService: service)
        return try await reader.read(layout, Self.request(ids, at: at, inputs: inputs))
    }

    static func request(
        _ ids: [Int64?], at: Int64? = nil, inputs: [(String, Column)] = []
    ) -> VectorRequest {
        VectorRequest(
            keys: Batch([("id", .numbers(ids))]),
            inputs: Batch(
                schema: inputs.map { ColumnSchema(name: $0.0, type: $0.1.type) }, columns: inputs.map(\.1),
                count: ids.count), at: at.map { Timestamp(microseconds: $0) })
    }
}

/// Rows of the source `events`: key, event time, value, and when the row says that it was known.
struct EventRow {
    var id: Int64?
    var at: Int64?
    var v: Int64?
    var w: Double? = 0.5
    var seen: Int64?

    init(_ id: Int64?, _ at: Int64?, _ v: Int64?, w: Double? = 0.5, seen: Int64? = nil) {
        (self.id, self.at, self.v, self.w, self.seen) = (id, at, v, w, seen)
    }

    static func batch(_ rows: [EventRow]) -> Batch {
        Batch([
            ("id", .numbers(rows.map(\.id))), ("at", .times(rows.map(\.at))), ("seen", .times(rows.map(\.seen))),
            ("v", .numbers(rows.map(\.v))),
            ("w", Column(type: .float64, values: rows.map { $0.w.map { .float64($0) } ?? .null })),
        ])
    }
}

extension Column {
    static func numbers(_ values: [Int64?]) -> Column {
        Column(type: .int64, values: values.map { $0.map { .int64($0) } ?? .null })
    }

    static func times(_ values: [Int64?]) -> Column {
        Column(type: .timestamp, values: values.map { $0.map { .timestamp(Timestamp(microseconds: $0)) } ?? .null })
    }
}

extension FolderEngine {
    /// Lays down a file of the source `events`.
    func put(_ rows: [EventRow], at path: String) throws { try put(EventRow.batch(rows), at: path) }
}

extension FeatureVectors {
    /// All values, column by column.
    var flatValues: [Value] { values.flatMap(\.values) }
}
