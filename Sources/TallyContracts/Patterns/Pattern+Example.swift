// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Pattern {
    /// A text that matches, one of the shortest; nil if none does.
    ///
    /// Always decided: the search goes over the places of the automaton, not over sets of them.
    public func example() -> String? {
        var search = ExampleSearch(program)
        return search.run()
    }

    /// Whether no text at all matches, as for `a^` or `$x`.
    public var isImpossible: Bool { example() == nil }
}

/// Searches for a shortest match breadth first, where constraints on the next scalar are chosen before it is read.
private struct ExampleSearch {
    /// The constraints on the scalar after a position.
    private struct Promise: OptionSet, Hashable {
        let rawValue: UInt8

        static let word = Promise(rawValue: 1)
        /// Neither of `\w`.
        static let other = Promise(rawValue: 2)
        static let end = Promise(rawValue: 4)
        static let any: Promise = [.word, .other, .end]
    }

    /// A state in the making of a text.
    private struct Place: Hashable {
        /// The node; nil before the match has begun.
        var node: Int32?
        var before: PatternState.Before
        var promise: Promise
    }

    private struct Visit {
        let place: Place
        let parent: Int
        /// The scalar that was read on the way here.
        let value: UInt32?
    }

    private let program: PatternProgram
    /// A readable scalar of `\w` and one that is not, of each set.
    private let choices: [(word: UInt32?, other: UInt32?)]
    private let anything = Self.choices(in: .all)
    private var visits: [Visit] = []
    private var seen: Set<Place> = []
    /// Visits whose texts are one scalar longer than those of the visits being looked at.
    private var later: [Visit] = []

    init(_ program: PatternProgram) {
        self.program = program
        choices = program.sets.map(Self.choices(in:))
    }

    private static func choices(in set: ScalarSet) -> (word: UInt32?, other: UInt32?) {
        (set.intersection(.word).mostReadable, set.intersection(.notWord).mostReadable)
    }

    mutating func run() -> String? {
        later = [Visit(place: Place(node: nil, before: .start, promise: .any), parent: -1, value: nil)]
        while !later.isEmpty {
            let layer = later
            later = []
            for visit in layer {
                // Going on without reading stays in the layer, so that texts grow by one scalar from layer to layer.
                var index = visits.count
                keep(visit)
                while index < visits.count {
                    if let text = expand(index) { return text }
                    index += 1
                }
            }
        }
        return nil
    }

    private mutating func keep(_ visit: Visit) {
        if !visit.place.promise.isEmpty, seen.insert(visit.place).inserted { visits.append(visit) }
    }

    /// Adds what follows a visit; a text if the match is complete.
    private mutating func expand(_ index: Int) -> String? {
        let place = visits[index].place
        guard let node = place.node else {
            go(to: program.start, from: index, place.promise)
            read(anything, from: index, to: nil)
            return nil
        }
        switch program.nodes[Int(node)] {
        case .match:
            if place.promise.contains(.end) { return text(to: index) }
            // The promised scalar is owed still.
            read(anything, from: index, to: node)
        case .fork(let one, let other):
            go(to: one, from: index, place.promise)
            go(to: other, from: index, place.promise)
        case .scalar(let set, let next): read(choices[Int(set)], from: index, to: next)
        case .assertion(let assertion, let next):
            let wasWord = place.before == .word
            let holding: Promise =
                switch assertion {
                case .start: place.before == .start ? .any : []
                case .end: .end
                case .wordBoundary: wasWord ? [.other, .end] : .word
                case .noWordBoundary: wasWord ? .word : [.other, .end]
                }
            go(to: next, from: index, place.promise.intersection(holding))
        }
        return nil
    }

    private mutating func go(to node: Int32, from index: Int, _ promise: Promise) {
        keep(
            Visit(
                place: Place(node: node, before: visits[index].place.before, promise: promise), parent: index,
                value: nil))
    }

    private mutating func read(_ choice: (word: UInt32?, other: UInt32?), from index: Int, to node: Int32?) {
        let promise = visits[index].place.promise
        if promise.contains(.word), let value = choice.word {
            later.append(
                Visit(place: Place(node: node, before: .word, promise: .any), parent: index, value: value))
        }
        if promise.contains(.other), let value = choice.other {
            later.append(
                Visit(place: Place(node: node, before: .other, promise: .any), parent: index, value: value))
        }
    }

    private func text(to index: Int) -> String {
        var values: [UInt32] = []
        var index = index
        while index >= 0 {
            if let value = visits[index].value { values.append(value) }
            index = visits[index].parent
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: values.reversed().compactMap(Unicode.Scalar.init))
        return String(view)
    }
}
