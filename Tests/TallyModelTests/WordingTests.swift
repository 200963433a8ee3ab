// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct WordingTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (336_776, "336,776"), (-1_234_567, "-1,234,567"),
        (.min, "-9,223,372,036,854,775,808"),
    ])
    func `numbers have their thousands apart`(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test(arguments: [
        (-1, "0 s"), (0, "0 s"), (5, "5 us"), (1_999, "1 ms"), (1_000_000, "1 s"), (1_999_999, "1.9 s"),
        (11_520_000_000, "3.2 h"), (1_036_800_000_000, "12 d"),
    ])
    func `lengths of time are rounded down, and whole below a second`(microseconds: Int64, text: String) {
        #expect(TimeSpan(microseconds: microseconds).rounded == text)
    }

    @Test func `lengths beyond 64 bits are cut and not a crash`() {
        let first = Timestamp(microseconds: .min)
        let last = Timestamp(microseconds: .max)
        #expect(TimeSpan(from: first, to: last).microseconds == .max)
        #expect(TimeSpan(from: last, to: first).microseconds == .min)
        #expect(TimeSpan(measured: 0x1p63).microseconds == .max)
        #expect(TimeSpan(measured: -.infinity).microseconds == .min)
        #expect(TimeSpan(measured: .nan).microseconds == 0)
        #expect(TimeSpan(measured: 1.9).microseconds == 1)
    }
}
