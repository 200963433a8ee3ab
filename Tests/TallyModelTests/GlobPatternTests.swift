// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct GlobPatternTests {
    @Test(arguments: [
        ("a.csv", "a.csv", true), ("a.csv", "A.csv", false), ("*.csv", "a.csv", true), ("*.csv", "a/b.csv", false),
        ("*", "abc", true), ("a*c", "abbc", true), ("a*c", "abcd", false), ("*a*b*", "xxaxxb", true),
        ("a**b", "ab", true),
        ("?", "é", true), ("?", "e\u{301}", false), ("??", "e\u{301}", true), ("é", "e\u{301}", false),
        ("?.csv", "ab.csv", false), ("[ab].csv", "b.csv", true), ("[ab].csv", "c.csv", false),
        ("[a-c]1", "b1", true), ("[a-c]1", "d1", false), ("[!a-c]1", "d1", true), ("[^a]1", "a1", false),
        ("[]]1", "]1", true), ("[!]]1", "a1", true), ("[a-]1", "-1", true), ("[é]", "é", true),
        ("[é]", "\u{301}", false),
        ("a[1", "a[1", true), ("a[[]1]", "a[1]", true), ("a[*]b", "a*b", true), ("a[*]b", "axb", false),
        ("a\\*", "a\\b", true), ("{a,b}", "{a,b}", true), ("{a,b}", "a", false), ("~/a", "~/a", true),
        ("./a//b.csv", "a/b.csv", true), ("../a/*.csv", "../a/b.csv", true), ("", "", true), ("a", "", false),
        ("**", "a", true), ("**", "a/b/c", true), ("**/c", "c", true), ("**/c", "a/b/c", true), ("**/c", "a/xc", false),
        ("a/**/c", "a/c", true), ("a/**/c", "a/b/b/c", true), ("a/**/c", "b/c", false), ("**/**", "a/b", true),
        ("**/b/**/d", "a/b/c/b/d", true), ("**/b/**/d", "a/d", false), ("/a/*", "/a/b", true), ("/a/*", "a/b", false),
        ("a/*", "/a/b", false),
    ])
    func `a pattern names what it says, character by character`(_ pattern: String, _ path: String, _ isNamed: Bool) {
        #expect(GlobPattern(pattern).names(file: path) == isNamed, "\(pattern) \(path)")
    }

    @Test(arguments: [
        ("*", "_a", false), ("*", ".a", false), ("?a", "_a", false), ("[_.]a", "_a", false), ("_*", "_a", true),
        (".*", ".a", true), ("_*", ".a", false), ("_a", "_a", true), ("_?", "_a", true), ("[_]a", "_a", true),
        ("*a", "a_a", true), ("**/x", "_t/x", false), ("**/x", "a/.t/x", false), ("_t/**/x", "_t/a/x", true),
        ("**/_t/x", "a/_t/x", true), ("**", "a/_x", false), ("**", "_t/a/x", false), ("*/x", "_day=1/x", true),
        ("**/x", "_day=1/x", true), ("*", "_day=1", false), ("*/x", ".day=1/x", false), ("", "_a", false),
    ])
    func `what begins with _ or . is left out unless the pattern begins so`(
        _ pattern: String, _ path: String, _ isNamed: Bool
    ) {
        #expect(GlobPattern(pattern).names(file: path) == isNamed, "\(pattern) \(path)")
    }

    @Test func `a pattern of many stars takes no exponential time`() {
        let pattern = String(repeating: "*a", count: 30) + "b"
        #expect(!GlobPattern(pattern).names(file: String(repeating: "a", count: 5_000)))
    }

    @Test(arguments: ["a", "a*b", "[x]", "a?", "_a/.b", "a]b", "[!a]", "a/**/b", "ü[ü"])
    func `an exact pattern names one path and no other`(_ path: String) {
        let pattern = GlobPattern(FileGlob.exactly(path))
        #expect(pattern.names(file: path))
        for other in ["a", "axb", "x", "ab", "b", "!a", "_a/xb", "ü", "a/c/b"] where other != path {
            #expect(!pattern.names(file: other))
        }
    }
}
