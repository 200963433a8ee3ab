// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The action that follows a broken promise (SEMANTICS 11), and the share of rows up to which it applies.
public struct Reaction: Sendable, Hashable {
    /// The possible answers to a broken promise, from the mildest to the strongest.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// Nothing is done; the finding is recorded.
        case accept
        /// The finding is shown and recorded.
        case warn
        /// The value is replaced by the feature's default, in training and serving alike.
        case serveDefault
        /// The rows that break the promise are set aside, and the others are admitted.
        case quarantine
        /// Nothing of the batch becomes visible.
        case block
        /// Nothing of the batch becomes visible, and readers return to the generation before it.
        case rollback
    }

    /// The action.
    public let action: Action
    /// The largest share of rows, from 0 to 1, that may be treated so, beyond which the batch is blocked; nil for any.
    public let limit: Double?

    /// Declares a reaction.
    public init(_ action: Action, upTo limit: Double? = nil) {
        self.action = action
        self.limit = limit
    }

    /// Returns the reaction when neither promise nor contract declares one: an error blocks, anything less warns.
    public static func usual(for severity: Promise.Severity) -> Reaction {
        switch severity {
        case .error: Reaction(.block)
        case .warning: Reaction(.warn)
        case .info: Reaction(.accept)
        }
    }

    /// Returns the action for a batch in which some rows break the promise; a share of exactly the limit is within it.
    ///
    /// Only a `Decision` asks.
    func action(failing: Int, of rows: Int) -> Action {
        guard let limit, rows > 0, let share = DecimalNumber(shortest: limit), DecimalNumber(failing) > share * rows
        else { return action }
        return action == .rollback ? .rollback : .block
    }
}
