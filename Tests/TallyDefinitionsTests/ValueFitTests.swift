// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyDefinitions

@Suite struct ValueFitTests {
    @Test func `widths that no number has are none`() {
        for bits in [Int.min, .min + 1, -1, 0, 1_025, .max] { #expect(ValueFit.width("i\(bits)") == nil, "\(bits)") }
        #expect(ValueFit.width("i99999999999999999999") == nil)
        #expect(ValueFit.width("i8")?.lower == -128)
        #expect(ValueFit.width("u64")?.upper == 0x1p64)
    }

    @Test(
        arguments: [0, 1, 0x1p53, 0x1p63, 1e300, 1e308, .greatestFiniteMagnitude],
        [Double.leastNonzeroMagnitude, 1e-300, 0.1, 1, 3, 1e308])
    func `whether a multiple lies inside is found out at once, however far out the ends are`(
        _ end: Double, _ step: Double
    ) {
        for (lower, upper) in [(end, end), (-end, -end), (-end, end), (end, end.nextUp)] {
            let found = ValueFit.Interval(lower: lower, upper: upper).holdsMultiple(of: step)
            if lower <= 0, upper >= 0 { #expect(found) }
        }
    }

    @Test func `near zero nothing is guessed`() {
        #expect(!ValueFit.Interval(lower: 1, upper: 2).holdsMultiple(of: 3))
        #expect(ValueFit.Interval(lower: 1, upper: 3).holdsMultiple(of: 3))
        #expect(!ValueFit.Interval(lower: 1, upper: 3, isUpperOpen: true).holdsMultiple(of: 3))
    }
}
