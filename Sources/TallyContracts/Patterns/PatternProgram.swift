// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A pattern as a nondeterministic automaton, after Thompson, "Regular expression search algorithm", CACM 11(6), 1968.
struct PatternProgram: Sendable {
    /// The most nodes that a pattern may expand to.
    static let mostNodes = 30_000

    enum Node: Sendable, Hashable {
        /// Reads a scalar of `sets[set]`.
        case scalar(set: Int32, next: Int32)
        /// Continues at both without reading.
        case fork(Int32, Int32)
        /// Continues without reading, where the assertion holds.
        case assertion(PatternSyntax.Assertion, next: Int32)
        /// Node 0: a match ends here.
        case match
    }

    let nodes: [Node]
    let sets: [ScalarSet]
    let start: Int32
    /// Whether the automaton asks which of the scalars around a place are of `\w`.
    let asksForWords: Bool

    /// The automaton of a tree; refuses one whose repetitions multiply beyond `mostNodes`.
    init(_ syntax: PatternSyntax, length: Int) throws(PatternProblem) {
        var builder = Builder()
        guard let start = builder.entry(of: syntax, before: 0) else {
            throw PatternProblem(
                "the repetitions of the pattern multiply to more than \(Self.mostNodes) steps", at: 0..<length,
                help: "lower the counts; 'minLength' and 'maxLength' bound the length of a text")
        }
        nodes = builder.nodes
        sets = builder.sets
        self.start = start
        asksForWords = syntax.contains(.wordBoundary) || syntax.contains(.noWordBoundary)
    }

    /// The sets whose members the automaton tells apart.
    var distinctions: [ScalarSet] { asksForWords ? sets + [.word] : sets }
}

extension PatternProgram {
    /// Builds from the end to the start, so that each part knows what follows it.
    private struct Builder {
        var nodes: [Node] = [.match]
        var sets: [ScalarSet] = []
        private var numbers: [ScalarSet: Int32] = [:]
        private var visits = 0

        private mutating func add(_ node: Node) -> Int32 {
            nodes.append(node)
            return Int32(nodes.count - 1)
        }

        /// The node at which the tree is entered if `next` follows it; nil when there are too many.
        mutating func entry(of syntax: PatternSyntax, before next: Int32) -> Int32? {
            // Visits are counted, not nodes: repeating nothing a thousand times takes time, but no nodes.
            visits += 1
            if visits > PatternProgram.mostNodes { return nil }
            switch syntax {
            case .scalar(let set):
                let number = numbers[set] ?? Int32(sets.count)
                if numbers.updateValue(number, forKey: set) == nil { sets.append(set) }
                return add(.scalar(set: number, next: next))
            case .assertion(let assertion): return add(.assertion(assertion, next: next))
            case .sequence(let parts):
                var next = next
                for part in parts.reversed() {
                    guard let entry = entry(of: part, before: next) else { return nil }
                    next = entry
                }
                return next
            case .choice(let alternatives):
                var entries: [Int32] = []
                for alternative in alternatives {
                    guard let entry = entry(of: alternative, before: next) else { return nil }
                    entries.append(entry)
                }
                return entries.dropLast().reversed().reduce(entries[entries.count - 1]) { add(.fork($1, $0)) }
            case .repetition(let part, let minimum, let maximum):
                return entry(repeating: part, minimum, maximum, before: next)
            }
        }

        private mutating func entry(
            repeating part: PatternSyntax, _ minimum: Int, _ maximum: Int?, before end: Int32
        ) -> Int32? {
            var next = end
            if let maximum {
                for _ in minimum..<maximum {
                    guard let entry = entry(of: part, before: next) else { return nil }
                    next = add(.fork(entry, end))
                }
            } else {
                let loop = add(.fork(end, end))
                guard let entry = entry(of: part, before: loop) else { return nil }
                nodes[Int(loop)] = .fork(entry, end)
                next = loop
            }
            for _ in 0..<minimum {
                guard let entry = entry(of: part, before: next) else { return nil }
                next = entry
            }
            return next
        }
    }
}
