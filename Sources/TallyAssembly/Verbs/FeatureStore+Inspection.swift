// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
public import TallyDefinitions
public import TallyModel
public import TallyStore

extension FeatureStore {
    /// The state of the applied definitions, fills and runs, compared with the files.
    public struct Status: Sendable {
        /// The project as declared, or its defaults while `tally.yaml` is broken.
        public let project: Project
        /// The checked definitions.
        public let checked: CheckedRepository
        /// The applied definitions.
        public let state: RegistryState
        /// The changes that applying would make; nil when the definitions have errors.
        public let plan: TallyModel.Plan?
        /// The last runs, newest first.
        public let runs: [RunRecord]
        /// The generations in the online store.
        public let generations: [OnlineGeneration]
    }

    /// Returns the applied state, the changes in the files, and the last runs; writes nothing.
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

    /// Examines everything that is stored, and returns a finding on each thing.
    public func examine() async throws(TallyError) -> [HealthFinding] {
        try await workspace().examine(now: host.now(), clock: ClockGuard(root: root, read: host.clocks))
    }

    /// Returns the definitions in the files without checking them, also those of a repository with errors.
    public func written() throws(TallyError) -> LoadedRepository { try workspace().repository }

    /// The way in which the columns of a text source are read.
    public struct SourceReading: Sendable {
        /// The source.
        public let source: Source
        /// The declared type and the apparent type of each column, and the values that cannot be read.
        public let explanation: ReadingExplanation
    }

    /// Reads every value of a text source, and returns the result for each column.
    ///
    /// Throws `E-not-found` for an unknown source, `E-misuse` for one that is no text.
    public func reading(ofSource name: String) async throws(TallyError) -> SourceReading {
        let workspace = try workspace()
        let sources = workspace.repository.sources
        guard let source = sources.first(where: { $0.name.isSame(as: name) }) else {
            throw TallyError(
                .notFound, "there is no source '\(name)'",
                help: nearestName(to: name, among: sources.map(\.name)).map { "did you mean '\($0)'?" }
                    ?? "`\(.list(.sources))` shows them")
        }
        guard source.isText else {
            throw TallyError(
                .misuse, "source '\(name)' is no text: its files say their types themselves",
                help: "`\(.check)` holds them against what is declared")
        }
        let types = workspace.repository.declaredTypes()[source.name] ?? []
        return SourceReading(
            source: source,
            explanation: try await ReadingExplanation(of: source, types: types, engine: workspace.engine))
    }

    /// A view as a contract document, or the contract of a source, in the newest version of the standard.
    ///
    /// Throws `E-not-found` for a name that is neither.
    public func contractDocument(of subject: String) async throws(TallyError) -> JSON {
        let set = try await checked().checked.definitions()
        if let view = set.views[subject], let source = set.sources[view.source] {
            return ViewContract.document(for: view, source: source, joinKeys: set.joinKeys(of: view))
        }
        if let contract = set.contracts[subject] { return ContractUpgrade.toLatest(contract.document) }
        let known = set.views.keys.sorted() + set.contracts.keys.sorted()
        throw TallyError(
            .notFound, "there is no view '\(subject)', nor a source of that name with a contract",
            help: nearestName(to: subject, among: known).map { "did you mean '\($0)'?" }
                ?? "there is \(known.joined(separator: ", "))")
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

        /// Returns the versions of a definition, oldest first; empty when it was never applied.
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
