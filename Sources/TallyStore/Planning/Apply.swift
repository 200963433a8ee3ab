// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Records a repository's definitions in the registry, and writes its `tally.lock`.
public struct Apply: Sendable {
    private let registry: any Registry
    private let lockPath: String

    /// Applies to a registry and a lockfile.
    public init(registry: any Registry, lockPath: String) {
        self.registry = registry
        self.lockPath = lockPath
    }

    /// Plans, commits in one transaction, then writes the lockfile whole; with `isDryRun` it only plans.
    ///
    /// Nothing is written where nothing changed: the generation stays, and so does every byte of the lockfile. When the
    /// lockfile cannot be written after the commit, `E-unwritable` says so, and applying again repairs it. Throws what
    /// `Planner.plan(current:wanted:)` and `Registry.commit(_:)` throw, above all `E-conflict` when another writer was
    /// first, and `E-low-version` for a contract whose version moved less than its changes ask for.
    public func run(
        wanted: DefinitionSet, at: Timestamp, by: String, isDryRun: Bool = false
    ) async throws(TallyError) -> ApplyOutcome {
        var state = try await registry.state()
        let plan = try Planner.plan(current: state, wanted: wanted)
        try await ContractReview(wanted, registry: registry).refuseLowVersions()
        guard !isDryRun else { return ApplyOutcome(plan: plan, state: state, didCommit: false, didWriteLock: false) }
        if !plan.isEmpty { state = try await registry.commit(RegistryCommit(plan, at: at, by: by)) }
        let lockfile = Lockfile(project: plan.project, nodes: plan.nodes, releases: plan.releases)
        let didWriteLock = try writeLock(lockfile, generation: state.generation)
        return ApplyOutcome(plan: plan, state: state, didCommit: !plan.isEmpty, didWriteLock: didWriteLock)
    }

    private func writeLock(_ lockfile: Lockfile, generation: Int) throws(TallyError) -> Bool {
        let bytes = Array(lockfile.rendered.utf8)
        do throws(TallyError) {
            if try AtomicFile.read(lockPath) == bytes { return false }
            try AtomicFile.write(bytes, to: lockPath)
            return true
        } catch {
            throw TallyError(
                .unwritable,
                "the definitions are applied as generation \(generation), but the lockfile is not written: "
                    + error.message, subject: lockPath,
                help: "make the file writable and apply again, which writes it", underlying: error.underlying)
        }
    }
}

/// The result of an apply.
public struct ApplyOutcome: Sendable, Hashable {
    /// The plan that was carried out, or would be.
    public let plan: Plan
    /// The registry's state afterwards.
    public let state: RegistryState
    /// Whether the registry changed.
    public let didCommit: Bool
    /// Whether the lockfile changed.
    public let didWriteLock: Bool

    /// Describes an outcome.
    public init(plan: Plan, state: RegistryState, didCommit: Bool, didWriteLock: Bool) {
        self.plan = plan
        self.state = state
        self.didCommit = didCommit
        self.didWriteLock = didWriteLock
    }
}
