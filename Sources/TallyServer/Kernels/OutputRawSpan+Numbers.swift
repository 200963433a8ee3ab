// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Writes numbers and instants as JSON; the caller provides room, and a lack of it is a trap.
///
/// `append(_:as:)` counts as unsafe because a type may have padding; the integers here have none. The slow twins in the
/// tests are `Double.description`, `String(_:)` and `Timestamp.description`.
extension OutputRawSpan {
    /// The most bytes that any one of these needs, quotes and what is taken back included.
    static var longestNumber: Int { 40 }

    /// Appends a whole number.
    mutating func append(integer number: Int64) {
        if number < 0 { append(character: "-") }
        append(digits: number.magnitude)
    }

    /// Appends the shortest decimal that reads back as the same bits; what is not finite as a string.
    mutating func append(float number: Double) {
        guard number.isFinite else { return append(word: Self.word(isNaN: number.isNaN, isNegative: number < 0)) }
        if number.sign == .minus { append(character: "-") }
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
            for _ in 0..<(-point) { append(character: "0") }
            append(digits: digits, width: count)
        } else if point >= count {
            append(digits: digits, width: count)
            for _ in count..<point { append(character: "0") }
            append(word: ".0")
        } else {
            let (whole, rest) = digits.quotientAndRemainder(dividingBy: Self.powers[count - point])
            append(digits: whole, width: point)
            append(character: ".")
            append(digits: rest, width: count - point)
        }
    }

    private mutating func append(scientific digits: UInt64, count: Int, exponent: Int) {
        let (first, rest) = digits.quotientAndRemainder(dividingBy: Self.powers[count - 1])
        append(digits: first, width: 1)
        if count > 1 {
            append(character: ".")
            append(digits: rest, width: count - 1)
        }
        append(character: "e")
        append(integer: Int64(exponent))
    }

    private mutating func append(digits number: UInt64) { append(digits: number, width: Self.digitCount(number)) }

    /// Appends a number with zeros in front up to a width of at most 20.
    ///
    /// Eight digits at a time lie in one word, whose surplus is taken back.
    @inline(__always)
    mutating func append(digits number: UInt64, width: Int) {
        if width <= 8 { return append(eight: number, width: width) }
        let (upper, lower) = number.quotientAndRemainder(dividingBy: 100_000_000)
        if width <= 16 {
            append(eight: upper, width: width - 8)
        } else {
            let (first, middle) = upper.quotientAndRemainder(dividingBy: 100_000_000)
            append(eight: first, width: width - 16)
            append(eight: middle, width: 8)
        }
        append(eight: lower, width: 8)
    }

    /// Appends the last `width` of eight digits.
    @inline(__always)
    private mutating func append(eight number: UInt64, width: Int) {
        // Halves, quarters, eighths of the digits, side by side in one word; the factors are reciprocals of 100 and 10.
        let halves = number / 10_000 | (number % 10_000) << 32
        let hundreds = (halves &* 10_486) >> 20 & 0x0000_007F_0000_007F
        let pairs = hundreds | (halves &- 100 &* hundreds) << 16
        let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
        let digits = (tens | (pairs &- 10 &* tens) << 8) | 0x3030_3030_3030_3030
        unsafe append((digits >> UInt64(64 - 8 * width)).littleEndian, as: UInt64.self)
        removeLast(8 - width)
    }

    @inline(__always)
    mutating func append(character: Unicode.Scalar) {
        unsafe append(UInt8(truncatingIfNeeded: character.value), as: UInt8.self)
    }

    mutating func append(word: StaticString) {
        for byte in "\(word)".utf8 { unsafe append(byte, as: UInt8.self) }
    }

    private static func word(isNaN: Bool, isNegative: Bool) -> StaticString {
        isNaN ? "\"NaN\"" : isNegative ? "\"-Infinity\"" : "\"Infinity\""
    }

    private static func digitCount(_ number: UInt64) -> Int {
        // log10 from log2: 1233 / 4096 is a little less than log10 2.
        let guess = ((64 - (number | 1).leadingZeroBitCount) * 1_233) >> 12
        return guess + (number >= powers[guess] ? 1 : 0) + (number == 0 ? 1 : 0)
    }

    private static let powers: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// Appends an instant in quotes as `Timestamp.description` writes it: RFC 3339, UTC, a fraction of 0, 3 or 6 digits.
    ///
    /// False, and nothing appended, for years that need more than four digits.
    mutating func append(time: Timestamp) -> Bool {
        let (days, inDay) = time.microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = CalendarDate(days: Int32(clamping: days)).components
        guard (0...9_999).contains(year) else { return false }
        let (seconds, fraction) = UInt64(inDay).quotientAndRemainder(dividingBy: 1_000_000)
        append(character: "\"")
        append(digits: UInt64(year), width: 4)
        append(character: "-")
        append(digits: UInt64(month), width: 2)
        append(character: "-")
        append(digits: UInt64(day), width: 2)
        append(character: "T")
        append(digits: seconds / 3_600, width: 2)
        append(character: ":")
        append(digits: seconds / 60 % 60, width: 2)
        append(character: ":")
        append(digits: seconds % 60, width: 2)
        if fraction != 0 {
            append(character: ".")
            if fraction % 1_000 == 0 {
                append(digits: fraction / 1_000, width: 3)
            } else {
                append(digits: fraction, width: 6)
            }
        }
        append(character: "Z")
        append(character: "\"")
        return true
    }
}
