// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What a registry holds now: one generation of definitions with their releases.
public struct RegistryState: Sendable, Hashable {
    /// How many commits changed something so far; 0 for a new registry.
    public let generation: Int
    /// The project the registry belongs to; nil before the first commit.
    public let project: String?
    /// The applied definitions, in the order of `DefinitionID`.
    public let definitions: [AppliedDefinition]
    /// Every release ever recorded, sorted by service and number.
    public let releases: [RegisteredRelease]

    /// Describes a state.
    public init(
        generation: Int, project: String?, definitions: [AppliedDefinition], releases: [RegisteredRelease]
    ) {
        self.generation = generation
        self.project = project
        self.definitions = definitions.sorted { $0.node.id < $1.node.id }
        self.releases = releases.sorted { ($0.release.service, $0.number) < ($1.release.service, $1.number) }
    }

    /// A registry that nothing was applied to.
    public static let empty = RegistryState(generation: 0, project: nil, definitions: [], releases: [])

    /// The applied definition of a name; nil when there is none.
    public subscript(id: DefinitionID) -> AppliedDefinition? { definitions.first { $0.node.id == id } }

    /// The releases of a service by number.
    public func releases(of service: String) -> [RegisteredRelease] {
        releases.filter { $0.release.service == service }
    }

    /// The release of a service that answers; nil when none does yet.
    public func servingRelease(of service: String) -> RegisteredRelease? {
        releases.last { $0.release.service == service && $0.state == .serving }
    }
}

/// When, by whom and as which version a definition was written.
public struct DefinitionStamp: Sendable, Hashable {
    /// Counts from 1 for each definition and never starts again, not even after a removal.
    public let version: Int
    /// The generation that wrote it.
    public let generation: Int
    /// When it was applied.
    public let appliedAt: Timestamp
    /// Who applied it, as the operating system names them.
    public let appliedBy: String

    /// Describes a stamp.
    public init(version: Int, generation: Int, appliedAt: Timestamp, appliedBy: String) {
        self.version = version
        self.generation = generation
        self.appliedAt = appliedAt
        self.appliedBy = appliedBy
    }
}

/// A definition as it is applied now.
public struct AppliedDefinition: Sendable, Hashable {
    /// The definition with its fingerprints.
    public let node: PlanNode
    /// When, by whom, as which version.
    public let stamp: DefinitionStamp

    /// Describes an applied definition.
    public init(node: PlanNode, stamp: DefinitionStamp) {
        self.node = node
        self.stamp = stamp
    }
}

/// One version of a definition, past or present.
public struct DefinitionVersion: Sendable, Hashable {
    /// Which definition.
    public let id: DefinitionID
    /// The definition with its fingerprints; nil when this version removed it.
    public let node: PlanNode?
    /// When, by whom, as which version.
    public let stamp: DefinitionStamp

    /// Describes a version.
    public init(id: DefinitionID, node: PlanNode?, stamp: DefinitionStamp) {
        self.id = id
        self.node = node
        self.stamp = stamp
    }
}
