// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyStatistics
import TallyTesting
import Testing

@Suite struct SumTests {
    /// The sum of floats without rounding, as a whole number of 2^-1074: the slow twin.
    private func exact(_ numbers: [Double]) -> Double {
        // The numbers of these tests are whole multiples of 2^-40 below 2^60.
        let whole = numbers.reduce(Int128(0)) { $0 + Int128($1 * 0x1p40) }
        return Double(whole) * 0x1p-40
    }

    @Test(arguments: 1...40) func `floats are added with an error of one rounding`(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var numbers: [Double] = []
        for _ in 0..<random.below(2_000) {
            let digits = Double(random.below(1 << 20) - 1 << 19)
            let scale = random.below(40)
            numbers.append(digits * Double(1 << scale) * 0x1p-20)
        }
        // Large numbers that leave again take the low digits of a plain sum with them.
        numbers += [0x1p59, 1, -0x1p59]
        var sum = CompensatedSum()
        for number in numbers { sum.add(number) }
        let expected = exact(numbers)
        #expect((sum.rounded - expected).magnitude <= expected.ulp)
    }

    @Test func `NaN and infinities are what addition makes of them`() {
        var sum = CompensatedSum()
        sum.add(1)
        sum.add(.infinity)
        #expect(sum.rounded == .infinity)
        sum.add(-.infinity)
        #expect(sum.rounded.isNaN)
        var nan = CompensatedSum()
        nan.add(.nan)
        #expect(nan.rounded.isNaN)
    }

    @Test func `integers are added exactly and rounded once`() {
        var sum = NumericSum()
        #expect(sum.rounded == nil)
        for _ in 0..<3 { sum.add(Int64.max) }
        sum.add(Int64.min)
        sum.add(Int64(-9_223_372_036_854_775_807))
        #expect(sum.rounded == 0x1p63)
        #expect(sum.count == 5)
    }

    @Test func `no numbers have no sum, and numbers may add up to nothing`() {
        var sum = NumericSum()
        sum.add(0.5)
        sum.add(-0.5)
        #expect(sum.rounded == 0)
    }
}
