// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A change that a writer asks a registry to make, all of it or nothing.
public struct RegistryCommit: Sendable, Hashable {
    /// The generation the writer saw; the commit is refused when it is no longer the registry's.
    public let base: Int
    /// The project of the definitions.
    public let project: String
    /// Definitions that are added or replaced; those equal to what is applied are left alone.
    public let definitions: [PlanNode]
    /// Definitions that are removed.
    public let removals: [DefinitionID]
    /// Releases recorded as new candidates; the registry numbers them.
    public let candidates: [Release]
    /// Steps of recorded releases.
    public let transitions: [ReleaseTransition]
    /// The time of the commit.
    public let at: Timestamp
    /// The user who makes it.
    public let by: String

    /// Describes a commit.
    public init(
        base: Int, project: String, definitions: [PlanNode] = [], removals: [DefinitionID] = [],
        candidates: [Release] = [], transitions: [ReleaseTransition] = [], at: Timestamp, by: String
    ) {
        self.base = base
        self.project = project
        self.definitions = definitions
        self.removals = removals
        self.candidates = candidates
        self.transitions = transitions
        self.at = at
        self.by = by
    }

    /// Makes the commit that carries out a plan.
    public init(_ plan: Plan, at: Timestamp, by: String) {
        let changed = Set(plan.changes.filter { $0.action != .removed }.map(\.id))
        self.init(
            base: plan.generation, project: plan.project, definitions: plan.nodes.filter { changed.contains($0.id) },
            removals: plan.changes.filter { $0.action == .removed }.map(\.id), candidates: plan.candidates,
            transitions: plan.transitions, at: at, by: by)
    }
}
