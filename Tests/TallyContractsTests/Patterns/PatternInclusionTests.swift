// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

@testable import TallyContracts

/// Whether one pattern takes all that another takes.
@Suite struct PatternInclusionTests {
    @Test(arguments: [
        ("a", "ab"), ("", "x"), ("^[a-z]+$", "^[a-f]{2,5}$"), ("^a*$", "^(aa)*$"), ("^(a|b)*$", "^(a*b*)*$"),
        ("^\\w+$", "^[A-Za-z0-9]+$"), ("\\bfoo\\b", "^foo$"), ("foo", "\\bfoo\\b"), ("x", "a^"),
        (
            "^\\d{4}-\\d\\d$",
            "^(19|20)\\d{2}-(0[1-9]|1[0-2])$"
        ),
        ("^.{0,10}$", "^[a-z]{10}$"), ("\\B", "\\Ba\\B"), ("^[^]*$", "a"), ("a$|b", "a$"), ("^(?:)$", "^$"),
        ("^.{1,1000}$", "^.{1,999}$"),
    ])
    func `a wider pattern takes all that a narrower one takes`(wide: String, narrow: String) throws {
        #expect(try Pattern(wide).contains(Pattern(narrow)) == .yes)
    }

    @Test(arguments: [
        ("ab", "a", "a"), ("x", "", ""), ("^[a-f]{2,5}$", "^[a-z]+$", "a"), ("^(aa)*$", "^a*$", "a"),
        ("^foo$", "\\bfoo\\b", "foo!"), ("\\bfoo\\b", "foo", "afoo"), ("^.*$", "^[^]*$", "\n"),
        ("^[A-Za-z]+$", "^\\w+$", "0"), ("^\\d+$", "^\\d*$", ""), ("^[\\x00-\\x7F]*$", "^[^]*$", "ß"),
        ("^.{1,999}$", "^.{1,1000}$", String(repeating: "a", count: 1_000)), ("a^", "b", "b"),
        ("^[A-Z]{2}$", "^[A-Z]{2,3}$", "AAA"), ("^\\S+$", "^\\S( \\S)?$", "a a"),
    ])
    func `a text tells two patterns apart`(narrow: String, wide: String, witness: String) throws {
        #expect(try Pattern(narrow).contains(Pattern(wide)) == .no(witness: witness))
    }

    @Test func `patterns that are too large are not decided`() throws {
        let (one, other) = (try Pattern("a[ab]{30}b"), try Pattern("a[ab]{30}b[ab]"))
        guard case .unknown = one.contains(other, budget: 2_000) else {
            Issue.record("a bound of 2,000 states is not kept")
            return
        }
        #expect(
            try Pattern("a.{25}$").contains(Pattern("b.{25}$"), budget: 40)
                == .unknown(
                    reason: "no answer was found within 40 states"))
    }

    @Test(
        arguments: [
            ("a^", nil, ""), ("$x", nil, ""), ("[]", nil, ""), ("\\b\\B", nil, ""), ("a\\bb", nil, ""), ("", "", nil),
            ("a*", "", nil), ("abc", "abc", ""), ("^\\d{3}-[A-Z]+$", "000-A", ""), ("\\b", "a", ""), ("\\B", "", "a"),
            ("^[^]$", "a", ""), (" \\B$", " ", ""), ("a\\b[^]", "a!", ""), ("[\\u0000-\\u001F]", "\u{0}", ""),
            ("^$|^[^a]|^a[^]", "", "a"), ("[^\\w\\s]", "!", ""), ("\\B$", "", "a"),
        ] as [(String, String?, String?)])
    func `examples are short and can be read`(pattern: String, example: String?, counterexample: String?) throws {
        let pattern = try Pattern(pattern)
        #expect(pattern.example() == example)
        #expect(pattern.isImpossible == (example == nil))
        #expect(pattern.counterexample() == counterexample)
    }

    @Test func `answers agree with all short texts`() throws {
        var generator = SeededGenerator(seed: 43)
        let texts = Self.texts(over: ["a", "b", " ", "é"], upTo: 4)
        var counts = [true: 0, false: 0]
        for _ in 0..<400 {
            let one = RandomPattern(size: 1 + generator.below(6), with: &generator).text
            let other = RandomPattern(size: 1 + generator.below(6), with: &generator).text
            let (left, right) = (try Pattern(one), try Pattern(other))
            let answer = left.contains(right)
            counts[answer == .yes, default: 0] += 1
            var (first, second) = (left.matcher(), right.matcher())
            switch answer {
            case .yes:
                for text in texts where second.matches(text) && !first.matches(text) {
                    Issue.record("\(one) \(other) \(text)")
                }
            case .no(let witness):
                let found = [second.matches(witness), first.matches(witness)]
                #expect(found == [true, false], "\(one) \(other) \(witness)")
                for text in texts.prefix(while: { $0.unicodeScalars.count < witness.unicodeScalars.count })
                where second.matches(text) && !first.matches(text) {
                    Issue.record("\(one) \(other) \(text) is shorter than \(witness)")
                }
            case .unknown(let reason): Issue.record("\(one) \(other): \(reason)")
            }
        }
        #expect(counts[true, default: 0] > 50 && counts[false, default: 0] > 50, "\(counts)")
    }

    @Test func `a pattern contains itself and its part of a choice`() throws {
        var generator = SeededGenerator(seed: 44)
        for _ in 0..<200 {
            let one = RandomPattern(size: 1 + generator.below(7), with: &generator).text
            let other = RandomPattern(size: 1 + generator.below(7), with: &generator).text
            let (part, choice) = (try Pattern(one), try Pattern("(?:\(one))|(?:\(other))"))
            #expect(part.contains(part) == .yes, "\(one)")
            #expect(choice.contains(part) == .yes, "\(choice.text)")
        }
    }

    /// All texts over an alphabet, the shorter ones first.
    static func texts(over letters: [String], upTo length: Int) -> [String] {
        var all = [""]
        var last = [""]
        for _ in 0..<length {
            last = last.flatMap { text in letters.map { text + $0 } }
            all += last
        }
        return all
    }
}
