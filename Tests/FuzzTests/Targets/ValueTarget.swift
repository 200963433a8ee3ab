// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyReading

/// Lines of text as numbers, times, types and paths: each reader agrees with another one that is slower or stricter.
struct ValueTarget: FuzzTarget {
    static let name = "Value"
    let words = [
        "9223372036854775807", "-9223372036854775808", "1e308", "0.1", "nan", "-inf", "2024-01-31", "T10:30:00",
        ".123456789",
        "+02:00", "Z", "yyyy-MM-dd", "HH:mm:ss.SSS", "%Y-%m-%d %H:%M:%S.%f %z", "epoch_nanoseconds", "d MMM yyyy h a",
        "array<",
        "int64", "0x", "7d", "**/", "[!a-z]", "day=", "%41", "\n",
    ]

    init(folder: String) {}

    var seeds: [[UInt8]] {
        [
            "yyyy-MM-dd HH:mm:ss.SSS\n2024-01-31 10:30:15.25", "%d/%b/%Y:%H:%M:%S %z\n31/Jan/2024:10:30:00 +0200",
            "epoch_milliseconds\n1700000000123.5", "dd.MM.yyyy h:mm a\n31.01.2024 12:30 pm", "x\n-12",
            "x\n0.30000000000000004",
            "x\n1e22", "x\n123456789012345678901234567890e-10", "x\n2024-01-31T10:30:15.1234567+02:00",
            "x\narray<array<int32>>",
            "x\n[1, null, 3]", "x\n0x00ff", "x\n90d", "data/**/day=*/[a-c]?.csv\ndata/x/day=2024-05-03/b1.csv",
        ].map { Array($0.utf8) }
    }

    func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let (pattern, bytes) = (text(input.line()), Array(input.rest))
        let text = text(bytes)
        try numbers(bytes, text)
        try times(bytes, text, pattern)
        try values(text)
        let glob = GlobPattern(pattern)
        let parts = glob.names.map { $0.matches(text) || $0.leavesOut(text, isFolder: true) }
        _ = (parts, glob.names(file: text), HivePartitions.values(ofPath: text, under: pattern))
    }

    private func numbers(_ bytes: [UInt8], _ text: String) throws {
        // To the standard library a number ends before a NUL, whatever stands behind it.
        let isText = Array(text.utf8) == bytes && !bytes.contains(0)
        if isText {
            try FuzzFinding.unless(NumberText.integer(bytes.span) == Int64(text), "another whole number: '\(text)'")
        }
        if let number = NumberText.double(bytes.span, mark: 0x2E), number.isFinite {
            try FuzzFinding.unless(
                number.bitPattern == Double(text)?.bitPattern, "another float64 of '\(text)': \(number)")
        } else if isText, let number = Double(text), number.isFinite {
            try FuzzFinding.unless(text.utf8.contains { $0 | 0x20 == 0x78 }, "'\(text)' is a float64, and is not read")
        }
        if let number = NumberText.float(bytes.span, mark: 0x2E), number.isFinite {
            try FuzzFinding.unless(
                number.bitPattern == Float(text)?.bitPattern, "another float32 of '\(text)': \(number)")
        }
        let comma = bytes.map { $0 == 0x2E ? UInt8(0x2C) : $0 == 0x2C ? 0x2E : $0 }
        try FuzzFinding.unless(
            NumberText.double(comma.span, mark: 0x2C)?.bitPattern
                == NumberText.double(bytes.span, mark: 0x2E)?.bitPattern, "a comma makes another number of '\(text)'")
    }

    private func times(_ bytes: [UInt8], _ text: String, _ pattern: String) throws {
        let iso = TimeText.iso(bytes.span)
        // The stricter reader wants seconds of two digits, a point and an offset with a colon.
        if let time = Timestamp(text), !text.utf8.contains(UInt8(ascii: "t")) {
            try FuzzFinding.unless(
                iso.map {
                    $0.hasOffset && $0.microseconds - time.microseconds <= 1 && $0.microseconds >= time.microseconds
                }
                    ?? false, "'\(text)' is \(time), and is read as \(iso as Any)")
        }
        if let iso {
            try FuzzFinding.unless((0...999).contains(iso.nanoseconds), "\(iso.nanoseconds) ns of '\(text)'")
            let time = Timestamp(microseconds: iso.microseconds)
            if let plain = Timestamp(time.description) {
                try FuzzFinding.unless(plain == time, "\(time) reads otherwise")
            }
        }
        try FuzzFinding.unless(
            (TimeText.date(bytes.span) != nil) == (CalendarDate(text) != nil), "one reader takes the day '\(text)'")
        guard let known = TimePattern(pattern) else { return }
        if let time = known.read(bytes.span) {
            try FuzzFinding.unless((0...999).contains(time.nanoseconds), "\(time.nanoseconds) ns by '\(pattern)'")
            try FuzzFinding.unless(time.nanoseconds == 0 || known.mayHoldNanoseconds, "nanoseconds by '\(pattern)'")
            try FuzzFinding.unless(!time.isDay || known.isDay, "a day by '\(pattern)'")
        }
    }

    private func values(_ text: String) throws {
        if let type = DataType(name: text) { try FuzzFinding.unless(type.name == text, "type '\(text)' is \(type)") }
        if let span = TimeSpan(text) {
            try FuzzFinding.unless(TimeSpan(span.description) == span, "\(span) reads otherwise")
            _ = span.rounded
        }
        if let date = CalendarDate(text) {
            try FuzzFinding.unless(CalendarDate(date.description) == date, "\(date) reads otherwise")
        }
        for type in DataType.scalars + [.array(.int64), .array(.array(.float64))] {
            guard let value = Value(parsing: text, as: type), !value.isNull, type != .string else { continue }
            let again = Value(parsing: value.text, as: type)
            // Floats in arrays that are not finite, and years before 0, have no text of their own.
            try FuzzFinding.unless(
                again.map { $0.canonical.isIdentical(to: value.canonical) } ?? (type.holdsFloats || type == .timestamp),
                "\(type) '\(text)' reads otherwise: \(value.text)")
        }
    }
}
