// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting

/// A pattern made at random, with its text and a matcher of its own, which tries one way after the other.
indirect enum RandomPattern {
    case scalar(Unicode.Scalar)
    /// As written, and what is in it.
    case set(String, @Sendable (Unicode.Scalar) -> Bool)
    case start, end, boundary, noBoundary
    case sequence([RandomPattern])
    case choice([RandomPattern])
    case repetition(RandomPattern, Int, Int?, isLazy: Bool)

    static let letters: [Unicode.Scalar] = ["a", "b", "_", " ", "\n", "é", "😀", "0"]

    static let sets: [(String, @Sendable (Unicode.Scalar) -> Bool)] = [
        (".", { $0 != "\n" }), ("\\w", isWord), ("\\W", { !isWord($0) }), ("\\s", { $0 == " " || $0 == "\n" }),
        ("\\S", { $0 != " " && $0 != "\n" }), ("\\d", { $0 == "0" }), ("\\D", { $0 != "0" }), ("[^a]", { $0 != "a" }),
        ("[ab]", { $0 == "a" || $0 == "b" }), ("[a-\\u{FF}]", { ("a"..."\u{FF}").contains($0) }),
        ("[^\\w\\n]", { !isWord($0) && $0 != "\n" }), ("[]", { _ in false }), ("[^]", { _ in true }),
        ("[\\x30b\\uD83D\\uDE00]", { $0 == "0" || $0 == "b" || $0 == "😀" }),
    ]

    @Sendable static func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && scalar != " " && scalar != "\n" }

    /// A pattern of about `size` parts.
    init(size: Int, with generator: inout SeededGenerator) {
        switch size <= 1 ? generator.below(5) : 5 + generator.below(6) {
        case 0, 1: self = .scalar(generator.pick(Self.letters))
        case 2, 3:
            let (text, contains) = generator.pick(Self.sets)
            self = .set(text, contains)
        case 4: self = [.start, .end, .boundary, .noBoundary][generator.below(4)]
        case 5, 6, 7:
            let left = 1 + generator.below(size - 1)
            self = .sequence([
                RandomPattern(size: left, with: &generator), RandomPattern(size: size - left, with: &generator),
            ])
        case 8:
            let left = generator.below(size)
            let other = RandomPattern(size: size - left, with: &generator)
            self = .choice([left == 0 ? .sequence([]) : RandomPattern(size: left, with: &generator), other])
        default:
            let minimum = generator.below(3)
            let maximum = generator.below(2) == 0 ? nil : minimum + generator.below(3)
            self = .repetition(
                RandomPattern(size: size - 1, with: &generator), minimum, maximum, isLazy: generator.below(4) == 0)
        }
    }

    static func text(upTo length: Int, with generator: inout SeededGenerator) -> String {
        var view = String.UnicodeScalarView()
        for _ in 0..<generator.below(length + 1) { view.append(generator.pick(letters)) }
        return String(view)
    }

    var text: String {
        switch self {
        case .scalar(let scalar): String(scalar)
        case .set(let text, _): text
        case .start: "^"
        case .end: "$"
        case .boundary: "\\b"
        case .noBoundary: "\\B"
        case .sequence(let parts): parts.map(\.text).joined()
        case .choice(let parts): "(?:" + parts.map(\.text).joined(separator: "|") + ")"
        case .repetition(let part, let minimum, let maximum, let isLazy):
            "(" + part.text + ")" + counts(minimum, maximum) + (isLazy ? "?" : "")
        }
    }

    private func counts(_ minimum: Int, _ maximum: Int?) -> String {
        switch (minimum, maximum) {
        case (0, nil): "*"
        case (1, nil): "+"
        case (0, 1): "?"
        case (_, nil): "{\(minimum),}"
        case (_, let maximum?): "{\(minimum),\(maximum)}"
        }
    }

    /// Whether there is a match anywhere in a text; nil if that takes too many steps.
    func matches(_ text: String) -> Bool? {
        let oracle = Backtracking(Array(text.unicodeScalars))
        for start in 0...oracle.scalars.count where oracle.goesOn(after: self, from: start, { _ in true }) {
            return true
        }
        return oracle.steps > Backtracking.mostSteps ? nil : false
    }
}

/// Matches as ECMA-262, section 22.2.2 (Pattern Semantics) spells it out: each part calls what follows it.
final class Backtracking {
    static let mostSteps = 20_000

    let scalars: [Unicode.Scalar]
    private(set) var steps = 0

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    func goesOn(after pattern: RandomPattern, from place: Int, _ rest: (Int) -> Bool) -> Bool {
        steps += 1
        if steps > Self.mostSteps { return false }
        switch pattern {
        case .scalar(let scalar): return place < scalars.count && scalars[place] == scalar && rest(place + 1)
        case .set(_, let contains): return place < scalars.count && contains(scalars[place]) && rest(place + 1)
        case .start: return place == 0 && rest(place)
        case .end: return place == scalars.count && rest(place)
        case .boundary: return isWord(place - 1) != isWord(place) && rest(place)
        case .noBoundary: return isWord(place - 1) == isWord(place) && rest(place)
        case .sequence(let parts):
            guard let first = parts.first else { return rest(place) }
            return goesOn(after: first, from: place) {
                self.goesOn(after: .sequence(Array(parts.dropFirst())), from: $0, rest)
            }
        case .choice(let parts): return parts.contains { goesOn(after: $0, from: place, rest) }
        case .repetition(let part, let minimum, let maximum, _):
            return goesOn(repeating: part, minimum, maximum, from: place, rest)
        }
    }

    /// RepeatMatcher: a turn beyond the minimum that reads nothing does not count.
    private func goesOn(
        repeating part: RandomPattern, _ minimum: Int, _ maximum: Int?, from place: Int, _ rest: (Int) -> Bool
    ) -> Bool {
        if maximum == 0 { return rest(place) }
        let isMatched = goesOn(after: part, from: place) { end in
            if minimum == 0, end == place { return false }
            return self.goesOn(repeating: part, max(minimum - 1, 0), maximum.map { $0 - 1 }, from: end, rest)
        }
        return isMatched || (minimum == 0 && rest(place))
    }

    private func isWord(_ place: Int) -> Bool {
        scalars.indices.contains(place) && RandomPattern.isWord(scalars[place])
    }
}
