// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What findings lead to (SEMANTICS 11.2): an action for each broken promise, and one for the batch as a whole.
///
/// Decisions are made in one place, from findings and a contract; gates, replays, comparisons and guards read them.
public struct Decision: Sendable, Hashable {
    /// A finding with what is done about it.
    public struct Response: Sendable, Hashable {
        /// What was found.
        public let finding: Finding
        /// What is done; nil where nothing is broken.
        public let action: Reaction.Action?

        /// Pairs a finding with an action.
        public init(_ finding: Finding, _ action: Reaction.Action?) {
            self.finding = finding
            self.action = action
        }
    }

    /// What is done about each finding, in the order of the findings.
    public let responses: [Response]

    /// Describes a decision.
    public init(_ responses: [Response]) { self.responses = responses }

    /// What is done about the batch as a whole: the strongest of all actions, `accept` where nothing is broken.
    public var action: Reaction.Action {
        Reaction.Action.allCases.last { action in responses.contains { $0.action == action } } ?? .accept
    }

    /// The responses that let nothing of the batch become visible; a batch stops when there is one.
    public var stopping: [Response] { responses.filter { $0.action?.stopsBatch == true } }

    /// The promises whose failing rows are set aside.
    public var setAside: [Promise] { responses.filter { $0.action == .quarantine }.map(\.finding.promise) }
}

extension Reaction.Action {
    /// Whether nothing of a batch becomes visible.
    public var stopsBatch: Bool {
        switch self {
        case .accept, .warn, .serveDefault, .quarantine: false
        case .block, .rollback: true
        }
    }

    /// Whether a row that breaks such a promise does not get in, alone or with its batch.
    public var keepsOut: Bool { self == .quarantine || stopsBatch }

    /// Whether a value that breaks such a promise is replaced where it is read.
    ///
    /// A value that is computed on demand never entered: what would have kept its row out replaces it.
    public func replacesValue(isOnDemand: Bool) -> Bool { self == .serveDefault || isOnDemand && keepsOut }
}
