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

    /// The shortest decimal that reads back as the same number: plain from 1e-4 to below 1e16, else with an exponent.
    ///
    /// The digits are Swift's shortest; the layout is ours, so that it can be relied on: `1.0`, `0.0001`, `1e-05`,
    /// `1.5e+300`, `nan`, `-inf`.
    static func text<T: Floating & LosslessStringConvertible>(_ value: T) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let sign = value < 0 ? "-" : ""
        let parts = value.magnitude.description.split(separator: "e")
        let point = parts[0].firstIndex(of: ".") ?? parts[0].endIndex
        let padded = parts[0].filter { $0 != "." }
        let digits = padded.drop { $0 == "0" }
        guard !digits.isEmpty else { return "0.0" }
        let shift = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        // The power of ten of the first digit that is not zero.
        let exponent =
            shift + parts[0].distance(from: parts[0].startIndex, to: point) - 1 - (padded.count - digits.count)
        let trailing = digits.reversed().prefix { $0 == "0" }.count
        return sign + layout(String(digits.dropLast(trailing)), exponent)
    }

    private static func layout(_ digits: String, _ exponent: Int) -> String {
        if (0..<16).contains(exponent) {
            let whole = digits.prefix(exponent + 1)
            let fraction = digits.dropFirst(exponent + 1)
            let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
            return whole + zeros + "." + (fraction.isEmpty ? "0" : fraction)
        }
        if (-4..<0).contains(exponent) { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let power = String(exponent.magnitude)
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        return digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + (power.count < 2 ? "0" : "") + power
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
