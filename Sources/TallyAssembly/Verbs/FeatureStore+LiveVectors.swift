// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

extension FeatureStore {
    /// The vectors of all services for a process that stays: opened once, then following fills and releases.
    public struct LiveVectors: Sendable {
        private let serving: Serving
        private let reader: VectorReader

        init(serving: Serving, reader: VectorReader) {
            self.serving = serving
            self.reader = reader
        }

        /// The keys, the inputs and the columns of a service's vectors, as its serving release has them.
        ///
        /// Throws `E-not-found` for an unknown service, `E-not-materialized` while no release of it serves.
        public func layout(of service: String) throws(TallyError) -> VectorLayout {
            try serving.catalogue.layout(ofService: service)
        }

        /// Reads vectors, all of one instant; on the calling thread, unless the sources must be read.
        public func read(
            _ layout: VectorLayout, _ request: VectorRequest
        ) async throws(TallyError) -> FeatureVectors {
            try await reader.read(layout, request)
        }

        /// Takes in what was filled or released since; costs one small query when nothing was.
        public func refresh() async throws(TallyError) {
            try await serving.refresh()
        }
    }

    /// Opens the vectors of all services; `E-not-materialized` where nothing was ever stored.
    public func liveVectors() async throws(TallyError) -> LiveVectors {
        let workspace = try workspace()
        let (registry, store) = try workspace.forReading()
        return LiveVectors(
            serving: try await Serving(registry: registry, store: store),
            reader: VectorReader(store: store, clock: host.now, offline: offline(workspace, registry)))
    }
}
