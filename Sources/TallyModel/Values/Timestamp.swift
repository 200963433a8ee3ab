// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// An instant: microseconds since 1970-01-01T00:00:00Z; no other time type crosses a room (SEMANTICS 1.1).
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before.
    public let microseconds: Int64

    /// Wraps a count of microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The first possible instant; the known time of rows that are always visible.
    public static let distantPast = Timestamp(microseconds: .min)

    /// Orders instants from earlier to later.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// Reads RFC 3339 with an offset (`2013-01-01T05:00:00Z`, `2013-01-01 00:00:00.25-05:00`); nil for anything else.
    ///
    /// The offset is required, since a local time is no instant. Digits beyond microseconds are floored. A leap second
    /// (`:60`) is not accepted.
    ///
    /// ```swift
    /// Timestamp("2013-01-01T00:00:00-05:00") == Timestamp("2013-01-01T05:00:00Z")  // true
    /// Timestamp("2013-01-01T00:00:00") == nil  // true: no offset
    /// ```
    public init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.take("-"),
            let month = scanner.number(digits: 2), scanner.take("-"),
            let day = scanner.number(digits: 2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.number(digits: 2), scanner.take(":"),
            let minute = scanner.number(digits: 2)
        else { return nil }
        var second = 0
        var fraction = 0
        if scanner.take(":") {
            guard let value = scanner.number(digits: 2) else { return nil }
            second = value
            if scanner.take(".") {
                guard let value = scanner.fraction(digits: 6) else { return nil }
                fraction = value
            }
        }
        var offsetMinutes = 0
        if !(scanner.take("Z") || scanner.take("z")) {
            let sign = scanner.take("+") ? 1 : scanner.take("-") ? -1 : 0
            guard sign != 0, let hours = scanner.number(digits: 2), scanner.take(":"),
                let minutes = scanner.number(digits: 2), hours < 24, minutes < 60
            else { return nil }
            offsetMinutes = sign * (hours * 60 + minutes)
        }
        guard scanner.isAtEnd, let date = CalendarDate(year: year, month: month, day: day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = Int64(date.days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offsetMinutes * 60)
        self.init(microseconds: seconds * 1_000_000 + Int64(fraction))
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC; the fraction is left out when zero, else printed with three or six digits.
    public var description: String {
        let (days, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
        let seconds = Int(inDay / 1_000_000)
        let fraction = Int(inDay % 1_000_000)
        var text = CalendarDate(days: Int32(clamping: days)).description
        text += "T" + padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
        if fraction != 0 {
            text += "." + (fraction % 1_000 == 0 ? padded(fraction / 1_000, 3) : padded(fraction, 6))
        }
        return text + "Z"
    }
}

/// A decimal number with leading zeros up to the width.
func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(abs(value))
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    /// Quotient and remainder of floored division: the remainder is never negative for a positive divisor.
    package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
