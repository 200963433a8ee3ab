// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One result of an examination: the subject, its state, and advice.
public struct HealthFinding: Sendable, Hashable {
    /// Whether it is as it should be.
    public enum State: String, Sendable, Hashable {
        case kept
        case broken
        /// Nothing speaks against it, and nothing proves it.
        case unproven
    }

    /// The subject of the finding, such as `view plane`.
    public let what: String
    /// The observation.
    public let found: String
    /// Whether that is as it should be.
    public let state: State
    /// The advice to the user, whose steps a door spells; nil when nothing needs to be done.
    public let advice: Advice?

    /// Describes what was found.
    public init(_ what: String, _ state: State, _ found: String, advice: Advice? = nil) {
        self.what = what
        self.found = found
        self.state = state
        self.advice = advice
    }

    /// Makes a finding of the error that examining a thing threw.
    public init(_ what: String, _ error: TallyError) {
        let state: State =
            switch error.code {
            case .corrupt, .invalidData, .brokenPromise, .clock: .broken
            default: .unproven
            }
        self.init(what, state, error.message, advice: error.help)
    }

    /// An object of everything.
    public var json: JSON {
        .object([
            ("what", .string(what)), ("state", .string(state.rawValue)), ("found", .string(found)),
            ("advice", .optional(advice?.description)),
        ])
    }
}
