// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

extension FeatureStore {
    /// The vectors of all services for a process that stays: opened once, then following fills and releases.
    public struct LiveVectors: Sendable {
        /// Where the releases that serve are known from.
        private enum Source: Sendable {
            case serving(Serving)
            /// The catalogue at a fork, and the store as the child opened it.
            case fork(ServingCatalogue, any OnlineStore)
        }

        private let source: Source
        private let reader: VectorReader

        init(serving: Serving, reader: VectorReader) {
            source = .serving(serving)
            self.reader = reader
        }

        /// The vectors in a forked child: the releases of the fork, the rows that are stored now, and no sources.
        init(forked catalogue: ServingCatalogue, store: any OnlineStore, of parent: FeatureStore) {
            source = .fork(catalogue, store)
            reader = VectorReader(store: store, clock: parent.host.now, runner: parent.runner)
        }

        /// What serves now.
        var catalogue: ServingCatalogue {
            switch source {
            case .serving(let serving): serving.catalogue
            case .fork(let catalogue, _): catalogue
            }
        }

        /// The keys, the inputs and the columns of a service's vectors, as its serving release has them.
        ///
        /// Throws `E-not-found` for an unknown service, `E-not-materialized` while no release of it serves.
        public func layout(of service: String) throws(TallyError) -> VectorLayout {
            try catalogue.layout(ofService: service)
        }

        /// Reads vectors, all of one instant; on the calling thread, unless the sources must be read.
        public func read(
            _ layout: VectorLayout, _ request: VectorRequest
        ) async throws(TallyError) -> FeatureVectors {
            try await reader.read(layout, request)
        }

        /// Takes in what was filled or released since; costs one small query when nothing was.
        public func refresh() async throws(TallyError) {
            switch source {
            case .serving(let serving): try await serving.refresh()
            case .fork(_, let store): try await store.follow()
            }
        }
    }

    /// Opens the vectors of all services; `E-not-materialized` where nothing was ever stored.
    public func liveVectors() async throws(TallyError) -> LiveVectors {
        let workspace = try workspace()
        let (registry, store) = try workspace.forReading()
        return LiveVectors(
            serving: try await Serving(registry: registry, store: store),
            reader: VectorReader(
                store: store, clock: host.now, offline: offline(workspace, registry), runner: runner))
    }
}
