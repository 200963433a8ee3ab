// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The ranges of machine integers.
enum IntegerFormat {
    /// The smallest and largest number of a format; nil for a width that does not exist.
    static func bounds(bits: Int, isSigned: Bool) -> Bounds? {
        let powers = [
            7: "128", 8: "256", 15: "32768", 16: "65536", 31: "2147483648", 32: "4294967296",
            63: "9223372036854775808", 64: "18446744073709551616",
            127: "170141183460469231731687303715884105728", 128: "340282366920938463463374607431768211456",
        ]
        guard let power = powers[isSigned ? bits - 1 : bits], [8, 16, 32, 64, 128].contains(bits) else { return nil }
        return Bounds(
            lower: Bounds.End(value: .string(isSigned ? "-" + power : "0"), isOpen: false),
            upper: Bounds.End(value: .string(power), isOpen: true))
    }
}
