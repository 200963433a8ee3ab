// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension DecimalNumber {
    /// A whole number.
    public init(_ number: some BinaryInteger) {
        let digits = String(number.magnitude).utf8.map { $0 - 0x30 }
        self.init(isNegative: number < 0, digits: digits, exponent: digits.count)
    }

    /// The number in the shortest text of a float, which is the one that was written: 0.29 for `0.29`.
    ///
    /// Nil for NaN and infinity.
    public init?(shortest number: Double) { self.init(number.description) }

    /// The number times ten to a power, exact.
    public func timesTen(toThe power: Int) -> DecimalNumber {
        DecimalNumber(isNegative: isNegative, digits: digits, exponent: exponent + power)
    }

    /// A number times a whole number below 2^60, exact.
    public static func * (left: DecimalNumber, right: Int) -> DecimalNumber {
        let factor = UInt64(right.magnitude)
        precondition(factor < 1 << 60, "a decimal number times \(right)")
        var product: [UInt8] = []
        var carry: UInt64 = 0
        for digit in left.digits.reversed() {
            carry += UInt64(digit) * factor
            product.append(UInt8(carry % 10))
            carry /= 10
        }
        while carry > 0 {
            product.append(UInt8(carry % 10))
            carry /= 10
        }
        return DecimalNumber(
            isNegative: left.isNegative != (right < 0), digits: product.reversed(),
            exponent: left.exponent + product.count - left.digits.count)
    }
}
