// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Logging
import ServiceLifecycle
import TallyLMDB
import TallyModel
import TallyServer
import TallyStore
import TallyTesting

/// The server of the benchmark: five views of ten float features, 20,000 entities.
enum Bench {
    static let entities = 20_000
    static let views = 5
    static let features = 10
    private static let filledAt = Timestamp(microseconds: 1_700_000_000_000_000)

    private static var definitions: DefinitionSet {
        let columns = (0..<features).map { "f\($0)" }
        let names = (0..<views).map { "view\($0)" }
        return DefinitionSet(
            project: Project(name: "benchmark"),
            entities: [Entity(name: "user", joinKeys: [ColumnSchema(name: "user_id", type: .int64)])],
            sources: names.map { name in
                Source(name: name, location: .files(path: name + ".parquet", format: .parquet), eventTime: "at")
            },
            views: names.map { name in
                FeatureView(
                    name: name, entities: ["user"], source: name, timeToLive: TimeSpan("36500d"),
                    features: columns.map { Feature(name: $0 + name.suffix(1), type: .float64) })
            },
            services: [FeatureService(name: "all", selections: names.map { FeatureService.Selection(view: $0) })],
            sourceColumns: Dictionary(
                uniqueKeysWithValues: names.map { name in
                    let features = columns.map { ColumnSchema(name: $0 + name.suffix(1), type: .float64) }
                    return (
                        name,
                        [ColumnSchema(name: "user_id", type: .int64), ColumnSchema(name: "at", type: .timestamp)]
                            + features
                    )
                }))
    }

    /// Fills a store and serves it until the process is killed.
    static func serve(port: Int, threads: Int) async throws {
        let registry = InMemoryRegistry()
        let folder = try TemporaryFolder("server-benchmark")
        let store = try LMDBStore(path: folder.path)
        let plan = try Planner.plan(current: try await registry.state(), wanted: definitions)
        let state = try await registry.commit(RegistryCommit(plan, at: filledAt, by: "bench"))
        for view in 0..<views {
            guard let node = state[.view("view\(view)")]?.node else { continue }
            try await fill(store, node.fingerprints.storage, view)
        }
        _ = try await Promotion(registry: registry, store: store).run(at: filledAt, by: "bench")
        let engine = InMemoryEngine()
        let sources = SourcePreparer(root: folder.path, engine: engine, registry: registry)
        let clock: @Sendable () -> Timestamp = { SystemClock.now }
        let parts = ServerParts(
            serving: try await Serving(registry: registry, store: store),
            reader: VectorReader(store: store, clock: clock),
            materializer: Materializer(
                registry: registry, store: store, engine: engine, sources: sources, clock: clock, user: "bench"),
            store: store, registry: registry, clock: clock)
        var settings = ServerSettings()
        settings.port = port
        settings.threads = threads
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let server = TallyServer(parts, settings: settings, logger: logger) { host, port in
            print("listening on \(host):\(port)")
        }
        try await ServiceGroup(services: [server], logger: logger).run()
    }

    private static func fill(_ store: LMDBStore, _ storage: Fingerprint, _ view: Int) async throws {
        let entries = Entries(view: view, at: filledAt)
        _ = try await store.fill(
            OnlineFill(
                mode: .replace,
                generation: OnlineGeneration(
                    storage: storage, number: 1, view: "view\(view)",
                    snapshot: SourceSnapshot(source: "view\(view)", takenAt: filledAt, files: []), until: filledAt,
                    horizon: filledAt, filledAt: filledAt, keys: 0), after: nil)
        ) { () throws(TallyError) in entries.next() }
    }
}
