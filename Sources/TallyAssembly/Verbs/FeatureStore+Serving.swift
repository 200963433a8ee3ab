// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDefinitions
public import TallyModel
public import TallyStore

extension FeatureStore {
    /// The result of a fill.
    public struct Fill: Sendable {
        /// The report of each view, and the releases that serve now.
        public let outcome: MaterializationOutcome
        /// The name that a damaged store was kept under, where a new one took its place; nil where none was damaged.
        public let keptDamaged: String?
    }

    /// Fills the online store with what is new since the last fill.
    ///
    /// A whole fill of all views replaces a damaged store; a fill becomes visible in one step or not at all.
    ///
    /// - Parameters:
    ///   - request: which views, up to when; its memory is the store's limit.
    ///   - acceptsClock: whether the clock counts as right though it jumped since the last write.
    public func materialize(
        _ request: MaterializationRequest, acceptsClock: Bool = false
    ) async throws(TallyError) -> Fill {
        let workspace = try workspace()
        let registry = try workspace.registry()
        workspace.sweepLeftovers()
        // A new store in the place of a damaged one must hold all views: nothing is read from the damaged one.
        let filling = try workspace.storeForFilling(replacesDamaged: request.isFull && request.views.isEmpty)
        let materializer = Materializer(
            registry: registry, store: filling.store, engine: workspace.engine,
            sources: sources(workspace, registry, acceptsClock: acceptsClock), clock: host.now, user: host.user)
        let outcome: MaterializationOutcome
        do throws(TallyError) {
            outcome = try await materializer.run(request)
        } catch {
            throw await placed(error)
        }
        return Fill(outcome: outcome, keptDamaged: try filling.finish(at: host.now()))
    }

    /// Adds to a broken promise its place in the repository, where the contract still has it: the registry keeps no
    /// places.
    private func placed(_ error: TallyError) async -> TallyError {
        guard let broken = error.promise, broken.location == nil,
            let set = try? await checked().checked.result.set,
            let contract = set.contracts.sorted(by: { $0.key < $1.key }).map(\.value).first(where: {
                $0.id.isSame(as: broken.contract) && $0.version.isSame(as: broken.version)
            }),
            let place = contract.objects.flatMap(\.promises).first(where: { $0.id.isSame(as: broken.id) })?.location
        else { return error }
        return TallyError(
            error.code, "\(place.file):\(place.line): \(error.message)", details: error.details, subject: error.subject,
            help: error.help, underlying: error.underlying, offset: error.offset,
            promise: TallyError.BrokenPromise(
                id: broken.id, contract: broken.contract, version: broken.version, location: place))
    }

    /// The vectors of one service: which keys and inputs it asks for, and how it answers.
    public struct Vectors: Sendable {
        /// The keys, the request inputs and the columns of an answer.
        public let layout: VectorLayout
        private let reader: VectorReader

        init(layout: VectorLayout, reader: VectorReader) {
            self.layout = layout
            self.reader = reader
        }

        /// Reads vectors, all of one instant; instants before what is stored are answered from the sources.
        public func read(_ request: VectorRequest) async throws(TallyError) -> FeatureVectors {
            try await reader.read(layout, request)
        }
    }

    /// Opens the vectors of a service as they are served; `E-not-materialized` where nothing was ever stored.
    public func vectors(of service: String) async throws(TallyError) -> Vectors {
        let workspace = try workspace()
        let (registry, store) = try workspace.forReading()
        let layout = try await ServingCatalogue.load(registry: registry, store: store, service: service)
            .layout(ofService: service)
        return Vectors(
            layout: layout,
            reader: VectorReader(
                store: store, clock: host.now, offline: offline(workspace, registry),
                runner: runner))
    }

    /// Compares what is served of a service with what the sources give, bit by bit and status by status.
    ///
    /// ```swift
    /// let report = try await store.compare("model", ComparisonRequest(sample: 10, at: nil, seed: 1))
    /// report.differing  // 0, or training and serving are not the same
    /// ```
    public func compare(
        _ service: String, _ request: ComparisonRequest
    ) async throws(TallyError) -> ComparisonReport {
        let workspace = try workspace()
        let (registry, store) = try workspace.forReading()
        let layout = try await ServingCatalogue.load(registry: registry, store: store, service: service)
            .layout(ofService: service)
        return try await VectorComparison(
            store: store, offline: offline(workspace, registry), clock: host.now, runner: runner
        ).run(layout, request)
    }

    /// The parts of which a server is made.
    public struct ServingParts: Sendable {
        /// The catalogue of what can be asked for; follows fills and releases.
        public let serving: Serving
        /// Reads vectors.
        public let reader: VectorReader
        /// Fills the store.
        public let materializer: Materializer
        /// The online store.
        public let store: any OnlineStore
        /// The registry.
        public let registry: any Registry
    }

    /// Opens what a server is made of; the registry is opened for writing when something is to be written.
    public func servingParts() async throws(TallyError) -> ServingParts {
        let workspace = try workspace()
        let registry = try workspace.registryOnDemand()
        workspace.sweepLeftovers()
        let store = try workspace.onlineStore()
        return ServingParts(
            serving: try await Serving(registry: registry, store: store),
            reader: VectorReader(store: store, clock: host.now, offline: offline(workspace, registry)),
            materializer: Materializer(
                registry: registry, store: store, engine: workspace.engine, sources: sources(workspace, registry),
                clock: host.now, user: host.user),
            store: store, registry: registry)
    }

    /// The stored rows that nothing needs.
    public struct Unused: Sendable {
        /// Those that may go.
        public let generations: [OnlineGeneration]
        /// Those that served until just now, and stay for the readers that have not looked since.
        public let lately: [OnlineGeneration]
    }

    /// The stored rows that no lockfile, release or applied view names; removes them where that is asked for.
    ///
    /// What served until just now stays. Nil where nothing was ever stored.
    public func collect(removing: Bool) async throws(TallyError) -> Unused? {
        let workspace = try workspace()
        guard let reading = try workspace.onlineStoreForReading() else { return nil }
        let lock = try AtomicFile.read(lockPath).map { (bytes) throws(TallyError) in
            try Lockfile.parse(String(decoding: bytes, as: UTF8.self))
        }
        let state = try await workspace.appliedState()
        let unused = UnusedGenerations.find(in: try await reading.generations(), state: state, lock: lock)
        let lately = UnusedGenerations.lately(unused, state: state, at: host.now())
        let kept = Set(lately.map(\.storage))
        let old = unused.filter { !kept.contains($0.storage) }
        if removing, !old.isEmpty { _ = try await workspace.onlineStore().drop(old.map(\.storage)) }
        return Unused(generations: old, lately: lately)
    }

    func offline(_ workspace: Workspace, _ registry: any Registry) -> OfflineFallback {
        OfflineFallback(
            engine: workspace.engine, sources: .reading(root: root, engine: workspace.engine, registry: registry))
    }
}
