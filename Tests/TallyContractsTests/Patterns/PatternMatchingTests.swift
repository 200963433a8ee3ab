// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyContracts

/// Which texts match, and that time stays in proportion to them.
@Suite struct PatternMatchingTests {
    @Test(arguments: [
        ("", ["", "a"], []), ("b", ["b", "abc"], ["", "a"]), ("^ab$", ["ab"], ["", "abc", "xab", "ab\n", "\nab"]),
        ("^$", [""], ["a", "\n"]), ("a|b$", ["a", "ax", "xb"], ["bx", ""]), ("a$b", [], ["ab", "a", "a\nb"]),
        ("a^", [], ["a", ""]), ("(^a|b)c", ["ac", "xbc"], ["xac"]), ("(a|b$)+^", [], ["ab", "b", ""]),
        ("x*", ["", "y"], []), ("^(a*)*$", ["", "aaa"], ["b"]), ("^(a|)+$", ["", "aa"], ["ab"]),
        ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]), ("^(ab){2}$", ["abab"], ["ab", "ababab"]), ("^a{0}$", [""], ["a"]),
        ("^.$", ["a", "é", "😀", "\t"], ["", "\n", "\r", "\u{2028}", "\u{2029}", "e\u{301}", "ab"]),
        ("^\\d+$", ["0123456789"], ["٣", "1a", ""]), ("^\\w+$", ["aZ_9"], ["é", "-", "ſ"]),
        ("^\\s+$", [" \t\n\r\u{B}\u{C}\u{A0}\u{FEFF}\u{2028}\u{3000}"], ["a", "\u{200B}", "\u{85}"]),
        ("^\\S\\D\\W$", ["aa-", "é  "], [" a-", "a1-", "aaa"]), ("^[^a]$", ["b", "\n", "😀"], ["a", ""]),
        ("[]", [], ["", "a"]), ("^[^]$", ["a", "\n", "\u{0}", "\u{10FFFF}"], ["", "ab"]), ("A", ["A"], ["a"]),
        ("\\bab\\b", ["ab", "x ab-", "éabé"], ["abc", "xab", "_ab"]), ("a\\Bb", ["ab"], ["a b", "a"]),
        ("^\\B$", [""], ["a"]), ("\\B", ["", "ab", " ", "éa é"], ["a"]), ("\\b", ["a", " a"], ["", " ", "é"]),
        ("(?:\\b|a)+b", ["b", "ab", "xab", " b"], ["xb", "xxb"]), ("\\b$", ["a", " a"], ["", "a "]),
        ("^(?:\\b^a|b)", ["a", "b"], ["xa", ""]), ("[\\u0400-\\u04FF]", ["д"], ["d"]),
        ("^\\uD83D\\uDE00$", ["😀"], ["?"]),
        ("\\uDE00", [], ["😀", "\u{FFFD}"]), ("^[\\u{1F600}-\\u{1F64F}]{2}$", ["😀🙏"], ["😀", "😀a"]),
        ("\\0", ["\u{0}"], ["0", ""]),
        (
            "^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$", ["DE89370400440532013000"],
            ["DE8937040044053201300O!", "de89370400440532013000"]
        ),
        ("^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$", ["a.b@c.de"], ["a@b@c.de", "a b@c.de", "a@cde", "@c.de"]),
    ])
    func `a text matches if there is a match anywhere in it`(
        pattern: String, matching: [String], other: [String]
    ) throws {
        let pattern = try Pattern(pattern)
        for room in [1, 2, 1_000] {
            var matcher = pattern.matcher(keeping: room)
            for (text, wanted) in matching.map({ ($0, true) }) + other.map({ ($0, false) }) {
                let found = [matcher.matches(text), matcher.matches(text)]
                #expect(found == [wanted, wanted], "\(pattern.text) on '\(text)'")
            }
        }
        for text in matching { #expect(pattern.matches(text)) }
        for text in other { #expect(!pattern.matches(text)) }
    }

    @Test func `texts of a column are matched in place`() throws {
        let texts = ["ab", "", "éab", "abé", "b", "a"]
        var bytes: [UInt8] = []
        var offsets = [0]
        for text in texts {
            bytes += Array(text.utf8)
            offsets.append(bytes.count)
        }
        var matcher = try Pattern("^.?ab$").matcher()
        let found = texts.indices.map { matcher.matches(bytes, from: offsets[$0], to: offsets[$0 + 1]) }
        #expect(found == [true, false, true, false, false, false])
    }

    @Test func `bytes that are no text are replaced, each by itself`() throws {
        var matcher = try Pattern("^a\\uFFFD{3}$").matcher()
        let broken: [[UInt8]] = [
            [0x61, 0x80, 0xBF, 0xFF], [0x61, 0xE2, 0x82, 0x28 | 0x80 | 0x40], [0x61, 0xED, 0xA0, 0x80],
            [0x61, 0xF0, 0x9F, 0x98], [0x61, 0xC0, 0x80, 0xC1], [0x61, 0xE0, 0x80, 0x80],
        ]
        for bytes in broken {
            let isMatch = matcher.matches(bytes, from: 0, to: 4)
            #expect(isMatch, "\(bytes)")
        }
        let whole = matcher.matches([0x61, 0xE2, 0x82, 0xAC], from: 0, to: 4)
        #expect(!whole)
        // The end of the text is the end, even in the middle of a scalar.
        let cut = matcher.matches([0x61, 0xFF, 0xF0, 0x9F, 0x98, 0x80], from: 0, to: 4)
        #expect(cut)
    }

    private static let catastrophes = [
        "(a+)+$", "(a|a)*b", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*c", "(.*a){12}c",
    ]

    @Test(.timeLimit(.minutes(1)), arguments: catastrophes)
    func `no pattern is held up by a long text`(pattern: String) throws {
        let pattern = try Pattern(pattern)
        for letter in ["a", "x"] {
            let text = String(repeating: letter, count: 100_000) + "!"
            #expect(!pattern.matches(text))
        }
    }

    @Test(arguments: catastrophes)
    func `a step looks at no node of the automaton more than twice`(pattern: String) throws {
        let program = try Pattern(pattern).program
        var stepper = PatternStepper(program)
        var state = stepper.start().state
        for count in 1...200 {
            guard case .open = stepper.advance(&state, over: 0x61) else { break }
            #expect(stepper.effort <= (count + 1) * 2 * program.nodes.count)
        }
    }

    @Test func `a matcher without room for its states is right all the same`() throws {
        // 2^13 states tell the last thirteen letters apart.
        let pattern = try Pattern("a[ab]{12}$")
        var small = pattern.matcher(keeping: 50)
        for number in stride(from: 0, to: 1 << 14, by: 37) {
            let text = "bb" + (0..<14).map { number >> $0 & 1 == 1 ? "a" : "b" }.joined()
            let isMatch = small.matches(text)
            #expect(isMatch == (number >> 1 & 1 == 1), "\(text)")
        }
    }
}
