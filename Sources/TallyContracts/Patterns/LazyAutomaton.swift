// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The deterministic automaton of a pattern, built state by state as texts ask for it, up to a bound.
///
/// After Aho, Sethi, Ullman, "Compilers", section 3.7 (lazy transition evaluation). A state is the place of its row
/// in the table; negative numbers are states from which no transition leads on.
struct LazyAutomaton: Sendable {
    /// Not yet known.
    static let unknown: Int32 = -1
    /// The text matches, whatever follows.
    static let matched: Int32 = -2
    /// The text does not match, whatever follows.
    static let dead: Int32 = -3
    /// The state is known, but there is no room to keep it.
    static let full: Int32 = -4

    let alphabet: ScalarAlphabet
    /// The state before the first scalar.
    let initial: Int32
    /// Row after row: the next state for each class of scalars, then for the end of the text.
    private(set) var transitions: [Int32] = []
    private var stepper: PatternStepper
    private var states: [PatternState] = []
    private var rows: [PatternState: Int32] = [:]
    private let mostStates: Int
    /// The places all states may hold together, which bounds the memory of large automata.
    private var room: Int

    /// Room for `mostStates` states, fewer if they are large.
    init(_ program: PatternProgram, over alphabet: ScalarAlphabet, mostStates: Int, mostEntries: Int = 1 << 20) {
        self.alphabet = alphabet
        self.mostStates = max(1, min(mostStates, mostEntries / (alphabet.count + 1)))
        room = mostEntries
        stepper = PatternStepper(program)
        let (state, outcome) = stepper.start()
        switch outcome {
        case .matched: initial = Self.matched
        case .dead: initial = Self.dead
        case .open:
            initial = 0
            states = [state]
            transitions = Array(repeating: Self.unknown, count: alphabet.count + 1)
            var key = state
            key.nodes.sort()
            rows[key] = 0
        }
    }

    /// The number of entries of a row; the last one is for the end of the text.
    var stride: Int { alphabet.count + 1 }

    /// The nodes that were looked at so far, a measure of time.
    var effort: Int { stepper.effort }

    private func state(at row: Int32) -> PatternState { states[Int(row) / stride] }

    /// The state after a class of scalars, or after the end: `matched` or `dead`.
    mutating func next(_ row: Int32, _ symbol: Int) -> Int32 {
        let known = transitions[Int(row) + symbol]
        return known == Self.unknown ? find(row, symbol) : known
    }

    /// Whether a text matches whose first bytes led to a row; nothing is kept.
    mutating func simulate(from row: Int32, over bytes: Span<UInt8>, at start: Int) -> Bool {
        var state = state(at: row)
        var position = start
        while position < bytes.count {
            let scalar = DecodedScalar(bytes, at: position)
            switch stepper.advance(&state, over: scalar.value) {
            case .matched: return true
            case .dead: return false
            case .open: position += scalar.length
            }
        }
        return stepper.isMatchAtEnd(state)
    }

    private mutating func find(_ row: Int32, _ symbol: Int) -> Int32 {
        var state = state(at: row)
        let found: Int32
        if symbol == alphabet.count {
            found = stepper.isMatchAtEnd(state) ? Self.matched : Self.dead
        } else {
            switch stepper.advance(&state, over: alphabet.representatives[symbol]) {
            case .matched: found = Self.matched
            case .dead: found = Self.dead
            case .open: found = keep(state)
            }
        }
        if found != Self.full { transitions[Int(row) + symbol] = found }
        return found
    }

    private mutating func keep(_ state: PatternState) -> Int32 {
        var state = state
        state.nodes.sort()
        if let row = rows[state] { return row }
        if states.count == mostStates || room < state.nodes.count { return Self.full }
        room -= state.nodes.count
        let row = Int32(states.count * stride)
        states.append(state)
        rows[state] = row
        transitions.append(contentsOf: repeatElement(Self.unknown, count: stride))
        return row
    }
}
