// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

extension FeatureStore {
    /// Builds a point-in-time training set with its manifest.
    ///
    /// The service must be applied as it is declared. Throws `E-conflict` when a file changes while it is read, and when the
    /// output is a file that the repository reads; nothing is written then.
    ///
    /// - Parameters:
    ///   - request: the service, the spine and the output, by absolute paths.
    ///   - replaces: whether a file that is there and is no training set is replaced.
    ///   - acceptsClock: whether the clock counts as right though it jumped since the last write.
    ///
    /// ```swift
    /// let manifest = try await store.train(
    ///     TrainingRequest(service: "model", spine: root + "/spine.csv", output: root + "/train.csv"))
    /// manifest.counts.json["rows"]?["written"]  // .int(3)
    /// ```
    public func train(
        _ request: TrainingRequest, replaces: Bool = false, acceptsClock: Bool = false
    ) async throws(TallyError) -> TrainingManifest {
        var outputs = OutputGuard.forRepositories(of: [root, FileName.folder(of: request.output)])
        outputs.protect(file: request.spine, in: root, readBy: "this command as the spine")
        try outputs.check(request.output, as: .trainingSet, force: replaces)
        let (workspace, checked) = try await checked()
        let definitions = try checked.definitions(of: request.service)
        let registry = try workspace.registry()
        workspace.sweepLeftovers(beside: [request.output])
        let release = try Planner.plan(current: try await registry.state(), wanted: definitions)
            .appliedRelease(of: request.service)
        let trainer = Trainer(
            definitions: definitions, release: release, engine: workspace.engine,
            sources: sources(workspace, registry, acceptsClock: acceptsClock), registry: registry,
            environment: host.environment, runner: runner)
        return try await trainer.train(request)
    }
}
