// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct TimeTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T19:00:00-05:00", 0),
            ("1969-12-31T23:59:59.999999Z", -1), ("2013-01-01 05:00:00.25-05:00", 1_357_034_400_250_000),
            ("2013-01-01t05:00:00z", 1_357_016_400_000_000), ("2013-01-01T05:00Z", 1_357_016_400_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("9999-12-31T23:59:59.9999999Z", 253_402_300_799_999_999),
            ("1969-12-31T23:59:59.0000009Z", -1_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
        ] as [(String, Int64)])
    func `instants are read to the microsecond and floored`(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(
        arguments: [
            "", "2013-01-01", "2013-01-01T00:00:00", "2013-02-29T00:00:00Z", "2013-13-01T00:00:00Z",
            "2013-00-01T00:00:00Z",
            "2013-01-01T24:00:00Z", "2013-01-01T00:60:00Z", "2013-01-01T00:00:60Z", "2013-01-01T00:00:00.Z",
            "2013-01-01T00:00:00+0100", "2013-01-01T00:00:00+24:00", "2013-1-1T00:00:00Z", " 2013-01-01T00:00:00Z",
            "2013-01-01T00:00:00Z ", "2013-01-01T00:00:00ZZ", "+2013-01-01T00:00:00Z", "٢٠١٣-01-01T00:00:00Z",
        ])
    func `anything that is not an instant with an offset is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `an instant prints as the shortest of three forms, and reads back`() {
        #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: 1_500).description == "1970-01-01T00:00:00.001500Z")
        #expect(Timestamp(microseconds: -1_000).description == "1969-12-31T23:59:59.999Z")
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<5_000 {
            let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
            let instant = Timestamp(microseconds: Int64.random(in: range, using: &generator))
            #expect(Timestamp(instant.description) == instant, "seed 31")
        }
    }

    @Test func `the ends of time print without a crash`() {
        #expect(Timestamp(microseconds: .max).description == "294247-01-10T04:00:54.775807Z")
        #expect(Timestamp(microseconds: .min).description.hasPrefix("-290308-12-21T19:59:05.22419"))
    }

    @Test func `days count through leap years and before 1970`() {
        #expect(CalendarDate("1970-01-01")?.days == 0)
        #expect(CalendarDate("1969-12-31")?.days == -1)
        #expect(CalendarDate("2000-02-29")?.days == 11_016)
        #expect(CalendarDate("1900-02-29") == nil)
        #expect(CalendarDate("2013-04-31") == nil)
        #expect(CalendarDate("2013-4-30") == nil)
        #expect(CalendarDate("0000-03-01")?.days == -719_468)
        var day = CalendarDate(days: -800_000)
        for offset in 0..<4_000 {
            let next = CalendarDate(days: -800_000 + Int32(offset))
            let (year, month, dayOfMonth) = next.components
            #expect(CalendarDate(year: year, month: month, day: dayOfMonth) == next)
            if offset > 0 { #expect(next.dayOfWeek == (day.dayOfWeek + 1) % 7) }
            day = next
        }
        #expect(CalendarDate(days: .max).components.year == 5_881_580)
        #expect(CalendarDate(days: .min).components.year == -5_877_641)
    }

    @Test func `Sunday is day 0`() {
        #expect(CalendarDate("2013-01-06")?.dayOfWeek == 0)
        #expect(CalendarDate("1970-01-01")?.dayOfWeek == 4)
        #expect(CalendarDate("1969-12-28")?.dayOfWeek == 0)
        #expect(CalendarDate(year: 2013, month: 0, day: 1) == nil)
    }

    @Test func `time spans are whole numbers with a unit`() {
        #expect(TimeSpan("3h")?.microseconds == 10_800_000_000)
        #expect(TimeSpan("0s") == .zero)
        #expect(TimeSpan("250ms")?.microseconds == 250_000)
        #expect(TimeSpan("007us")?.microseconds == 7)
        #expect(TimeSpan("106751991d")?.microseconds == 9_223_372_022_400_000_000)
        for text in ["", "h", "3", "3 h", "-3h", "+3h", "3H", "3hours", "1.5h", "3hh", "٣h", "106751992d", "3h\u{301}"]
        {
            #expect(TimeSpan(text) == nil, "\(text)")
        }
    }

    @Test func `a time span prints as its largest unit and reads back`() {
        let spellings = ["3h", "90m", "36h", "7d", "1500ms", "1us", "0s", "61s"]
        for text in spellings { #expect(TimeSpan(text)?.description == text) }
        #expect(TimeSpan("60m")?.description == "1h")
        #expect(TimeSpan("1000ms")?.description == "1s")
        #expect(TimeSpan(microseconds: -3_600_000_000).description == "-1h")
    }
}
