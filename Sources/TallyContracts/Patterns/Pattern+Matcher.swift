// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Pattern {
    /// Matches texts one after the other, and remembers what it has learned of the pattern.
    ///
    /// A scan makes one matcher and keeps it: the first texts build the transitions that later ones only look up.
    /// Time grows with the length of a text, whatever the pattern; memory is bounded. A copy learns on its own.
    public struct Matcher: Sendable {
        private var automaton: LazyAutomaton

        init(_ program: PatternProgram, over alphabet: ScalarAlphabet, mostStates: Int) {
            automaton = LazyAutomaton(program, over: alphabet, mostStates: mostStates)
        }

        /// Whether there is a match anywhere in a text.
        public mutating func matches(_ text: String) -> Bool { matches(text.utf8.span) }

        /// Whether there is a match anywhere in `bytes[from..<to]`, one text of a column in UTF-8.
        public mutating func matches(_ bytes: [UInt8], from: Int, to: Int) -> Bool {
            precondition(
                0 <= from && from <= to && to <= bytes.count, "no text at \(from) to \(to) of \(bytes.count) bytes")
            return matches(bytes.span.extracting(from..<to))
        }

        /// Whether there is a match anywhere in a text in UTF-8; a byte that belongs to no scalar counts as U+FFFD.
        public mutating func matches(_ bytes: Span<UInt8>) -> Bool {
            var row = automaton.initial
            var position = 0
            while row >= 0, let open = run(over: bytes, &position, &row) {
                // The table has no answer yet: it is made and kept, or the text is simulated for want of room.
                let next = automaton.next(row, open.symbol)
                if next == LazyAutomaton.full { return automaton.simulate(from: row, over: bytes, at: position) }
                row = next
                position += open.length
            }
            return row == LazyAutomaton.matched
        }

        /// Follows the table as far as it has answers; the symbol that it has none for, or nil if all is decided.
        private func run(
            over bytes: Span<UInt8>, _ position: inout Int, _ row: inout Int32
        ) -> (symbol: Int, length: Int)? {
            let transitions = automaton.transitions.span
            let end = automaton.alphabet.count
            var current = Int(row)
            var place = position
            while place < bytes.count {
                let scalar = DecodedScalar(bytes, at: place)
                let symbol = automaton.alphabet.symbol(of: scalar.value)
                let next = transitions[current + symbol]
                if next < 0 {
                    position = place
                    row = next == LazyAutomaton.unknown ? Int32(current) : next
                    return next == LazyAutomaton.unknown ? (symbol, scalar.length) : nil
                }
                current = Int(next)
                place += scalar.length
            }
            let last = transitions[current + end]
            position = place
            row = last == LazyAutomaton.unknown ? Int32(current) : last
            return last == LazyAutomaton.unknown ? (end, 0) : nil
        }
    }
}
