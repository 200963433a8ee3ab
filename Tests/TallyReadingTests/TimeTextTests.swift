// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyReading

/// Which texts are times, and which are not (`docs/reading.md`).
@Suite struct TimeTextTests {
    @Test(arguments: [
        ("2024-01-06T10:00:00Z", "2024-01-06T10:00:00Z"), ("2024-01-06T10:00Z", "2024-01-06T10:00:00Z"),
        ("2024-01-06t10:00:00z", "2024-01-06T10:00:00Z"), ("2024-01-06 10:00:00", "2024-01-06T10:00:00Z"),
        ("2024-01-06T10:00:00+02:00", "2024-01-06T08:00:00Z"), ("2024-01-06T10:00:00-0530", "2024-01-06T15:30:00Z"),
        ("2024-01-06T10:00:00+02", "2024-01-06T08:00:00Z"), ("2024-01-06 10:00:00 +0200", "2024-01-06T08:00:00Z"),
        ("20240106T100000Z", "2024-01-06T10:00:00Z"), ("20240106T1000", "2024-01-06T10:00:00Z"),
        ("2024-01-06T10:00:00.25", "2024-01-06T10:00:00.250Z"), ("2024-01-06T10:00:00,25Z", "2024-01-06T10:00:00.250Z"),
        ("2024-01-06", "2024-01-06T00:00:00Z"), ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ])
    func `forms of ISO 8601 are read`(text: String, instant: String) {
        let bytes = Array(text.utf8)
        let time = TimeText.iso(bytes.span)
        #expect(time.map { Timestamp(microseconds: $0.microseconds).description } == instant)
    }

    @Test(arguments: [
        "", "nope", "2024", "2024-13-01", "2024-02-30", "20240106", "01/02/2024", "2024-01-06T25:00", "2024-01-06T10",
        "2024-01-06T10:00:60Z", "2024-01-06T10:00:00Zx", " 2024-01-06", "2024-01-06 ", "1704448800.5", "2024-1-6",
        "2024-01-06T10:00:00.", "2024-01-06T10:00:00+25:00", "2024-01-06T10:00:00 ", "infinity", "24-01-06",
    ])
    func `everything else is no time`(text: String) {
        let bytes = Array(text.utf8)
        #expect(TimeText.iso(bytes.span) == nil)
    }

    @Test func `nanoseconds are kept beside the microseconds`() {
        let bytes = Array("2024-01-06T10:00:00.1234567Z".utf8)
        #expect(TimeText.iso(bytes.span)?.nanoseconds == 700)
    }

    @Test(arguments: [("10:00:00.0000009999", 0, 999), ("10:00:00.0000000001", 0, 1), ("10:00:00.0000010001", 1, 1)])
    func `digits beyond nanoseconds are neither forgotten nor a microsecond`(
        clock: String, microseconds: Int64, nanoseconds: Int32
    ) {
        let bytes = Array("1970-01-01T\(clock)Z".utf8)
        let time = TimeText.iso(bytes.span)
        #expect(time?.microseconds == 36_000_000_000 + microseconds)
        #expect(time?.nanoseconds == nanoseconds)
    }

    @Test(arguments: ["99999999999999999999", "1704448800500000000000", "9223372036854775807"])
    func `a count beyond all times is none`(text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try #require(TimePattern("epoch_seconds")).read(bytes.span) == nil)
    }

    @Test(arguments: [
        ("dd/MM/yyyy HH:mm:ss", "03/05/2024 10:00:00", "2024-05-03T10:00:00Z"),
        ("%m/%d/%Y", "05/03/2024", "2024-05-03T00:00:00Z"), ("yyyyMMdd", "19970101", "1997-01-01T00:00:00Z"),
        ("MMM d yyyy", "Jan 1 1997", "1997-01-01T00:00:00Z"), ("%b %e %Y", "Jan 1 1997", "1997-01-01T00:00:00Z"),
        ("epoch_seconds", "1704448800.5", "2024-01-05T10:00:00.500Z"),
        ("epoch_nanoseconds", "1704448800500000000", "2024-01-05T10:00:00.500Z"),
        ("epoch_nanoseconds", "-1704448800500000000", "1915-12-28T13:59:59.500Z"),
        ("epoch_milliseconds", "-1", "1969-12-31T23:59:59.999Z"),
        ("d.M.yyyy h:mm a", "3.5.2024 1:30 PM", "2024-05-03T13:30:00Z"),
        ("%d%%%m%%%Y", "03%05%2024", "2024-05-03T00:00:00Z"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-05-03T10:00:00.250+02:00", "2024-05-03T08:00:00.250Z"),
        ("EEEE, d MMMM yyyy", "Friday, 3 May 2024", "2024-05-03T00:00:00Z"),
    ])
    func `a declared pattern is followed`(pattern: String, text: String, instant: String) throws {
        let bytes = Array(text.utf8)
        let time = try #require(TimePattern(pattern)).read(bytes.span)
        #expect(time.map { Timestamp(microseconds: $0.microseconds).description } == instant)
    }

    @Test(arguments: ["dd/MM/yyyy", "%d/%m/%Y"])
    func `a text that the pattern does not describe is no time`(pattern: String) throws {
        for text in ["13/13/2024", "1/2/2024", "2024-01-02", "01/02/2024 ", "01/02/24"] {
            let bytes = Array(text.utf8)
            #expect(try #require(TimePattern(pattern)).read(bytes.span) == nil)
        }
    }

    @Test(arguments: ["", "yyyy", "dd/MM", "%d/%m/%y", "yy-MM-dd", "hh:mm dd/MM/yyyy", "%Q", "yyyy-MM-dd'T", "iso"])
    func `a pattern without year, month or day is refused`(pattern: String) {
        #expect(TimePattern(pattern) == nil)
    }

    @Test(arguments: ["yyyy-MM-dd[ HH:mm]", "yyyy-MM-dd{}", "yyyy#MM#dd", "YYYY-MM-dd", "yyyy-MM-dd G"])
    func `letters and marks that Java reserves stand for nothing else`(pattern: String) {
        #expect(TimePattern(pattern) == nil)
        #expect(TimePattern("yyyy'['MM']'dd")?.isDay == true)
    }
}
