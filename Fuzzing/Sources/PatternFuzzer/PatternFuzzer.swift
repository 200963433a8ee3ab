// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FuzzKit
import Glibc
import TallyContracts

/// A pattern and a text, with a line break between them: whatever they are, nothing traps, and both ways to match agree.
@main struct PatternFuzzer {
    static func main() {
        exit(
            fuzz { input in
                let parts = input.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                guard let pattern = try? Pattern(String(parts[0])) else { return }
                let text = parts.count > 1 ? String(parts[1]) : ""
                let isMatch = pattern.matches(text)
                var matcher = pattern.matcher()
                precondition(matcher.matches(text) == isMatch, "a matcher and a pattern differ")
                _ = pattern.engineText
                guard parts[0].utf8.count < 40 else { return }
                if let example = pattern.example() { precondition(pattern.matches(example), "a wrong example") }
                if let other = pattern.counterexample() { precondition(!pattern.matches(other), "no counterexample") }
            })
    }
}
