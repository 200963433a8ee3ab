// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

@testable import TallyContracts

/// Garbage is read or refused, but never ends the program.
@Suite struct PatternFuzzTests {
    private static let pieces: [String] = [
        "(", ")", "[", "]", "{", "}", "|", "*", "+", "?", "^", "$", ".", "\\", "-", ",", ":", "<", ">", "=", "!", "/",
        "0", "1", "9", "a", "b", "B", "c", "d", "k", "p", "s", "u", "w", "W", "x", "D8", "\\uD83D", "\\uDE00", "é", "😀",
        "\u{0}", "\n", "\u{301}", "\u{FFFF}", "{2,3}", "(?:", "(?<n>", "[^", "\\b", "\\B",
    ]

    @Test func `any text is a pattern or a problem within it`() {
        var generator = SeededGenerator(seed: 45)
        var readable = 0
        for _ in 0..<200_000 {
            var text = ""
            for _ in 0..<generator.below(9) { text += generator.pick(Self.pieces) }
            do throws(PatternProblem) {
                _ = try PatternParser.parse(text)
                readable += 1
                // Automata take longer than trees; a part of the patterns is put to use.
                if readable % 64 == 0 { Self.use(try Pattern(text), with: &generator) }
            } catch {
                let count = text.unicodeScalars.count
                if error.range.lowerBound < 0 || error.range.upperBound > count || error.message.isEmpty {
                    Issue.record("\(text.debugDescription): \(error.range) \(error.message)")
                }
            }
        }
        #expect(readable > 20_000)
    }

    @Test func `any bytes are matched, alike with and without a table`() throws {
        var generator = SeededGenerator(seed: 46)
        for text in ["^.*$", "\\bé+$", "[^a-z]{3}", "\\uFFFD\\b", "^([\\u0080-\\uFFFF]|\\W)+$"] {
            let pattern = try Pattern(text)
            var (table, simulation) = (pattern.matcher(), pattern.matcher(keeping: 1))
            for _ in 0..<4_000 {
                let count = generator.below(12)
                let bytes = (0..<count).map { _ in
                    generator.pick([UInt8(generator.below(256)), 0xC3, 0xA9, 0xE2, 0xF0, 0x9F, 0x80, 0x61])
                }
                let from = generator.below(count + 1)
                let to = from + generator.below(count - from + 1)
                let isMatch = table.matches(bytes, from: from, to: to)
                if simulation.matches(bytes, from: from, to: to) != isMatch { Issue.record("\(text) \(bytes)") }
            }
        }
    }

    private static func use(_ pattern: Pattern, with generator: inout SeededGenerator) {
        var matcher = pattern.matcher()
        _ = matcher.matches(RandomPattern.text(upTo: 9, with: &generator))
        _ = pattern.engineText
        if let example = pattern.example(), !matcher.matches(example) {
            Issue.record("\(pattern.text.debugDescription) does not match \(example.debugDescription)")
        }
        if let text = pattern.counterexample(), matcher.matches(text) {
            Issue.record("\(pattern.text.debugDescription) matches \(text.debugDescription)")
        }
    }
}
