// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

@testable import TallyContracts

/// Random patterns on random texts against a matcher that tries one way after the other.
@Suite struct PatternOracleTests {
    @Test func `table, simulation and backtracking agree`() throws {
        var generator = SeededGenerator(seed: 41)
        var counts = [true: 0, false: 0]
        for _ in 0..<4_000 {
            let random = RandomPattern(size: 1 + generator.below(9), with: &generator)
            let pattern = try Pattern(random.text)
            var table = pattern.matcher()
            var simulation = pattern.matcher(keeping: 1)
            var tight = pattern.matcher(keeping: 3)
            for _ in 0..<8 {
                let text = RandomPattern.text(upTo: 7, with: &generator)
                guard let wanted = random.matches(text) else { continue }
                counts[wanted, default: 0] += 1
                let found = [table.matches(text), simulation.matches(text), tight.matches(text), table.matches(text)]
                #expect(found == Array(repeating: wanted, count: 4), "\(random.text) on \(text.debugDescription)")
            }
        }
        #expect(counts[true, default: 0] > 8_000 && counts[false, default: 0] > 8_000, "\(counts)")
    }

    @Test func `examples match, counterexamples do not, and none is shorter`() throws {
        var generator = SeededGenerator(seed: 42)
        let texts = PatternInclusionTests.texts(over: ["a", " ", "é"], upTo: 4)
        for _ in 0..<600 {
            let random = RandomPattern(size: 1 + generator.below(8), with: &generator)
            let pattern = try Pattern(random.text)
            var matcher = pattern.matcher()
            let (example, counterexample) = (pattern.example(), pattern.counterexample())
            #expect(example.map { matcher.matches($0) } != false, "\(random.text)")
            #expect(counterexample.map { matcher.matches($0) } != true, "\(random.text)")
            #expect(pattern.isImpossible == (example == nil))
            for text in texts {
                let shortest = matcher.matches(text) ? example : counterexample
                let length = shortest?.unicodeScalars.count ?? .max
                #expect(length <= text.unicodeScalars.count, "\(random.text) \(text.debugDescription)")
            }
        }
    }
}
