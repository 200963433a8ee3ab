// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A whole number of any size, added and multiplied as in school, to the base 2^32.
struct NaiveInteger: Comparable {
    /// Least digit first; the greatest one is not zero.
    private var digits: [UInt32]
    private var isNegative: Bool

    private init(_ digits: [UInt32], isNegative: Bool) {
        var digits = digits
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.isNegative = isNegative && !digits.isEmpty
    }

    init(_ value: Int64) {
        self.init(
            [UInt32(truncatingIfNeeded: value.magnitude), UInt32(truncatingIfNeeded: value.magnitude >> 32)],
            isNegative: value < 0)
    }

    /// A finite float in units of 2^−1074: every float is a whole number of them.
    static func units(_ value: Double) -> NaiveInteger {
        let significand = Int64(value.significandBitPattern) + (value.exponentBitPattern == 0 ? 0 : 1 << 52)
        let exponent = max(1, Int(value.exponentBitPattern)) - 1
        let magnitude = NaiveInteger(significand).shifted(left: exponent)
        return value.sign == .minus ? NaiveInteger(0) - magnitude : magnitude
    }

    /// The float nearest to `self / divisor`, ties to the even one; an infinity beyond the greatest.
    ///
    /// - Parameter divisor: positive.
    func nearest(over divisor: NaiveInteger) -> Double {
        if isNegative { return -(NaiveInteger(0) - self).nearest(over: divisor) }
        let target = shifted(left: 1_074)
        // The greatest float that is not above: floats are ordered as their patterns are.
        var low: UInt64 = 0
        var high = Double.infinity.bitPattern
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if target < Self.units(Double(bitPattern: middle)) * divisor { high = middle } else { low = middle }
        }
        // What follows the greatest float would be 2^1024, whose pattern is that of an infinity.
        let next =
            high == Double.infinity.bitPattern
            ? NaiveInteger(1).shifted(left: 1_024 + 1_074) : Self.units(Double(bitPattern: high))
        let twice = target + target
        let middle = (Self.units(Double(bitPattern: low)) + next) * divisor
        if twice < middle || (twice == middle && low % 2 == 0) { return Double(bitPattern: low) }
        return Double(bitPattern: high)
    }

    func shifted(left count: Int) -> NaiveInteger {
        let (words, bits) = (count / 32, count % 32)
        let zeros = [UInt32](repeating: 0, count: words)
        return NaiveInteger(zeros + digits, isNegative: isNegative) * NaiveInteger(1 << Int64(bits))
    }

    static func + (left: NaiveInteger, right: NaiveInteger) -> NaiveInteger {
        if left.isNegative == right.isNegative {
            return NaiveInteger(added(left.digits, right.digits), isNegative: left.isNegative)
        }
        if isLess(left.digits, right.digits) {
            return NaiveInteger(subtracted(right.digits, left.digits), isNegative: right.isNegative)
        }
        return NaiveInteger(subtracted(left.digits, right.digits), isNegative: left.isNegative)
    }

    static func - (left: NaiveInteger, right: NaiveInteger) -> NaiveInteger {
        left + NaiveInteger(right.digits, isNegative: !right.isNegative)
    }

    static func * (left: NaiveInteger, right: NaiveInteger) -> NaiveInteger {
        var digits = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
        for (place, one) in left.digits.enumerated() {
            var carry: UInt64 = 0
            for (offset, other) in right.digits.enumerated() {
                let sum = UInt64(one) * UInt64(other) + UInt64(digits[place + offset]) + carry
                digits[place + offset] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            digits[place + right.digits.count] = UInt32(carry)
        }
        return NaiveInteger(digits, isNegative: left.isNegative != right.isNegative)
    }

    static func < (left: NaiveInteger, right: NaiveInteger) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? isLess(right.digits, left.digits) : isLess(left.digits, right.digits)
    }

    private static func isLess(_ left: [UInt32], _ right: [UInt32]) -> Bool {
        if left.count != right.count { return left.count < right.count }
        for place in left.indices.reversed() where left[place] != right[place] { return left[place] < right[place] }
        return false
    }

    private static func added(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var sum: [UInt32] = []
        var carry: UInt64 = 0
        for place in 0..<max(left.count, right.count) {
            carry += UInt64(place < left.count ? left[place] : 0) + UInt64(place < right.count ? right[place] : 0)
            sum.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        return sum + [UInt32(carry)]
    }

    /// The difference of magnitudes; the first is not less.
    private static func subtracted(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var difference: [UInt32] = []
        var borrow: Int64 = 0
        for place in left.indices {
            let digit = Int64(left[place]) - Int64(place < right.count ? right[place] : 0) - borrow
            borrow = digit < 0 ? 1 : 0
            difference.append(UInt32(truncatingIfNeeded: digit))
        }
        return difference
    }
}
