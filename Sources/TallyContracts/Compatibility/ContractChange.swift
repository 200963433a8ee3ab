// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One difference between two contracts, and what it does to readers.
public struct ContractChange: Sendable, Hashable {
    /// The stable name of the rule in the catalogue, such as `column-removed`.
    public let rule: String
    /// The subject of the change: `object`, `object.column`, or `contract`.
    public let subject: String
    /// The old state, in words; nil for an addition.
    public let old: String?
    /// The new state, in words; nil for a removal.
    public let new: String?
    /// Whether the new contract admits what the old one admits, as far as this change goes: new readers, old data.
    public let backward: Answer
    /// Whether the old contract admits what the new one admits, as far as this change goes: old readers, new data.
    public let forward: Answer
    /// Whether the same numbers still mean the same.
    public let meaning: MeaningChange
    /// The least version bump.
    public let bump: VersionBump
    /// The place in the new file; in the old file for a removal.
    public let location: SourceLocation?
    /// The advice to the author.
    public let help: Advice
    /// The table; nil for the contract itself.
    let object: String?
    /// The columns that it is about; empty for the whole table.
    let columns: [String]
    /// Whether it is inside the values of a column.
    private(set) var isInside = false
    /// The new contract's promises that may refuse what the old one admits.
    var backwardPromises: [String] = []
    /// The old contract's promises that may refuse what the new one admits.
    var forwardPromises: [String] = []
    /// The results of running both versions over the same rows; empty without a shadow run.
    public internal(set) var shadow: [ShadowEvidence] = []

    /// The change, as a phrase from the catalogue.
    public var title: String { CompatibilityCatalogue[rule]?.title ?? rule }

    /// Returns the change as one inside the values of a column of a table.
    func inside(_ column: String, of table: String) -> ContractChange {
        var change = ContractChange(
            rule: rule, subject: subject, old: old, new: new, backward: backward, forward: forward, meaning: meaning,
            bump: bump, location: location, help: help, object: table, columns: [column])
        change.isInside = true
        return change
    }

    /// Whether it can reach a consumer, by the columns that it reads.
    func reaches(_ consumer: Consumer) -> Bool {
        guard let object else { return false }
        return columns.isEmpty ? consumer.reads(object, nil) : columns.contains { consumer.reads(object, $0) }
    }
}
