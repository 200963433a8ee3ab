// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
public import TallyDefinitions
public import TallyModel
public import TallyStore

extension FeatureStore {
    /// The result of a check: the definitions, and the problems in them.
    public struct Check: Sendable {
        /// The definitions as read, with the places where everything is written.
        public let repository: LoadedRepository
        /// The checked definitions with their diagnostics.
        public let checked: CheckedRepository
    }

    /// Reads and checks all definitions, and every declared value of text files.
    public func check() async throws(TallyError) -> Check {
        let (workspace, checked) = try await checked(readsText: true)
        return Check(repository: workspace.repository, checked: checked)
    }

    /// A preview of an apply.
    public struct Preview: Sendable {
        /// The definitions as read, for places and lines.
        public let repository: LoadedRepository
        /// The changes.
        public let plan: TallyModel.Plan
        /// The effects of the changes on the readers of contracts and views.
        public let comparisons: [ContractComparison]
        /// The number of open questions that a shadow run examined; nil when no shadow run was asked for.
        public let shadowed: Int?
        /// The difference from `tally.lock`; nil when there is none, and when it was not asked for.
        public let lockProblem: TallyError?
    }

    /// Returns the changes that applying would make; writes nothing but the evidence of a shadow run.
    ///
    /// - Parameters:
    ///   - shadow: whether changed transforms and undecided promises run over the data that are there.
    ///   - checkingLock: whether the definitions are compared with `tally.lock`.
    ///   - refusingLowVersions: whether what `apply` would refuse is an error here too (`E-low-version`).
    public func plan(
        shadow: Bool = false, refusingLowVersions: Bool = false, checkingLock: Bool = false
    ) async throws(TallyError) -> Preview {
        let (workspace, checked) = try await checked()
        let definitions = try checked.definitions()
        let plan = try Planner.plan(current: try await workspace.appliedState(), wanted: definitions)
        let applied = try workspace.registryForReading()
        var review = try await ContractReview(definitions, registry: applied)
        if refusingLowVersions { try review.refuseLowVersions() }
        var shadowed: Int?
        if shadow {
            shadowed = 0
            if applied != nil {
                shadowed = try await review.run(
                    Shadow(engine: workspace.engine, root: root, now: host.now()), registry: try workspace.registry(),
                    at: host.now())
            }
        }
        var lockProblem: TallyError?
        if checkingLock {
            do throws(TallyError) {
                try LockCheck.verify(path: lockPath, wanted: try FingerprintGraph.build(from: definitions))
            } catch {
                lockProblem = error
            }
        }
        return Preview(
            repository: workspace.repository, plan: plan, comparisons: review.comparisons, shadowed: shadowed,
            lockProblem: lockProblem)
    }

    /// The result of an apply.
    public struct Application: Sendable {
        /// The registry's state now, and whether it and the lockfile changed.
        public let outcome: ApplyOutcome
        /// The releases that serve from now on, since all they need was stored already.
        public let promoted: [ReleaseName]
    }

    /// Records the definitions in the registry, in one step, and writes `tally.lock`.
    ///
    /// Throws `E-low-version` for a contract whose version moved less than its changes ask for.
    public func apply() async throws(TallyError) -> Application {
        let (workspace, checked) = try await checked()
        let definitions = try checked.definitions()
        let registry = try workspace.registry()
        // A killed apply leaves a part of the lockfile beside it.
        workspace.sweepLeftovers(beside: [lockPath])
        let outcome = try await Apply(registry: registry, lockPath: lockPath)
            .run(wanted: definitions, at: host.now(), by: host.user)
        guard let store = try workspace.onlineStoreForReading() else {
            return Application(outcome: outcome, promoted: [])
        }
        let promoted = try await Promotion(registry: registry, store: store).run(at: host.now(), by: host.user)
        return Application(outcome: outcome, promoted: promoted)
    }

    /// The path of `tally.lock`.
    var lockPath: String { root + "/" + Lockfile.fileName }
}
