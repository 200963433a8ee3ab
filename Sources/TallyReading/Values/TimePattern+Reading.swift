// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TimePattern {
    /// The values that a text gave to the pattern's fields.
    private struct Fields {
        var year: Int?
        var month: Int?
        var day: Int?
        var dayOfYear: Int?
        var hour = 0
        var isAfternoon: Bool?
        var minute = 0
        var second = 0
        var nanoseconds: Int64 = 0
        var epochNanoseconds: (high: Int64, low: Int64)?
    }

    /// Reads a whole text by the pattern; nil where it does not fit.
    func read(_ text: Span<UInt8>) -> TimeText? {
        var scanner = ByteScanner(text.count)
        var fields = Fields()
        var shift = TimeText(microseconds: 0)
        for part in parts {
            guard Self.take(part, &scanner, &fields, &shift, text) else { return nil }
        }
        guard scanner.isAtEnd else { return nil }
        if let (microseconds, nanoseconds) = fields.epochNanoseconds {
            return TimeText(microseconds: microseconds, nanoseconds: Int32(nanoseconds), hasOffset: true)
        }
        guard let year = fields.year, let days = Self.days(fields, year) else { return nil }
        if let isAfternoon = fields.isAfternoon { fields.hour = fields.hour % 12 + (isAfternoon ? 12 : 0) }
        guard fields.hour < 24, fields.minute < 60, fields.second < 60 else { return nil }
        let seconds = Int64(days) * 86_400 + Int64(fields.hour * 3_600 + fields.minute * 60 + fields.second)
        return TimeText(
            microseconds: seconds * 1_000_000 + fields.nanoseconds / 1_000 + shift.microseconds,
            nanoseconds: Int32(fields.nanoseconds % 1_000), hasOffset: shift.hasOffset, isDay: isDay)
    }

    private static func days(_ fields: Fields, _ year: Int) -> Int32? {
        if let dayOfYear = fields.dayOfYear {
            let length = CalendarDate.length(ofMonth: 2, year: year) == 29 ? 366 : 365
            guard (1...length).contains(dayOfYear), let first = CalendarDate(year: year, month: 1, day: 1) else {
                return nil
            }
            return first.days + Int32(dayOfYear - 1)
        }
        guard let month = fields.month, let day = fields.day else { return nil }
        return CalendarDate(year: year, month: month, day: day)?.days
    }

    private static func take(
        _ part: Part, _ scanner: inout ByteScanner, _ fields: inout Fields, _ shift: inout TimeText,
        _ text: Span<UInt8>
    ) -> Bool {
        switch part {
        case .literal(let bytes): return bytes.allSatisfy { scanner.take($0, text) }
        case .year:
            fields.year = scanner.digits(4, text)
            return fields.year != nil
        case .number(let field, let isPadded):
            let length = field == .dayOfYear ? 3 : 2
            guard let value = isPadded ? scanner.digits(length, text) : scanner.digits(upTo: length, text) else {
                return false
            }
            return set(field, value, &fields)
        case .monthName:
            guard let index = scanner.name(among: monthNames, text) else { return false }
            fields.month = index + 1
            return true
        case .dayName: return scanner.name(among: dayNames, text) != nil
        case .halfDay:
            guard let index = scanner.name(among: ["am", "pm"], text) else { return false }
            fields.isAfternoon = index == 1
            return true
        case .fraction:
            guard let value = scanner.fraction(text) else { return false }
            fields.nanoseconds = value
            return true
        case .offset: return scanner.offset(into: &shift, text)
        case .epoch(let unit): return epoch(unit, &scanner, &fields, text)
        }
    }

    private static func set(_ field: Field, _ value: Int, _ fields: inout Fields) -> Bool {
        switch field {
        case .month: fields.month = value
        case .day: fields.day = value
        case .dayOfYear: fields.dayOfYear = value
        case .hour: fields.hour = value
        case .halfDayHour:
            fields.hour = value
            return (1...12).contains(value)
        case .minute: fields.minute = value
        case .second: fields.second = value
        }
        return true
    }

    /// A count since 1970-01-01T00:00:00Z with an optional fraction, which is exact to the nanosecond.
    private static func epoch(
        _ unit: Int64, _ scanner: inout ByteScanner, _ fields: inout Fields, _ text: Span<UInt8>
    ) -> Bool {
        let isNegative = scanner.take(UInt8(ascii: "-"), text)
        guard let high = scanner.digits(upTo: 18, text) else { return false }
        // Nanoseconds of today have nineteen digits.
        let whole = scanner.digits(upTo: 1, text).map { Int128(high) * 10 + Int128($0) } ?? Int128(high)
        var nanoseconds = whole * Int128(unit)
        if scanner.take(UInt8(ascii: "."), text) {
            // A fraction counts billionths of the unit.
            guard let fraction = scanner.fraction(text) else { return false }
            nanoseconds += (Int128(fraction) * Int128(unit) + 999_999_999) / 1_000_000_000
        }
        if isNegative { nanoseconds = -nanoseconds }
        var (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        if remainder < 0 { (quotient, remainder) = (quotient - 1, remainder + 1_000) }
        guard let microseconds = Int64(exactly: quotient) else { return false }
        fields.epochNanoseconds = (microseconds, Int64(remainder))
        return true
    }

    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let dayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
}

extension ByteScanner {
    /// One of some English names in any case, whole or its first three letters; its index.
    fileprivate mutating func name(among names: [String], _ text: Span<UInt8>) -> Int? {
        var word: [UInt8] = []
        var copy = self
        while !copy.isAtEnd, (0x61...0x7A).contains(text[copy.index] | 0x20) {
            word.append(text[copy.index] | 0x20)
            _ = copy.take(text[copy.index], text)
        }
        for (index, name) in names.enumerated() {
            let bytes = Array(name.utf8)
            let isWhole = word == bytes
            let isShort = word.count == 3 && bytes.count > 2 && word.elementsEqual(bytes.prefix(3))
            if isWhole || isShort {
                self = copy
                return index
            }
        }
        return nil
    }
}
