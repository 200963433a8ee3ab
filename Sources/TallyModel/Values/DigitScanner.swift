// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Reads fixed-width digits and single characters from the front of a text.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for byte in rest.prefix(digits) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        rest.removeFirst(digits)
        return value
    }

    /// A fraction of any length, floored to `digits` decimal places; nil without a digit.
    mutating func fraction(digits: Int) -> Int? {
        var value = 0
        var seen = 0
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            if seen < digits { value = value * 10 + Int(byte - UInt8(ascii: "0")) }
            seen += 1
            rest.removeFirst()
        }
        guard seen > 0 else { return nil }
        for _ in 0..<max(0, digits - seen) { value *= 10 }
        return value
    }
}
