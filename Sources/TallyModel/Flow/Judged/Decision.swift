// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The consequence of findings (SEMANTICS 11.2): an action for each broken promise, and one outcome for all rows.
///
/// Only `init(on:by:)` makes one, from findings and a contract. All that act on findings (a gate, a replay, a
/// comparison of contracts, a release) make a decision and switch over its outcome.
public struct Decision: Sendable, Hashable {
    /// A finding with what is done about it.
    public struct Response: Sendable, Hashable {
        /// The finding.
        public let finding: Finding
        /// The action; nil when nothing is broken.
        public let action: Reaction.Action?
    }

    /// The outcome for the rows that were judged.
    public enum Outcome: Sendable, Hashable {
        /// Every row is admitted, with the warnings of its responses and with defaults where values are replaced.
        case admits
        /// Rows that break one of these promises are set aside, and the others are admitted.
        case setsAside([Promise])
        /// No row is admitted.
        case refuses(Refusal)
    }

    /// The reason why no row is admitted.
    public struct Refusal: Sendable, Hashable {
        /// The first of the broken promises that stop everything.
        public let finding: Finding
        /// The number of other broken promises that refuse the rows.
        public let others: Int
        /// Whether readers return to the generation before.
        public let isRollback: Bool
    }

    /// The response to each finding, in the order of the findings.
    public let responses: [Response]

    /// Decides about findings by a contract: the nearest reaction to each broken promise, within its limit.
    public init(on findings: [Finding], by contract: Contract) {
        responses = findings.map { Response(finding: $0, action: Self.action(on: $0, by: contract)) }
    }

    /// The findings that it rests on.
    public var findings: [Finding] { responses.map(\.finding) }

    /// The outcome for the rows as a whole.
    public var outcome: Outcome {
        var refused: [Response] = []
        for response in responses {
            switch response.action {
            case .block?, .rollback?: refused.append(response)
            case .accept?, .warn?, .serveDefault?, .quarantine?, nil: break
            }
        }
        guard let first = refused.first else { return setAside.isEmpty ? .admits : .setsAside(setAside) }
        return .refuses(
            Refusal(finding: first.finding, others: refused.count - 1, isRollback: first.action == .rollback))
    }

    /// The promises whose failing rows are set aside, whatever else is decided.
    public var setAside: [Promise] { responses.filter { $0.action == .quarantine }.map(\.finding.promise) }

    /// The strongest of all actions, `accept` where nothing is broken.
    public var action: Reaction.Action {
        Reaction.Action.allCases.last { action in responses.contains { $0.action == action } } ?? .accept
    }

    /// Returns the action for rows or a value that break a promise, before the number of failing rows is known.
    ///
    /// Without a contract the promise speaks for itself.
    public static func foreseen(_ promise: Promise, by contract: Contract? = nil) -> Reaction.Action {
        (contract?.reaction(to: promise) ?? promise.reaction ?? .usual(for: promise.severity)).action
    }

    /// Returns the action for a finding; nil when it is not broken.
    ///
    /// A promise about all rows has no rows of its own to set aside: for it quarantine is block.
    private static func action(on finding: Finding, by contract: Contract) -> Reaction.Action? {
        guard finding.verdict == .broken else { return nil }
        let action = contract.reaction(to: finding.promise)
            .action(failing: finding.evidence.failing ?? 0, of: finding.evidence.rows ?? 0)
        return action == .quarantine && !finding.scope.isJudgedRowByRow ? .block : action
    }
}

extension Reaction.Action {
    /// Whether a row that breaks such a promise is not admitted, alone or with its batch.
    public var keepsOut: Bool {
        switch self {
        case .quarantine, .block, .rollback: true
        case .accept, .warn, .serveDefault: false
        }
    }

    /// Whether a value that breaks such a promise is replaced where it is read.
    ///
    /// A value that is computed on demand never entered: what would have kept its row out replaces it.
    public func replacesValue(isOnDemand: Bool) -> Bool { self == .serveDefault || isOnDemand && keepsOut }
}
