// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The version of a definition, with the time and the user of the commit that wrote it.
public struct DefinitionStamp: Sendable, Hashable {
    /// Counts from 1 for each definition and never starts again, not even after a removal.
    public let version: Int
    /// The generation that wrote it.
    public let generation: Int
    /// The time at which it was applied.
    public let appliedAt: Timestamp
    /// The user who applied it, as the operating system names them.
    public let appliedBy: String

    /// Makes a stamp of a version, its generation, time and user.
    public init(version: Int, generation: Int, appliedAt: Timestamp, appliedBy: String) {
        self.version = version
        self.generation = generation
        self.appliedAt = appliedAt
        self.appliedBy = appliedBy
    }
}

/// A definition in its applied version.
public struct AppliedDefinition: Sendable, Hashable {
    /// The definition with its fingerprints.
    public let node: PlanNode
    /// The version, time and user.
    public let stamp: DefinitionStamp

    /// Describes an applied definition.
    public init(node: PlanNode, stamp: DefinitionStamp) {
        self.node = node
        self.stamp = stamp
    }
}

/// One version of a definition, past or present.
public struct DefinitionVersion: Sendable, Hashable {
    /// The definition's identity.
    public let id: DefinitionID
    /// The definition with its fingerprints; nil when this version removed it.
    public let node: PlanNode?
    /// The version, time and user.
    public let stamp: DefinitionStamp

    /// Describes a version.
    public init(id: DefinitionID, node: PlanNode?, stamp: DefinitionStamp) {
        self.id = id
        self.node = node
        self.stamp = stamp
    }
}
