// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Pattern {
    /// The states of both automata together that `contains` looks at.
    static let inclusionBudget = 50_000

    /// Whether every text that `other` matches is matched by this pattern as well.
    ///
    /// Decided by walking both automata at once, to a bound of states and of time; `yes` and `no` are proofs, and a
    /// witness has been put to both patterns.
    public func contains(_ other: Pattern) -> Inclusion { contains(other, budget: Self.inclusionBudget) }

    func contains(_ other: Pattern, budget: Int) -> Inclusion {
        var search = PatternSearch(wanted: other.program, unwanted: program, budget: budget)
        switch search.run() {
        case .none: return .yes
        case .exhausted: return .unknown(reason: "no answer was found within \(budget) states")
        case .found(let witness):
            guard other.matches(witness), !matches(witness) else {
                return .unknown(reason: "the text that was found does not tell the patterns apart")
            }
            return .no(witness: witness)
        }
    }

    /// A text that does not match, one of the shortest.
    ///
    /// Nil if every text matches, and for a pattern so large that none is found in time; asking whether this pattern
    /// contains the empty one tells the two apart.
    public func counterexample() -> String? {
        var search = PatternSearch(wanted: nil, unwanted: program, budget: Self.inclusionBudget)
        guard case .found(let text) = search.run(), !matches(text) else { return nil }
        return text
    }
}
