// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyContracts

/// What is read as a pattern, shown as the engine's text of it, and what is refused, where and why.
@Suite struct PatternParsingTests {
    @Test(arguments: [
        ("", "(?:)"), ("abc", "abc"), ("^a$", "\\Aa\\z"), ("a|b|", "(?:a|b|(?:))"), ("(a)(?:b)(?<n>c)", "abc"),
        ("(?<größe_1$>a)", "a"), ("a*?b+?c??", "a*b+c?"),
        (
            "a{2}b{2,}c{2,5}?d{0}e{0,}f{1,}g{0,1}",
            "a{2}b{2,}c{2,5}d{0}e*f+g?"
        ),
        ("(ab)+", "(?:ab)+"), ("(a|b)+", "(?:a|b)+"), ("(a+)+", "(?:a+)+"), ("(^)*", "(?:\\A)*"), ("()+", "(?:(?:))+"),
        ("\\d\\D", "[0-9][^0-9]"), ("\\w", "[0-9A-Z_a-z]"), ("[\\w.-]", "[\\-\\.0-9A-Z_a-z]"),
        ("\\W", "[^0-9A-Z_a-z]"),
        (
            "\\s",
            "[\\x{9}-\\x{D} \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}]"
        ),
        (".", "[^\\x{A}\\x{D}\\x{2028}\\x{2029}]"), ("[^]", "[\\x{0}-\\x{10FFFF}]"), ("[]", "[^\\x{0}-\\x{10FFFF}]"),
        ("\\t\\n\\v\\f\\r\\0\\cJ", "\\x{9}\\x{A}\\x{B}\\x{C}\\x{D}\\x{0}\\x{A}"),
        ("\\x41\\u0042\\u{43}\\u{1F600}\\uD83D\\uDE00", "ABC\\x{1F600}\\x{1F600}"),
        (
            "\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\-\\@",
            "\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\-\\@"
        ),
        ("[a-c]", "[a-c]"), ("[ab]", "[ab]"), ("[a-]", "[\\-a]"), ("[-a]", "[\\-a]"), ("[a-c-e]", "[\\-a-ce]"),
        ("[+--]", "[\\+-\\-]"), ("[\\b]", "\\x{8}"), ("[[]", "\\["), ("[\\]]", "\\]"),
        (
            "[^\\S ]",
            "[\\x{9}-\\x{D}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}]"
        ),
        ("[a.*^$]", "[\\$\\*\\.\\^a]"), ("ä€", "\\x{E4}\\x{20AC}"), ("\\b", "\\b"), ("a\\Bb", "a\\Bb"),
        ("\\uD800", "[^\\x{0}-\\x{10FFFF}]"), ("[\\uD7FE-\\uE001]", "[\\x{D7FE}-\\x{E001}]"),
        ("a,b:c<d>=!-", "a\\,b\\:c\\<d\\>\\=\\!\\-"),
    ])
    func `a pattern is read as it means`(text: String, engineText: String) throws {
        #expect(try Pattern(text).engineText == engineText)
    }

