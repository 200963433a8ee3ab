// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyCommands

@Suite struct NumbersTests {
    @Test func `shares and lengths of time are written whatever they are`() {
        #expect(Numbers.percent(.max, of: .max) == "100.0 %")
        #expect(Numbers.percent(1, of: .max) == "0.0 %")
        #expect(Numbers.percent(27, of: 1_000) == "2.7 %")
        #expect(Numbers.percent(1, of: 0) == "-")
        for (microseconds, text) in [
            (Int64.max, "9223372036854.8 s"), (.min, "0.0 s"), (-1, "0.0 s"), (49_999, "0.0 s"), (50_000, "0.1 s"),
            (4_200_000, "4.2 s"),
        ] {
            #expect(Numbers.seconds(TimeSpan(microseconds: microseconds)) == text)
        }
    }
}
