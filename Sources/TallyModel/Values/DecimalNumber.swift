// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// An exact decimal number of any length: sign, digits and a power of ten, as written in a text.
///
/// For bounds and for columns of decimal types, which no binary float holds.
///
/// ```swift
/// DecimalNumber("0.30") == DecimalNumber("3e-1")  // true
/// ```
public struct DecimalNumber: Sendable, Hashable {
    /// Whether the number is below zero.
    public let isNegative: Bool
    /// The digits from the most significant, without zeros at either end; empty for zero.
    public let digits: [UInt8]
    /// The number is 0.d1d2d3… times ten to this power.
    public let exponent: Int

    /// Reads `-12.50`, `.5`, `1e-3`; nil for anything else, such as `nan`, `0x1p3` or a text with spaces.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        let sign = bytes.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { bytes.removeFirst() }
        var digits: [UInt8] = []
        var point: Int?
        while let byte = bytes.first, (0x30...0x39).contains(byte) || (byte == 0x2E && point == nil) {
            if byte == 0x2E { point = digits.count } else { digits.append(byte - 0x30) }
            bytes.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        var power = 0
        if let mark = bytes.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            guard let written = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), written.magnitude < 1 << 40
            else {
                return nil
            }
            power = written
            bytes = []
        }
        guard bytes.isEmpty else { return nil }
        self.init(
            isNegative: sign == UInt8(ascii: "-"), digits: digits, exponent: (point ?? digits.count) + power)
    }

    /// Makes the number 0.d1d2d3… times ten to a power; zeros at either end are taken away.
    init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        let leading = digits.prefix { $0 == 0 }.count
        let trailing = leading == digits.count ? 0 : digits.reversed().prefix { $0 == 0 }.count
        self.digits = Array(digits[leading..<digits.count - trailing])
        self.exponent = self.digits.isEmpty ? 0 : exponent - leading
        self.isNegative = isNegative && !self.digits.isEmpty
    }

    /// Whether the number is zero.
    public var isZero: Bool { digits.isEmpty }

    /// Whether the number is a whole multiple of another, which is not zero.
    ///
    /// Long division over the digits: linear in the distance of the two powers of ten. A divisor of more than 18 digits and
    /// numbers more than 4,000 powers apart are not divided, and are no multiples.
    public func isMultiple(of divisor: DecimalNumber) -> Bool {
        precondition(!divisor.isZero, "a multiple of zero")
        guard !isZero else { return true }
        // Both times ten to the same power, so that both are whole.
        let mine = digits.count - exponent
        let other = divisor.digits.count - divisor.exponent
        let shift = max(mine, other)
        guard divisor.digits.count <= 18, shift - mine <= 4_000, shift - other <= 4_000 else { return false }
        let unit = divisor.digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
        // The divisor is `unit` times ten to `zeros`: so many zeros must stand behind the number's last digit.
        let zeros = shift - other
        let tail = shift - mine
        guard tail >= zeros else { return false }
        var rest: UInt64 = 0
        for digit in digits { rest = Self.step(rest, digit, unit) }
        for _ in 0..<tail - zeros { rest = Self.step(rest, 0, unit) }
        return rest == 0
    }

    private static func step(_ rest: UInt64, _ digit: UInt8, _ unit: UInt64) -> UInt64 {
        let product = rest.multipliedFullWidth(by: 10)
        let (low, carry) = product.low.addingReportingOverflow(UInt64(digit))
        return unit.dividingFullWidth((product.high + (carry ? 1 : 0), low)).remainder
    }
}

extension DecimalNumber: Comparable {
    /// Orders by value; equal numbers are equal whatever their spelling was.
    public static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
    }

    private func isCloserToZero(than other: DecimalNumber) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        if exponent != other.exponent { return exponent < other.exponent }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}

extension DecimalNumber: CustomStringConvertible {
    /// Plain digits with a point, or with an exponent where the zeros would be many.
    public var description: String {
        guard !isZero else { return "0" }
        let sign = isNegative ? "-" : ""
        let text = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
        if (1...40).contains(exponent) {
            guard digits.count > exponent else {
                return sign + text + String(repeating: "0", count: exponent - digits.count)
            }
            return sign + text.prefix(exponent) + "." + text.dropFirst(exponent)
        }
        if (-10...0).contains(exponent) { return sign + "0." + String(repeating: "0", count: -exponent) + text }
        return sign + "0.\(text)e\(exponent)"
    }
}
