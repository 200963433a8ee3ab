// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What one kind of change does to readers, and why: a row of the documentation's table.
public struct CompatibilityRule: Sendable, Hashable {
    /// A group of rules, as the documentation has them.
    public enum Group: String, Sendable, Hashable, CaseIterable {
        case columns = "Tables and columns"
        case types = "Types"
        case values = "Values"
        case tables = "Whole tables"
        case guarantees = "Guarantees"
        case keys = "Keys and times"
        case meaning = "Meaning"
        case governance = "Governance"
    }

    /// The stable name, such as `column-removed`.
    public let id: String
    /// The group.
    public let group: Group
    /// What changed, as a phrase.
    public let title: String
    /// Whether new readers read old data, in words.
    public let backward: String
    /// Whether old readers read new data, in words.
    public let forward: String
    /// What the change does to the meaning of values.
    public let meaning: MeaningChange
    /// How far the version has to move.
    public let bump: VersionBump
    /// Why, in a sentence without a point.
    public let why: String
    /// What to do about it, in a sentence without a point.
    public let help: String

    init(
        _ id: String, _ group: Group, _ title: String, backward: String, forward: String, _ meaning: MeaningChange,
        _ bump: VersionBump, why: String, help: String
    ) {
        self.id = id
        self.group = group
        self.title = title
        self.backward = backward
        self.forward = forward
        self.meaning = meaning
        self.bump = bump
        self.why = why
        self.help = help
    }
}
