// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The changes that applying a set of definitions makes to a registry; made by `Planner`, carried out by `Apply`.
public struct Plan: Sendable, Hashable {
    /// The project the definitions belong to.
    public let project: String
    /// The generation of the registry the plan was made on; another writer's commit makes the plan void.
    public let generation: Int
    /// The wanted definitions, referred-to ones first, then by name.
    public let nodes: [PlanNode]
    /// The differences, in the order of `DefinitionID`.
    public let changes: [Change]
    /// The release each wanted service is made of, sorted by service.
    public let releases: [Release]
    /// The releases that have to be recorded as new candidates, sorted by service.
    public let candidates: [Release]
    /// Releases that change their state, sorted by service and number.
    public let transitions: [ReleaseTransition]

    /// Describes a plan.
    public init(
        project: String, generation: Int, nodes: [PlanNode], changes: [Change], releases: [Release],
        candidates: [Release], transitions: [ReleaseTransition]
    ) {
        self.project = project
        self.generation = generation
        self.nodes = nodes
        self.changes = changes
        self.releases = releases
        self.candidates = candidates
        self.transitions = transitions
    }

    /// Whether the registry already holds exactly these definitions and releases.
    public var isEmpty: Bool { changes.isEmpty && candidates.isEmpty && transitions.isEmpty }

    /// The views whose stored rows have to be made again, sorted by name.
    public var backfills: [String] { changes.filter(\.needsBackfill).map(\.id.name) }
}
