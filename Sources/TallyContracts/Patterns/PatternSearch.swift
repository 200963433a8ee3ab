// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Searches for a shortest text that one automaton matches and another does not, breadth first.
///
/// Walks the pairs of states of both deterministic automata over the coarsest alphabet that serves both.
struct PatternSearch {
    enum Answer: Sendable, Hashable {
        case none
        case found(String)
        /// There were too many states, or they were too large.
        case exhausted
    }

    /// The nodes and the transitions that may be looked at: a few seconds at most.
    private static let mostEffort = 20_000_000
    private static let mostEntries = 1 << 22

    private struct Pair: Hashable {
        var wanted: Int32
        var unwanted: Int32
    }

    /// A pair that was reached, and how.
    private struct Visit {
        let pair: Pair
        let parent: Int
        let symbol: Int
    }

    private let alphabet: ScalarAlphabet
    private let order: [Int]
    private let budget: Int
    private var wanted: Side
    private var unwanted: Side
    private var visits: [Visit] = []
    private var seen: Set<Pair> = []

    /// Nil is wanted: any text; nil is unwanted: none is excluded.
    init(wanted: PatternProgram?, unwanted: PatternProgram?, budget: Int) {
        alphabet = ScalarAlphabet(separating: (wanted?.distinctions ?? []) + (unwanted?.distinctions ?? []))
        order = alphabet.readingOrder
        self.budget = budget
        self.wanted = Side(wanted, over: alphabet, budget, otherwise: LazyAutomaton.matched)
        self.unwanted = Side(unwanted, over: alphabet, budget, otherwise: LazyAutomaton.dead)
    }

    mutating func run() -> Answer {
        visit(Pair(wanted: wanted.initial, unwanted: unwanted.initial), from: 0, by: 0)
        var index = 0
        while index < visits.count {
            let pair = visits[index].pair
            if wanted.matchesAtEnd(pair.wanted), !unwanted.matchesAtEnd(pair.unwanted) {
                return .found(text(to: index))
            }
            for symbol in order {
                let next = Pair(
                    wanted: wanted.next(pair.wanted, symbol), unwanted: unwanted.next(pair.unwanted, symbol))
                if next.wanted == LazyAutomaton.full || next.unwanted == LazyAutomaton.full { return .exhausted }
                visit(next, from: index, by: symbol)
            }
            index += 1
            let effort = wanted.effort + unwanted.effort + index * order.count
            if visits.count > budget || effort > Self.mostEffort { return .exhausted }
        }
        return .none
    }

    /// Keeps a pair that is new and from which a text may still be found.
    private mutating func visit(_ pair: Pair, from parent: Int, by symbol: Int) {
        if pair.wanted == LazyAutomaton.dead || pair.unwanted == LazyAutomaton.matched { return }
        if seen.insert(pair).inserted { visits.append(Visit(pair: pair, parent: parent, symbol: symbol)) }
    }

    private func text(to index: Int) -> String {
        var values: [UInt32] = []
        var index = index
        while index > 0 {
            values.append(alphabet.representatives[visits[index].symbol])
            index = visits[index].parent
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: values.reversed().compactMap(Unicode.Scalar.init))
        return String(view)
    }

    /// One of the two automata; without a pattern, one state for ever.
    private struct Side {
        let initial: Int32
        private var automaton: LazyAutomaton?

        init(_ program: PatternProgram?, over alphabet: ScalarAlphabet, _ budget: Int, otherwise state: Int32) {
            automaton = program.map {
                LazyAutomaton($0, over: alphabet, mostStates: budget, mostEntries: PatternSearch.mostEntries)
            }
            initial = automaton?.initial ?? state
        }

        var effort: Int { automaton?.effort ?? 0 }

        mutating func next(_ row: Int32, _ symbol: Int) -> Int32 {
            row < 0 ? row : automaton?.next(row, symbol) ?? row
        }

        mutating func matchesAtEnd(_ row: Int32) -> Bool {
            if row < 0 { return row == LazyAutomaton.matched }
            guard let end = automaton?.alphabet.count else { return false }
            return automaton?.next(row, end) == LazyAutomaton.matched
        }
    }
}
