// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// JSON text in the making, as UTF-8 bytes; the caller puts commas and brackets where they belong.
///
/// Trees (`JSON`) write themselves through it. What answers often writes through it without a tree.
public struct JSONText: Sendable {
    /// The text so far.
    public private(set) var bytes: [UInt8] = []

    /// Starts with room for a text of about that size.
    public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Appends bytes that are JSON already.
    public mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    /// Appends text that is JSON already.
    public mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Appends a comma.
    public mutating func comma() { bytes.append(UInt8(ascii: ",")) }

    /// Appends a truth value.
    public mutating func bool(_ flag: Bool) { raw(flag ? "true" : "false") }

    /// Appends a whole number, exact whatever its size.
    public mutating func integer(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(digits: number.magnitude, count: Self.digitCount(number.magnitude))
    }

    /// Appends a number as ECMAScript's `Number::toString` prints it; NaN and infinity, which JSON lacks, as `null`.
    ///
    /// Source: ECMA-262, section 6.1.6.1.20, as RFC 8785 wants it.
    public mutating func number(_ number: Double) {
        guard number.isFinite else { return raw("null") }
        guard number != 0 else { return bytes.append(UInt8(ascii: "0")) }
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let decimal = ShortestDecimal(of: number)
        let count = Self.digitCount(decimal.digits)
        let point = count + decimal.exponent
        if count <= point, point <= 21 {
            append(digits: decimal.digits, count: count)
            append(zeros: point - count)
        } else if (1...21).contains(point) {
            let (whole, rest) = decimal.digits.quotientAndRemainder(dividingBy: Self.powers[count - point])
            append(digits: whole, count: point)
            bytes.append(UInt8(ascii: "."))
            append(digits: rest, count: count - point)
        } else if (-5...0).contains(point) {
            raw("0.")
            append(zeros: -point)
            append(digits: decimal.digits, count: count)
        } else {
            let (first, rest) = decimal.digits.quotientAndRemainder(dividingBy: Self.powers[count - 1])
            append(digits: first, count: 1)
            if count > 1 {
                bytes.append(UInt8(ascii: "."))
                append(digits: rest, count: count - 1)
            }
            raw(point > 0 ? "e+" : "e-")
            integer(Int64(abs(point - 1)))
        }
    }

    /// Appends a string in quotes, escaped.
    public mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        closeString(from: start)
    }

    /// Appends a string, given as UTF-8, in quotes, escaped.
    public mutating func string(utf8 text: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text)
        closeString(from: start)
    }

    /// Ends a string whose bytes stand at the end: most texts need no escape, and stay as they were copied.
    private mutating func closeString(from start: Int) {
        if let first = bytes[start...].firstIndex(where: Self.needsEscape) {
            let rest = Array(bytes[first...])
            bytes.removeSubrange(first...)
            for byte in rest {
                if Self.needsEscape(byte) { append(escaped: byte) } else { bytes.append(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x08: raw("\\b")
        case 0x09: raw("\\t")
        case 0x0A: raw("\\n")
        case 0x0C: raw("\\f")
        case 0x0D: raw("\\r")
        default:
            raw("\\u00")
            for half in [byte >> 4, byte & 15] {
                bytes.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") + half - 10)
            }
        }
    }

    private mutating func append(zeros count: Int) {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
    }

    /// Appends a number with zeros in front up to a width.
    mutating func append(digits number: UInt64, count: Int) {
        var place = bytes.count + count
        append(zeros: count)
        var rest = number
        while rest >= 10 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            // 103 / 1024 is a little more than a tenth: exact for two digits.
            let tens = (pair * 103) >> 10
            place -= 2
            bytes[place] = UInt8(ascii: "0") + UInt8(tens)
            bytes[place + 1] = UInt8(ascii: "0") + UInt8(pair - 10 * tens)
            rest = quotient
        }
        if rest > 0 { bytes[place - 1] = UInt8(ascii: "0") + UInt8(rest) }
    }

    /// The number of decimal digits; 1 for 0.
    static func digitCount(_ number: UInt64) -> Int {
        // log10 from log2: 1233 / 4096 is a little less than log10 2.
        let guess = ((64 - (number | 1).leadingZeroBitCount) * 1_233) >> 12
        return guess + (number >= powers[guess] ? 1 : 0) + (number == 0 ? 1 : 0)
    }

    private static let powers: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
