// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Proposes a contract from the data of a table, for a person to correct and sign.
///
/// Rules are learned from most of the rows, tried on the rows that were held out, and at last held against all of them, so
/// that nothing is proposed that the data themselves break. A proposal is a draft: data cannot show what was meant.
public enum ContractProposal {
    /// The least amount of data from which something is proposed.
    public struct Options: Sendable, Hashable {
        /// The seed that selects the rows to hold out; equal seeds hold out the same rows.
        public var seed: UInt64
        /// The share of the rows that is held out, from 0 to below 1.
        public var heldOutShare: Double
        /// The column that tells when a row happened; nil for the only timestamp column there is.
        public var eventTime: String?
        /// The least number of rows to learn from before anything but names and types is proposed.
        ///
        /// With 300 rows and no null, below 1 % are null with 95 % confidence.
        public var minimumRows = 300
        /// The least number of rows before a column counts as a key.
        public var keyRows = 1_000
        /// The greatest number of distinct values in a list.
        public var mostValues = 20
        /// The least number of occurrences of each listed value.
        public var leastOccurrences = 5
        /// The folder where relative paths start, for messages.
        public var root = "."

        /// Chooses; the thresholds can be changed afterwards.
        public init(seed: UInt64 = 0, heldOutShare: Double = 0.2, eventTime: String? = nil) {
            precondition((0..<1).contains(heldOutShare), "a share of \(heldOutShare) held out")
            self.seed = seed
            self.heldOutShare = heldOutShare
            self.eventTime = eventTime
        }
    }

    /// The reason why a rule is proposed or not.
    public struct Evidence: Sendable, Hashable {
        /// The outcome for a rule.
        public enum Outcome: String, Sendable, Hashable {
            /// It holds as it was learned.
            case proposed
            /// Rows that were held out broke it, and it was loosened.
            case widened
            /// Rows that were held out, or all of them, broke it.
            case dropped
            /// Too little was seen for it, or something spoke against it.
            case notProposed
        }

        /// The column; nil for the whole table.
        public let column: String?
        /// The name of the check, such as `range`.
        public let check: String
        /// The outcome for the rule.
        public let outcome: Outcome
        /// The observation in words, such as `no null in 26,115 rows`.
        public let text: String
    }

    /// A contract that was made of a table.
    public struct Proposal: Sendable {
        /// The document, of version 3.2.0 of the standard.
        public let document: JSON
        /// The reason why each rule is proposed or not, in the order of the columns.
        public let evidence: [Evidence]
        /// The findings of the learned rules on the rows that were held out; broken rules were loosened or dropped.
        public let heldOut: [Finding]
        /// The findings of the document's promises on all rows; none is broken.
        public let findings: [Finding]
    }

    /// Proposes a contract for a table; `name` is that of the contract and of its one object, `now` is what ages count from.
    ///
    /// Two passes over the rows, one over their times, and what the engine counts at once; memory does not grow with them. The
    /// latest rows are held out, or without a time those that a hash of their number in the order of the files chooses. Equal data, seed and `now` give an equal proposal. No matching file
    /// is `E-not-found`, an event time that is no timestamp column `E-misuse`.
    public static func make(
        name: String, table: TableReference, engine: any OfflineEngine, now: Timestamp, options: Options = Options()
    ) async throws(TallyError) -> Proposal {
        let description = try await engine.describe(table)
        if case .files(let patterns, _) = table.rows, description.files.isEmpty {
            throw try FileGlob.list(patterns, root: options.root).noFiles(subject: name)
        }
        let context = TableContext(found: description.columns, now: now)
        let rows = TableRows(table, context, engine: engine)
        let profile = try await TableProfile.take(rows, context, options)
        var draft = ProposalDraft(name: name, context: context, profile: profile, options: options)
        try draft.chooseEventTime()
        draft.findColumnRules()
        let heldOut = try await draft.tryHeldOutRows(rows)
        try await draft.findKeys(rows)
        try await draft.findTimes(rows)
        let findings = try await draft.verify(table, engine: engine, description)
        return Proposal(
            document: ProposalDocument(draft).json, evidence: draft.evidence(of: description), heldOut: heldOut,
            findings: findings)
    }
}
