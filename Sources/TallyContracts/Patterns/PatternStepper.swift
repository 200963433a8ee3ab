// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// All places of an automaton at once, between two scalars of a text.
struct PatternState: Sendable, Hashable {
    /// The facts about the scalar before, as far as an assertion may still need them.
    enum Before: UInt8, Sendable, Hashable {
        /// There is none.
        case start
        case word
        /// Neither of the kinds of `\w`, or not needed.
        case other
    }

    /// Nodes that read a scalar and assertions that ask for the next one; no node twice.
    var nodes: [Int32]
    var before: Before
}

/// Simulates an automaton over scalars: time grows with the length of the text times the number of nodes.
///
/// `^` is decided when it is reached; `$`, `\b` and `\B` wait in the state until the next scalar or the end is known.
struct PatternStepper: Sendable {
    /// The outcome of a step.
    enum Outcome: Sendable {
        /// It depends on what follows.
        case open
        /// The text matches, whatever follows.
        case matched
        /// The text does not match, whatever follows.
        case dead
    }

    let program: PatternProgram
    /// The nodes that were looked at so far, a measure of time.
    private(set) var effort = 0

    private var stamps: [UInt32]
    private var generation: UInt32 = 0
    private var pending: [Int32] = []
    private var reached: [Int32] = []
    private var hasMatched = false
    private var hasAssertions = false

    init(_ program: PatternProgram) {
        self.program = program
        stamps = Array(repeating: 0, count: program.nodes.count)
    }

    /// The state before the first scalar.
    mutating func start() -> (state: PatternState, outcome: Outcome) {
        begin()
        follow(program.start, isAtStart: true)
        return (PatternState(nodes: reached, before: hasAssertions ? .start : .other), outcome)
    }

    /// Reads one scalar; a state that has matched or is dead is not to be used further.
    mutating func advance(_ state: inout PatternState, over value: UInt32) -> Outcome {
        decideAssertions(of: &state, next: value)
        if hasMatched { return .matched }
        begin()
        effort += state.nodes.count
        for node in state.nodes {
            if case .scalar(let set, let next) = program.nodes[Int(node)], program.sets[Int(set)].contains(value) {
                follow(next, isAtStart: false)
            }
        }
        // A match may start anywhere.
        follow(program.start, isAtStart: false)
        swap(&state.nodes, &reached)
        state.before = hasAssertions && ScalarSet.isWord(value) ? .word : .other
        return hasMatched ? .matched : state.nodes.isEmpty ? .dead : .open
    }

    /// Whether the text matches if it ends here.
    mutating func isMatchAtEnd(_ state: PatternState) -> Bool {
        var state = state
        decideAssertions(of: &state, next: nil)
        return hasMatched
    }

    private var outcome: Outcome { hasMatched ? .matched : reached.isEmpty ? .dead : .open }

    private mutating func begin() {
        if generation == .max {
            for index in stamps.indices { stamps[index] = 0 }
            generation = 0
        }
        generation += 1
        reached.removeAll(keepingCapacity: true)
        hasMatched = false
        hasAssertions = false
    }

    /// Adds what the assertions of a state lead to, now that the next scalar (nil: the end) is known.
    private mutating func decideAssertions(of state: inout PatternState, next value: UInt32?) {
        begin()
        guard state.nodes.contains(where: isAssertion) else { return }
        for node in state.nodes { stamps[Int(node)] = generation }
        swap(&state.nodes, &reached)
        let wasWord = state.before == .word
        let isBoundary = wasWord != (value.map(ScalarSet.isWord) ?? false)
        var index = 0
        while index < reached.count, !hasMatched {
            if case .assertion(let assertion, let next) = program.nodes[Int(reached[index])] {
                let holds =
                    switch assertion {
                    case .start: false
                    case .end: value == nil
                    case .wordBoundary: isBoundary
                    case .noWordBoundary: !isBoundary
                    }
                if holds { follow(next, isAtStart: state.before == .start) }
            }
            index += 1
        }
        swap(&state.nodes, &reached)
    }

    private func isAssertion(_ node: Int32) -> Bool {
        if case .assertion = program.nodes[Int(node)] { true } else { false }
    }

    /// Adds a node, or what is reached from it without reading.
    private mutating func follow(_ node: Int32, isAtStart: Bool) {
        pending.append(node)
        while let node = pending.popLast() {
            if stamps[Int(node)] == generation { continue }
            stamps[Int(node)] = generation
            effort += 1
            switch program.nodes[Int(node)] {
            case .match: hasMatched = true
            case .fork(let one, let other):
                pending.append(other)
                pending.append(one)
            case .assertion(.start, let next):
                if isAtStart { pending.append(next) }
            case .assertion:
                hasAssertions = true
                reached.append(node)
            case .scalar: reached.append(node)
            }
        }
    }
}
