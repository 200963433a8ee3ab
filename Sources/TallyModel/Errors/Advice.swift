// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A text for people that may name next steps; each door spells the steps in the words of those who read there.
///
/// ```swift
/// let advice: Advice = "run `\(.materialize(["weather"], full: true))` once"
/// advice.text(for: .commandLine)  // "run `tally materialize weather --full` once"
/// advice.text(for: .python)  // #"run `store.materialize("weather", full=True)` once"#
/// ```
///
/// The text keeps its own marks: what stands around a step stands around its spelling.
public struct Advice: Sendable, Hashable {
    /// A piece of the text.
    public enum Part: Sendable, Hashable {
        /// Words that are the same at every door.
        case words(String)
        /// A step, which each door spells.
        case step(NextStep)
    }

    /// The pieces in their order; two pieces of words never lie side by side, and none is empty.
    public private(set) var parts: [Part] = []

    /// Makes advice of words alone.
    public init(_ words: String) { append(words) }

    /// Returns the text as an audience reads it.
    public func text(for audience: Audience) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .words(let words): text += words
            case .step(let step): text += step.spelled(for: audience)
            }
        }
    }

    /// Returns the same advice with other words; the steps stay.
    public func mappingWords(_ transform: (String) -> String) -> Advice {
        var advice: Advice = ""
        for part in parts {
            switch part {
            case .words(let words): advice.append(transform(words))
            case .step: advice.parts.append(part)
            }
        }
        return advice
    }

    /// Joins two texts.
    public static func + (left: Advice, right: Advice) -> Advice {
        var advice = left
        advice.append(right)
        return advice
    }

    fileprivate mutating func append(_ words: String) {
        guard !words.isEmpty else { return }
        if case .words(let before) = parts.last {
            parts[parts.count - 1] = .words(before + words)
        } else {
            parts.append(.words(words))
        }
    }

    fileprivate mutating func append(_ step: NextStep) { parts.append(.step(step)) }

    fileprivate mutating func append(_ other: Advice) {
        for part in other.parts {
            switch part {
            case .words(let words): append(words)
            case .step(let step): append(step)
            }
        }
    }
}

extension Advice: ExpressibleByStringInterpolation {
    /// The pieces of a literal as the compiler gives them.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var advice = Advice("")

        /// Begins a text.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds words of the literal.
        public mutating func appendLiteral(_ words: String) { advice.append(words) }

        /// Adds a step.
        public mutating func appendInterpolation(_ step: NextStep) { advice.append(step) }

        /// Adds a text with its steps.
        public mutating func appendInterpolation(_ other: Advice) { advice.append(other) }

        /// Adds a value in its own words.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            advice.append(value.description)
        }
    }

    /// Makes advice of a literal without steps.
    public init(stringLiteral words: String) { append(words) }

    /// Makes advice of a literal with steps.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.advice }
}

extension Advice: CustomStringConvertible {
    /// The text in the words of the command line: what logs, records and a terminal show.
    public var description: String { text(for: .commandLine) }
}