    @Test(arguments: [
        ("a(?=b)", "1..<4 look-ahead '(?=' is not supported"), ("(?!b)", "0..<3 look-ahead '(?!' is not supported"),
        ("x(?<=b)", "1..<5 look-behind '(?<=' is not supported"),
        ("x(?<!b)", "1..<5 look-behind '(?<!' is not supported"),
        ("(a)\\1", "3..<5 '\\1', a reference back to a group, is not supported"),
        ("\\k<n>", "0..<2 '\\k', a reference back to a group, is not supported"),
        ("ä\\p{L}", "1..<3 '\\p', a property of Unicode, is not supported"),
        ("[\\P{L}]", "1..<3 '\\P', a property of Unicode, is not supported"),
        ("a{", "1..<2 '{' starts no count of repetitions"), ("a{,3}", "1..<4 '{' starts no count of repetitions"),
        ("a{x}", "1..<2 '{' starts no count of repetitions"), ("a{2", "1..<3 '{' starts no count of repetitions"),
        ("a{1,2,3}", "1..<5 '{' starts no count of repetitions"), ("{2}", "0..<1 '{' has nothing to repeat"),
        ("a{3,2}", "1..<6 the counts of '{3,2}' are reversed"), ("a{1001}", "1..<7 '{1001}' counts beyond 1000"),
        ("a{0,99999999999999999999}", "1..<25 '{0,99999999999999999999}' counts beyond 1000"),
        ("a}", "1..<2 '}' closes nothing"), ("a]", "1..<2 ']' closes nothing"), ("(a", "0..<1 '(' is not closed"),
        ("a(b(c)", "1..<2 '(' is not closed"), ("a)", "1..<2 ')' closes no group"), ("a[bc", "1..<2 '[' is not closed"),
        ("[a\\]", "0..<1 '[' is not closed"), ("[a-", "0..<1 '[' is not closed"),
        ("*a", "0..<1 '*' has nothing to repeat"),
        ("a|+", "2..<3 '+' has nothing to repeat"), ("(?:?)", "3..<4 '?' has nothing to repeat"),
        ("a**", "2..<3 '*' has nothing to repeat"), ("a++", "2..<3 '+' has nothing to repeat"),
        ("a{2}{3}", "4..<5 '{' has nothing to repeat"), ("^*", "1..<2 '*' has nothing to repeat"),
        ("\\b+", "2..<3 '+' has nothing to repeat"), ("[z-a]", "1..<4 the range 'z-a' is reversed"),
        ("[\\d-z]", "1..<5 the range '\\d-z' has a class at one end"),
        ("[+-\\w]", "1..<5 the range '+-\\w' has a class at one end"), ("\\y", "0..<2 the escape '\\y' is not known"),
        ("\\Aa\\Z", "0..<2 the escape '\\A' is not known"), ("[\\B]", "1..<3 the escape '\\B' is not known"),
        ("[\\1]", "1..<3 the escape '\\1' is not known"), ("\\é", "0..<2 the escape '\\é' is not known"),
        ("a\\", "1..<2 the pattern ends in '\\'"), ("\\07", "0..<3 '\\07' is an octal escape, which is not known"),
        ("\\x4", "0..<3 '\\x4' is not followed by 2 hexadecimal digits"),
        ("\\u12G4", "0..<4 '\\u12' is not followed by 4 hexadecimal digits"),
        ("\\uD83D\\u1", "6..<9 '\\u1' is not followed by 4 hexadecimal digits"),
        ("\\u{}", "0..<3 '\\u{' is not closed by hexadecimal digits and '}'"),
        ("\\u{12", "0..<5 '\\u{12' is not closed by hexadecimal digits and '}'"),
        ("\\u{110000}", "0..<10 '\\u{110000}' is beyond the last character, U+10FFFF"),
        ("\\c1", "0..<2 '\\c' is not followed by a letter"), ("(?i)a", "0..<3 '(?i' starts no group that is known"),
        ("(?P<n>a)", "0..<3 '(?P' starts no group that is known"), ("(?", "0..<2 '(?' starts no group that is known"),
        ("(?<1>a)", "0..<4 the name of a group is not a word that ends in '>'"),
        ("(?<a", "0..<4 the name of a group is not a word that ends in '>'"),
        ("(?<>a)", "0..<4 the name of a group is not a word that ends in '>'"),
        ("((a{1000}){1000})", "0..<17 the repetitions of the pattern multiply to more than 30000 steps"),
        ("((((){1000}){1000}){1000}){1000}", "0..<32 the repetitions of the pattern multiply to more than 30000 steps"),
    ])
    func `what is no pattern is refused at its place`(text: String, problem: String) {
        #expect(Self.problem(of: text) == problem)
    }

    @Test func `long and deep patterns are refused`() {
        let open = String(repeating: "(", count: 500)
        #expect(Self.problem(of: open) == "200..<201 groups are nested more than 200 levels deep")
        #expect(Self.problem(of: String(repeating: "a", count: 20_000)) == nil)
        #expect(
            Self.problem(of: String(repeating: "a", count: 20_001))
                == "0..<20000 the pattern has more than 20000 characters")
    }

    @Test(arguments: [
        ("a(?=b)", "a pattern is matched in one pass; write a second pattern check for the other condition"),
        ("(?P<n>a)", "a named group is written '(?<name>...)'"), ("a\\Z", "write '$' for the end of the text"),
        ("a{3,2}", "write '{2,3}'"), ("a{", "write '{2}', '{2,}' or '{2,5}', or '\\{' for the character"),
    ])
    func `help says what to write`(text: String, help: String) {
        let problem = #expect(throws: PatternProblem.self) { try Pattern(text) }
        #expect(problem?.help == help)
    }

    @Test func `patterns are equal if they are written alike`() throws {
        #expect(try Pattern("a+") == Pattern("a+"))
        #expect(try Pattern("a+") != Pattern("aa*"))
        #expect(try Pattern("\u{E9}") != Pattern("e\u{301}"))
        #expect(try Set([Pattern("a"), Pattern("a"), Pattern("b")]).count == 2)
    }

    private static func problem(of text: String) -> String? {
        do throws(PatternProblem) {
            _ = try Pattern(text)
            return nil
        } catch {
            return "\(error.range) \(error.message)"
        }
    }
}
