// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A regular expression as contracts write it: the regular part of ECMA-262 in Unicode mode, as in JSON Schema.
///
/// ```swift
/// let pattern = try Pattern("^[A-Z]{2}[0-9]{4}$")
/// pattern.matches("DE1234")  // true
/// ```
///
/// Read are literals, `.`, classes, the escapes `\d \D \w \W \s \S \t \n \r \f \v \0 \cX \xHH \uHHHH \u{H…}` and
/// escaped punctuation, groups, `|`, `* + ? {n} {n,} {n,m}` (also lazy), `^ $ \b \B`. Look-around and references to
/// groups are refused, since no automaton decides them; so are `\p{…}` and the flags of a group.
///
/// A text matches if there is a match anywhere in it. Matching is over Unicode scalars and depends on case; `\d` and
/// `\w` are ASCII, `.` is all but `\n \r U+2028 U+2029`, and `^` and `$` are the ends of the text only.
/// Two patterns are equal if they are written alike.
public struct Pattern: Sendable {
    /// The pattern as written.
    public let text: String

    let syntax: PatternSyntax
    let program: PatternProgram
    private let alphabet: ScalarAlphabet

    /// Reads a pattern of at most 20,000 characters; throws what is wrong with it and where.
    public init(_ text: String) throws(PatternProblem) {
        self.text = text
        syntax = try PatternParser.parse(text)
        program = try PatternProgram(syntax, length: text.unicodeScalars.count)
        alphabet = ScalarAlphabet(separating: program.distinctions)
    }

    /// Whether there is a match anywhere in a text; for many texts, a matcher is quicker.
    public func matches(_ text: String) -> Bool {
        var matcher = matcher()
        return matcher.matches(text)
    }

    /// A matcher that has learned nothing yet.
    public func matcher() -> Matcher { matcher(keeping: 10_000) }

    /// A matcher that keeps at most so many states and simulates beyond.
    func matcher(keeping mostStates: Int) -> Matcher {
        Matcher(program, over: alphabet, mostStates: mostStates)
    }
}
