// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Reads whole strings as values: no spaces, no separators, no locale.
enum NumberText {
    /// `true` or `false` in any ASCII letter case.
    static func bool(_ text: Bytes) -> Bool? {
        switch lowerASCII(String(decoding: text, as: UTF8.self)) {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// An optional sign and at least one digit.
    static func integer<T: FixedWidthInteger>(_ text: Bytes) -> T? {
        guard let last = text.last, isDigit(last) else { return nil }
        return T(String(decoding: text, as: UTF8.self))
    }

    /// An optional sign, digits with an optional point and exponent, or `nan`, `inf`, `infinity` in any letter case.
    static func floating<T: Floating & LosslessStringConvertible>(_ text: Bytes) -> T? {
        let unsigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        switch lowerASCII(String(decoding: unsigned, as: UTF8.self)) {
        case "nan": return .nan
        case "inf", "infinity": return text.first == UInt8(ascii: "-") ? -T.infinity : .infinity
        default: break
        }
        guard isDecimal(unsigned), let value = T(String(decoding: text, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value.canonical
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isDecimal(_ text: Bytes) -> Bool {
        var rest = text
        let whole = rest.prefix(while: isDigit).count
        rest = rest.dropFirst(whole)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(fraction)
        }
        guard whole + fraction > 0 else { return false }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            let exponent = rest.prefix(while: isDigit).count
            guard exponent > 0 else { return false }
            rest = rest.dropFirst(exponent)
        }
        return rest.isEmpty
    }
}
