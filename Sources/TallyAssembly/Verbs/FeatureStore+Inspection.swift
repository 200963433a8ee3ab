// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyDefinitions
public import TallyModel
public import TallyStore

extension FeatureStore {
    /// What is applied, filled and run, beside what the files say.
    public struct Status: Sendable {
        /// The project as declared, or its defaults while `tally.yaml` is broken.
        public let project: Project
        /// The checked definitions.
        public let checked: CheckedRepository
        /// What is applied.
        public let state: RegistryState
        /// What applying would change; nil where the definitions have errors.
        public let plan: TallyModel.Plan?
        /// The last runs, newest first.
        public let runs: [RunRecord]
        /// What the online store holds.
        public let generations: [OnlineGeneration]
    }

    /// Says what is applied, what the files would change, and what was run last; writes nothing.
    public func status(runs limit: Int = 10) async throws(TallyError) -> Status {
        let (workspace, checked) = try await checked()
        let state = try await workspace.appliedState()
        var plan: TallyModel.Plan?
        if let set = checked.result.set { plan = try Planner.plan(current: state, wanted: set) }
        var runs: [RunRecord] = []
        if let registry = try workspace.registryForReading() { runs = try await registry.runs(limit: limit) }
        return Status(
            project: workspace.project, checked: checked, state: state, plan: plan, runs: runs,
            generations: try await workspace.onlineStoreForReading()?.generations() ?? [])
    }

    /// Looks through everything that is stored, and says of each thing how it was found.
    public func examine() async throws(TallyError) -> [HealthFinding] {
        try await workspace().examine(now: host.now(), clock: ClockGuard(root: root, read: host.clocks))
    }

    /// The definitions as a graph with fingerprints, their places and their versions.
    public struct Catalogue: Sendable {
        /// The definitions as read, for places.
        public let repository: LoadedRepository
        /// The definitions with their fingerprints.
        public let graph: FingerprintGraph
        private let registry: (any Registry)?

        init(repository: LoadedRepository, graph: FingerprintGraph, registry: (any Registry)?) {
            self.repository = repository
            self.graph = graph
            self.registry = registry
        }

        /// Every version of a definition, oldest first; empty where it was never applied.
        public func versions(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
            try await registry?.history(of: id) ?? []
        }
    }

    /// Reads the definitions that are written, with what was ever applied of them.
    public func catalogue() async throws(TallyError) -> Catalogue {
        let (workspace, checked) = try await checked()
        return Catalogue(
            repository: workspace.repository, graph: try FingerprintGraph.build(from: try checked.definitions()),
            registry: try workspace.registryForReading())
    }
}
