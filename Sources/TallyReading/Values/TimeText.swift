// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A time as a text wrote it: a wall time or an instant, with what microseconds cannot hold.
struct TimeText: Equatable {
    /// Microseconds since 1970-01-01T00:00:00 of the text's own clock; the offset is subtracted where there is one.
    var microseconds: Int64
    /// Nanoseconds beyond the microseconds, 0 to 999.
    var nanoseconds: Int32 = 0
    /// Whether the text carries an offset, so that the time is an instant.
    var hasOffset = false
    /// Whether the text is a day without a time of day.
    var isDay = false

    /// Reads ISO 8601; nil for anything else (`docs/reading.md` lists the forms).
    ///
    /// A calendar date, extended or basic, alone or with a time of day behind `T`, `t` or blanks; hours and minutes,
    /// perhaps seconds and a fraction behind a point or a comma; perhaps `Z`, `z` or an offset.
    static func iso(_ text: Span<UInt8>) -> TimeText? {
        var scanner = ByteScanner(text.count)
        guard let year = scanner.digits(4, text) else { return nil }
        let isBasic = !scanner.take(UInt8(ascii: "-"), text)
        guard let month = scanner.digits(2, text), isBasic || scanner.take(UInt8(ascii: "-"), text),
            let day = scanner.digits(2, text), let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        let midnight = Int64(date.days) * 86_400_000_000
        // Eight digits alone may be a day, a number of seconds or a number: only a declared pattern tells.
        if scanner.isAtEnd { return isBasic ? nil : TimeText(microseconds: midnight, isDay: true) }
        guard scanner.take(UInt8(ascii: "T"), text) || scanner.take(UInt8(ascii: "t"), text) || scanner.blanks(text)
        else { return nil }
        var time = TimeText(microseconds: midnight)
        guard scanner.timeOfDay(into: &time, isBasic: isBasic, text) else { return nil }
        let hadBlanks = scanner.blanks(text)
        if scanner.isAtEnd { return hadBlanks ? nil : time }
        guard scanner.offset(into: &time, text), scanner.isAtEnd else { return nil }
        return time
    }

    /// Days since 1970-01-01 of a calendar date, `2024-01-31`; nil for anything else.
    static func date(_ text: Span<UInt8>) -> Int32? {
        guard let time = iso(text), time.isDay else { return nil }
        return Int32(time.microseconds / 86_400_000_000)
    }
}

/// Reads a text of digits and marks from left to right.
struct ByteScanner {
    private(set) var index = 0
    private let count: Int

    init(_ count: Int) { self.count = count }

    var isAtEnd: Bool { index >= count }

    /// Takes one byte if it comes next.
    mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard index < count, text[index] == byte else { return false }
        index += 1
        return true
    }

    /// Takes blanks; whether there were any.
    mutating func blanks(_ text: Span<UInt8>) -> Bool {
        let start = index
        while index < count, text[index] == UInt8(ascii: " ") { index += 1 }
        return index > start
    }

    /// Exactly `length` digits.
    mutating func digits(_ length: Int, _ text: Span<UInt8>) -> Int? {
        guard count - index >= length else { return nil }
        var value = 0
        for place in index..<index + length {
            let digit = text[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        index += length
        return value
    }

    /// One digit up to `length`.
    mutating func digits(upTo length: Int, _ text: Span<UInt8>) -> Int? {
        var value = 0
        var taken = 0
        while taken < length, index < count, text[index] &- UInt8(ascii: "0") < 10 {
            value = value * 10 + Int(text[index] &- UInt8(ascii: "0"))
            index += 1
            taken += 1
        }
        return taken > 0 ? value : nil
    }

    /// A fraction of a second, any number of digits: nanoseconds, and never more than was written but for one case.
    ///
    /// Digits beyond nanoseconds count as one where all before them end on a microsecond, so that they are not forgotten.
    mutating func fraction(_ text: Span<UInt8>) -> Int64? {
        var value: Int64 = 0
        var taken = 0
        var isMore = false
        while index < count, text[index] &- UInt8(ascii: "0") < 10 {
            let digit = text[index] &- UInt8(ascii: "0")
            if taken < 9 { value = value * 10 + Int64(digit) } else if digit > 0 { isMore = true }
            taken += 1
            index += 1
        }
        guard taken > 0 else { return nil }
        while taken < 9 {
            value *= 10
            taken += 1
        }
        return isMore && value % 1_000 == 0 ? value + 1 : value
    }

    /// `10:30`, `10:30:15`, `10:30:15.25`; without colons where the date had no hyphens.
    mutating func timeOfDay(into time: inout TimeText, isBasic: Bool, _ text: Span<UInt8>) -> Bool {
        guard let hour = digits(2, text), isBasic || take(UInt8(ascii: ":"), text), let minute = digits(2, text),
            hour < 24, minute < 60
        else { return false }
        var second = 0
        var nanoseconds: Int64 = 0
        let hasSeconds =
            isBasic ? index < count && text[index] &- UInt8(ascii: "0") < 10 : take(UInt8(ascii: ":"), text)
        if hasSeconds {
            guard let value = digits(2, text), value < 60 else { return false }
            second = value
            if take(UInt8(ascii: "."), text) || take(UInt8(ascii: ","), text) {
                guard let value = fraction(text) else { return false }
                nanoseconds = value
            }
        }
        time.microseconds += Int64(hour * 3_600 + minute * 60 + second) * 1_000_000 + nanoseconds / 1_000
        time.nanoseconds = Int32(nanoseconds % 1_000)
        return true
    }

    /// `Z`, `+02`, `+0200`, `+02:00`: turns a wall time into an instant.
    mutating func offset(into time: inout TimeText, _ text: Span<UInt8>) -> Bool {
        time.hasOffset = true
        if take(UInt8(ascii: "Z"), text) || take(UInt8(ascii: "z"), text) { return true }
        let isAhead = take(UInt8(ascii: "+"), text)
        guard isAhead || take(UInt8(ascii: "-"), text), let hours = digits(2, text), hours < 24 else { return false }
        var minutes = 0
        if take(UInt8(ascii: ":"), text) {
            guard let value = digits(2, text) else { return false }
            minutes = value
        } else if !isAtEnd, let value = digits(2, text) {
            minutes = value
        }
        guard minutes < 60 else { return false }
        let offset = Int64(hours * 3_600 + minutes * 60) * 1_000_000
        time.microseconds += isAhead ? -offset : offset
        return true
    }
}
