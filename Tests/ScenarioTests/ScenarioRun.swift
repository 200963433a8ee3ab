// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyAssembly
import TallyDefinitions
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// A scenario in a folder of its own: its training sets, its online store, its clock.
struct ScenarioRun {
    let scenario: Scenario
    let options: Scenario.Options
    let place: String
    let registry = InMemoryRegistry()

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        options = try scenario.options()
        place = try scenario.copy()
    }

    /// Removes the folder.
    func end() { try? FileManager.default.removeItem(atPath: place) }

    private func workspace() throws -> Workspace {
        try Workspace(root: place, limits: EngineLimits(memory: 1 << 30, threads: 1))
    }

    /// Looks at the sources for the first time if the scenario says so, and makes the training set.
    func train(to output: String) async throws -> TrainingManifest {
        if let firstLook = options.firstLook {
            _ = try await train(to: output, now: firstLook)
            try scenario.addFiles(of: "later", to: place)
        }
        return try await train(to: output, now: options.now)
    }

    private func train(to output: String, now: Timestamp) async throws -> TrainingManifest {
        let workspace = try workspace()
        let definitions = try await definitions(of: workspace)
        let graph = try FingerprintGraph.build(from: definitions)
        let release = try #require(graph.releases.first { $0.service == "model" })
        let trainer = Trainer(
            definitions: definitions, release: release, engine: workspace.engine,
            sources: SourcePreparer(root: place, engine: workspace.engine, registry: registry), registry: registry,
            environment: RunEnvironment(now: { now }, architecture: "test", system: "test", mathLibrary: "test"))
        return try await trainer.train(
            TrainingRequest(
                service: "model", spine: place + "/spine.csv", output: place + "/" + output, asOf: options.asOf,
                ignoresKnownTime: options.ignoresKnownTime, usesFullFeatureNames: options.usesFullFeatureNames))
    }

    private func definitions(of workspace: Workspace) async throws -> DefinitionSet {
        let checked = try await workspace.check(now: Timestamp(microseconds: 0))
        #expect(checked.result.diagnostics.filter { $0.severity == .error }.isEmpty)
        return try checked.definitions()
    }

    /// The online half: definitions applied, a store beside the registry, and a clock that the caller sets.
    func online(clock: @escaping @Sendable () -> Timestamp) async throws -> OnlineHalf {
        let workspace = try workspace()
        let plan = try Planner.plan(
            current: try await registry.state(), wanted: try await definitions(of: workspace))
        _ = try await registry.commit(RegistryCommit(plan, at: clock(), by: "tests"))
        return OnlineHalf(
            registry: registry, store: try workspace.onlineStore(), engine: workspace.engine,
            sources: SourcePreparer(root: place, engine: workspace.engine, registry: registry), clock: clock)
    }
}

/// What fills and answers online in a scenario.
struct OnlineHalf: Sendable {
    let registry: InMemoryRegistry
    let store: any OnlineStore
    let engine: any OfflineEngine
    let sources: SourcePreparer
    let clock: @Sendable () -> Timestamp

    /// Fills all views.
    func fill(until: Timestamp? = nil, isFull: Bool = false) async throws -> MaterializationOutcome {
        try await Materializer(
            registry: registry, store: store, engine: engine, sources: sources, clock: clock, user: "tests"
        ).run(MaterializationRequest(until: until, isFull: isFull, allowsFuture: true))
    }

    /// The layout of the service that serves.
    func layout() async throws -> VectorLayout {
        try await ServingCatalogue.load(registry: registry, store: store).layout(ofService: "model")
    }

    /// The vectors of a table's rows, which has the keys and inputs of the layout; only online rows answer.
    func read(_ layout: VectorLayout, _ rows: Batch, at time: Timestamp?) async throws -> FeatureVectors {
        func columns(_ schema: [ColumnSchema]) throws -> Batch {
            Batch(schema: schema, columns: try schema.map { try #require(rows[$0.name]) }, count: rows.count)
        }
        return try await VectorReader(store: store, clock: clock).read(
            layout, VectorRequest(keys: columns(layout.keys), inputs: columns(layout.inputs), at: time))
    }
}
