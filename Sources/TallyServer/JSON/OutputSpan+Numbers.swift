// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Writes numbers and instants as JSON; the caller provides room.
extension OutputSpan<UInt8> {
    /// The most bytes that any one of these needs, quotes included.
    static var longestNumber: Int { 32 }

    /// Appends a whole number.
    mutating func append(integer number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(digits: number.magnitude)
    }

    /// Appends the shortest decimal that reads back as the same bits; what is not finite as a string.
    mutating func append(float number: Double) {
        guard number.isFinite else { return append(word: Self.word(isNaN: number.isNaN, isNegative: number < 0)) }
        if number.sign == .minus { append(UInt8(ascii: "-")) }
        let decimal = ShortestDecimal(of: number)
        let count = Self.digitCount(decimal.digits)
        let point = count + decimal.exponent
        if decimal.digits == 0 {
            append(word: "0.0")
        } else if point > 16 || point < -3 {
            append(scientific: decimal.digits, count: count, exponent: point - 1)
        } else {
            append(plain: decimal.digits, count: count, point: point)
        }
    }

    /// Digits with a point after the first `point` of them; zeros fill up on either side.
    private mutating func append(plain digits: UInt64, count: Int, point: Int) {
        if point <= 0 {
            append(word: "0.")
            for _ in 0..<(-point) { append(UInt8(ascii: "0")) }
            append(digits: digits)
        } else if point >= count {
            append(digits: digits)
            for _ in count..<point { append(UInt8(ascii: "0")) }
            append(word: ".0")
        } else {
            let (whole, rest) = digits.quotientAndRemainder(dividingBy: Self.powers[count - point])
            append(digits: whole)
            append(UInt8(ascii: "."))
            append(digits: rest, width: count - point)
        }
    }

    private mutating func append(scientific digits: UInt64, count: Int, exponent: Int) {
        let (first, rest) = digits.quotientAndRemainder(dividingBy: Self.powers[count - 1])
        append(digits: first)
        if count > 1 {
            append(UInt8(ascii: "."))
            append(digits: rest, width: count - 1)
        }
        append(UInt8(ascii: "e"))
        append(integer: Int64(exponent))
    }

    private mutating func append(digits number: UInt64) { append(digits: number, width: Self.digitCount(number)) }

    /// Appends a number with zeros in front up to a width.
    @inline(__always)
    mutating func append(digits number: UInt64, width: Int) {
        var rest = number
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var place = width
        while place > 0 {
            place -= 1
            let quotient = rest / 10
            digits[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        }
        for index in 0..<width { append(digits[index]) }
    }

    mutating func append(word: StaticString) {
        for byte in "\(word)".utf8 { append(byte) }
    }

    private static func word(isNaN: Bool, isNegative: Bool) -> StaticString {
        isNaN ? "\"NaN\"" : isNegative ? "\"-Infinity\"" : "\"Infinity\""
    }

    private static func digitCount(_ number: UInt64) -> Int {
        // log10 from log2: 1233 / 4096 is a little less than log10 2.
        let guess = ((64 - (number | 1).leadingZeroBitCount) * 1_233) >> 12
        return guess + (number >= powers[guess] ? 1 : 0) + (number == 0 ? 1 : 0)
    }

    private static var powers: InlineArray<20, UInt64> {
        [
            1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
            100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
            10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
        ]
    }

    /// Appends an instant in quotes as `Timestamp.description` writes it: RFC 3339, UTC, a fraction of 0, 3 or 6 digits.
    ///
    /// False, and nothing appended, for years that need more than four digits.
    mutating func append(time: Timestamp) -> Bool {
        let (days, inDay) = time.microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = CalendarDate(days: Int32(clamping: days)).components
        guard (0...9_999).contains(year) else { return false }
        let (seconds, fraction) = UInt64(inDay).quotientAndRemainder(dividingBy: 1_000_000)
        append(UInt8(ascii: "\""))
        append(digits: UInt64(year), width: 4)
        append(UInt8(ascii: "-"))
        append(digits: UInt64(month), width: 2)
        append(UInt8(ascii: "-"))
        append(digits: UInt64(day), width: 2)
        append(UInt8(ascii: "T"))
        append(digits: seconds / 3_600, width: 2)
        append(UInt8(ascii: ":"))
        append(digits: seconds / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(digits: seconds % 60, width: 2)
        if fraction != 0 {
            append(UInt8(ascii: "."))
            if fraction % 1_000 == 0 {
                append(digits: fraction / 1_000, width: 3)
            } else {
                append(digits: fraction, width: 6)
            }
        }
        append(UInt8(ascii: "Z"))
        append(UInt8(ascii: "\""))
        return true
    }
}
