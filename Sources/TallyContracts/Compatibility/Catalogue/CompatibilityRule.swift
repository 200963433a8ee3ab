// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The effect of one kind of change on readers, and the reason: a row of the documentation's table.
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
    /// The change, as a phrase.
    public let title: String
    /// Whether new readers read old data, in words.
    public let backward: String
    /// Whether old readers read new data, in words.
    public let forward: String
    /// The effect of the change on the meaning of values.
    public let meaning: MeaningChange
    /// The least version bump.
    public let bump: VersionBump
    /// The reason, as a sentence without a full stop.
    public let why: String
    /// The advice, as a sentence without a full stop.
    public let help: Advice

    init(
        _ id: String, _ group: Group, _ title: String, backward: String, forward: String, _ meaning: MeaningChange,
        _ bump: VersionBump, why: String, help: Advice
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
