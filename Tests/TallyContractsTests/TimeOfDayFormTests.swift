// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyContracts

/// Forms of times of day, as Java's `DateTimeFormatter` says them, as patterns.
@Suite struct TimeOfDayFormTests {
    private func matches(_ format: String, _ text: String) throws -> Bool {
        try Pattern(#require(TextForm.timeOfDay(format))).matches(text)
    }

    @Test(arguments: [
        ("HHmm", ["0930", "2359"], ["09:30", "2400", "930", "09300"]),
        ("HH:mm:ss.SSS", ["09:30:15.250"], ["09:30:15", "09:30:15.25", "09:30:61.000"]),
        ("h:mm a", ["9:30 AM", "12:05 pm"], ["0:30 AM", "13:05 PM", "9:30"]),
        ("HH'h'mm", ["09h30"], ["09:30", "09'h'30"]), ("HH.mm", ["09.30"], ["09x30"]),
        ("HH:mmXXX", ["09:30Z", "09:30+02:00"], ["09:30"]),
    ])
    func `a text is of the form or is not`(_ format: String, _ good: [String], _ bad: [String]) throws {
        for text in good { #expect(try matches(format, text), "\(text)") }
        for text in bad { #expect(try !matches(format, text), "\(text)") }
    }

    @Test(arguments: ["", "mm:ss", "hh:mm", "HH:mm a", "HH:mm[:ss]", "HH:mm:ss VV", "HH'h", "K:mm a"])
    func `what is no time of day, or is not understood, has no pattern`(_ format: String) {
        #expect(TextForm.timeOfDay(format) == nil)
    }
}
