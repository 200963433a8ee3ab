// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The tree of a pattern, without marks that only choose between several matches (lazy, capturing).
indirect enum PatternSyntax: Sendable, Hashable {
    /// An assertion between two scalars.
    enum Assertion: Sendable, Hashable {
        case start, end, wordBoundary, noWordBoundary
    }

    /// One scalar of a set; of an empty set: nothing matches.
    case scalar(ScalarSet)
    case assertion(Assertion)
    /// One after the other; an empty list matches the empty text.
    case sequence([PatternSyntax])
    /// One of several, never none.
    case choice([PatternSyntax])
    case repetition(PatternSyntax, minimum: Int, maximum: Int?)

    static let empty = PatternSyntax.sequence([])

    /// The direct parts.
    var children: [PatternSyntax] {
        switch self {
        case .scalar, .assertion: []
        case .sequence(let parts), .choice(let parts): parts
        case .repetition(let part, _, _): [part]
        }
    }

    func contains(_ assertion: Assertion) -> Bool {
        if case .assertion(let own) = self { return own == assertion }
        return children.contains { $0.contains(assertion) }
    }
}
