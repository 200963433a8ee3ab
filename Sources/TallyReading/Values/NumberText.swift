// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Reads numbers from text: exact whole numbers, and floats that are rounded once.
enum NumberText {
    /// A whole number with an optional sign; nil for anything else and beyond 64 bits.
    static func integer(_ text: Span<UInt8>) -> Int64? {
        var index = 0
        let count = text.count
        guard count > 0 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
        guard index < count else { return nil }
        var value: Int64 = 0
        while index < count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            // Negative numbers reach one further, so they are built downwards.
            let (next, isBeyond) =
                isNegative
                ? tenfold.subtractingReportingOverflow(Int64(digit)) : tenfold.addingReportingOverflow(Int64(digit))
            guard !isBeyond else { return nil }
            value = next
            index += 1
        }
        return value
    }

    /// The decimal digits of a float, before they are rounded.
    private struct Digits {
        var mantissa: UInt64 = 0
        var exponent = 0
        var isNegative = false
        /// Whether the mantissa holds all digits.
        var isWhole = true
    }

    /// The nearest float64, ties to even; nil for what is no number in the notation of `mark`, and beyond the type.
    ///
    /// `inf`, `infinity` and `nan` are read in any case, with a sign. Where the digits fit 53 bits and the power of ten is
    /// exact, one multiplication or division rounds once (W. D. Clinger, "How to read floating point numbers accurately",
    /// 1990); everything else goes to the standard library.
    static func double(_ text: Span<UInt8>, mark: UInt8) -> Double? {
        guard let digits = digits(text, mark: mark) else { return special(text) }
        if digits.isWhole, digits.mantissa <= 1 << 53, (-22...22).contains(digits.exponent) {
            let whole = Double(digits.mantissa)
            let value = digits.exponent < 0 ? whole / powers[-digits.exponent] : whole * powers[digits.exponent]
            return digits.isNegative ? -value : value
        }
        return Double(standard(text, mark: mark)).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The nearest float32, rounded from the digits and not from a float64.
    static func float(_ text: Span<UInt8>, mark: UInt8) -> Float? {
        guard let digits = digits(text, mark: mark) else { return special(text).map { Float($0) } }
        if digits.isWhole, digits.mantissa <= 1 << 24, (-10...10).contains(digits.exponent) {
            let whole = Float(digits.mantissa)
            let power = Float(powers[abs(digits.exponent)])
            let value = digits.exponent < 0 ? whole / power : whole * power
            return digits.isNegative ? -value : value
        }
        return Float(standard(text, mark: mark)).flatMap { $0.isFinite ? $0 : nil }
    }

    private static let powers: [Double] = {
        var powers = [1.0]
        for _ in 0..<22 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    private static func digits(_ text: Span<UInt8>, mark: UInt8) -> Digits? {
        var result = Digits()
        var index = 0
        let count = text.count
        guard count > 0 else { return nil }
        if text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            result.isNegative = text[0] == UInt8(ascii: "-")
            index = 1
        }
        var seen = 0
        var isFraction = false
        while index < count {
            let byte = text[index]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                seen += 1
                if result.mantissa < 1_000_000_000_000_000_000 {
                    result.mantissa = result.mantissa * 10 + UInt64(digit)
                    if isFraction { result.exponent -= 1 }
                } else {
                    result.isWhole = false
                }
            } else if byte == mark, !isFraction {
                isFraction = true
            } else {
                break
            }
            index += 1
        }
        guard seen > 0 else { return nil }
        guard index < count else { return result }
        guard text[index] | 0x20 == UInt8(ascii: "e"), index + 1 < count,
            let power = power(text.extracting((index + 1)...))
        else { return nil }
        result.exponent += power
        return result
    }

    /// An exponent; beyond these bounds every number is infinite or zero, and the standard library decides.
    private static func power(_ text: Span<UInt8>) -> Int? {
        if let power = integer(text) { return Int(max(-100_000, min(100_000, power))) }
        // Digits that 64 bits do not hold.
        guard text.count > 18 else { return nil }
        for index in 1..<text.count where text[index] &- UInt8(ascii: "0") >= 10 { return nil }
        switch text[0] {
        case UInt8(ascii: "-"): return -100_000
        case UInt8(ascii: "+"), UInt8(ascii: "0")...UInt8(ascii: "9"): return 100_000
        default: return nil
        }
    }

    private static func special(_ text: Span<UInt8>) -> Double? {
        guard (3...9).contains(text.count) else { return nil }
        var word = ""
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x80 else { return nil }
            word.unicodeScalars.append(Unicode.Scalar(byte))
        }
        var name = word.lowercased()
        let isNegative = name.hasPrefix("-")
        if isNegative || name.hasPrefix("+") { name.removeFirst() }
        switch name {
        case "inf", "infinity": return isNegative ? -.infinity : .infinity
        case "nan": return .nan
        default: return nil
        }
    }

    /// The text with a point, as the standard library reads it.
    private static func standard(_ text: Span<UInt8>, mark: UInt8) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for index in text.indices { bytes.append(text[index] == mark ? UInt8(ascii: ".") : text[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
