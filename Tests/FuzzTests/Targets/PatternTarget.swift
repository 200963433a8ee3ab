// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts

/// A pattern and a text, with a line break between them: both ways to match agree, and examples are what they say.
struct PatternTarget: FuzzTarget {
    static let name = "Pattern"
    let words = ["[^", "(?:", "{2,3}", "\\p{L}", "\\d", "\\w", "*?", "+", "|", "$", "^", "\n"]
    let longest = 600

    init(folder: String) {}

    var seeds: [[UInt8]] { ["[a-z]+\nabc", "(a|b)*c{2,3}\nababcc"].map { Array($0.utf8) } }

    func run(_ input: [UInt8]) throws {
        let parts = text(input).split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard let pattern = try? Pattern(String(parts[0])) else { return }
        let text = parts.count > 1 ? String(parts[1]) : ""
        var matcher = pattern.matcher()
        let isMatch = matcher.matches(text)
        try FuzzFinding.unless(isMatch == pattern.matches(text), "a matcher and a pattern differ")
        _ = pattern.engineText
        guard parts[0].utf8.count < 40 else { return }
        if let example = pattern.example() {
            try FuzzFinding.unless(pattern.matches(example), "the example does not match")
        }
        if let other = pattern.counterexample() {
            try FuzzFinding.unless(!pattern.matches(other), "the counterexample matches")
        }
    }
}
