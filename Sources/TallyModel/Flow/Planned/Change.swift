// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The effect of a plan on one definition, its cause, and the definitions and services that it touches.
public struct Change: Sendable, Hashable {
    /// The action that a plan takes on a definition.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// It is new.
        case added
        /// Its own text changed.
        case changed
        /// Its text is the same, but something it refers to moved, and its fingerprints with it.
        case affected
        /// It is gone.
        case removed
    }

    /// The depth to which a change reaches.
    public enum Effect: String, Sendable, Hashable, CaseIterable {
        /// The meaning of stored bytes moves.
        case storage
        /// Stored bytes stay, values may differ.
        case value
        /// Values stay, what is promised about them moves.
        case promise
        /// Owner, description or tags: recorded, no fingerprint moves.
        case annotation
    }

    /// One field that differs.
    public struct Field: Sendable, Hashable {
        /// The way to the field in the document; list items go by their name when they have one, else by index.
        public let path: [String]
        /// The applied text; nil when the field is new.
        public let old: String?
        /// The wanted text; nil when the field is gone.
        public let new: String?

        /// Describes a field.
        public init(path: [String], old: String?, new: String?) {
            self.path = path
            self.old = old
            self.new = new
        }
    }

    /// The action.
    public let action: Action
    /// The definition that changes.
    public let id: DefinitionID
    /// The fields that differ, in the order of the document; empty for what is added, removed or only affected.
    public let fields: [Field]
    /// The applied fingerprints; nil for what is added.
    public let before: Fingerprints?
    /// The wanted fingerprints; nil for what is removed.
    public let after: Fingerprints?
    /// The depth to which the change reaches; `storage` for a definition that is added or removed.
    public let effect: Effect
    /// Whether stored rows have to be made again: a view whose storage fingerprint no applied view has.
    public let needsBackfill: Bool
    /// For what is affected: the changed definitions it refers to, directly or not, sorted.
    public let causes: [DefinitionID]
    /// The wanted definitions that refer to it, directly or not, sorted; for a removed definition, those that did.
    public let dependents: [DefinitionID]

    /// Describes a change.
    public init(
        action: Action, id: DefinitionID, fields: [Field] = [], before: Fingerprints?, after: Fingerprints?,
        effect: Effect, needsBackfill: Bool = false, causes: [DefinitionID] = [], dependents: [DefinitionID] = []
    ) {
        self.action = action
        self.id = id
        self.fields = fields
        self.before = before
        self.after = after
        self.effect = effect
        self.needsBackfill = needsBackfill
        self.causes = causes
        self.dependents = dependents
    }
}
