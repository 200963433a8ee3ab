// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The shortest decimal that reads back as the same double, as an integer of at most 17 digits and a power of ten.
///
/// Source: Raffaello Giulietti, "The Schubfach way to render doubles" (2020), sections 9 and 10, with the constants of
/// OpenJDK's `jdk.internal.math.DoubleToDecimal`. Of the shortest ones it is the closest. The slow twin in the tests is
/// `Double.description`.
public struct ShortestDecimal: Sendable, Hashable {
    /// The digits as an integer, without zeros at the end; 0 for zero.
    public let digits: UInt64
    /// The power of ten that the digits are multiplied by.
    public let exponent: Int

    private static let smallestExponent = -1_074
    private static let hiddenBit: UInt64 = 1 << 52

    /// The decimal of a finite number, without its sign.
    public init(of number: Double) {
        let fraction = number.bitPattern & (Self.hiddenBit - 1)
        let biased = Int(number.bitPattern >> 52 & 0x7FF)
        guard biased > 0 else {
            self =
                fraction == 0
                ? ShortestDecimal(digits: 0, exponent: 0) : Self.shortest(Self.smallestExponent, fraction)
            return
        }
        let significand = fraction | Self.hiddenBit
        let power = biased + Self.smallestExponent - 1
        if power < 0, power > -53, significand & (1 << UInt64(-power) - 1) == 0 {
            self.init(stripping: significand >> UInt64(-power), 0)
        } else {
            self = Self.shortest(power, significand)
        }
    }

    private init(digits: UInt64, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// Takes zeros off the end.
    private init(stripping digits: UInt64, _ exponent: Int) {
        var (digits, exponent) = (digits, exponent)
        while digits >= 10 {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            digits = quotient
            exponent += 1
        }
        self.init(digits: digits, exponent: exponent)
    }

    /// The decimal of `significand` · 2^`power`.
    private static func shortest(_ power: Int, _ significand: UInt64) -> ShortestDecimal {
        let odd = significand & 1
        let middle = significand << 2
        let isRegular = significand != hiddenBit || power == smallestExponent
        let low = isRegular ? middle - 2 : middle - 1
        let ten = (power * 661_971_961_083 - (isRegular ? 0 : 274_743_187_321)) >> 41
        let lift = UInt64(power + ((-ten * 913_124_641_741) >> 38) + 2)
        let place = 2 * (ten - PowersOfTen.first)
        let (high, rest) = (PowersOfTen.halves[place], PowersOfTen.halves[place + 1])
        let value = rounded(high, rest, middle << lift)
        let lower = rounded(high, rest, low << lift)
        let upper = rounded(high, rest, (middle + 2) << lift)
        let floor = value >> 2
        // One digit less, where just one such number is near enough. Zero never is.
        let down = 10 * (floor / 10)
        let up = down + 10
        let isDown = lower + odd <= down << 2
        let isUp = up << 2 + odd <= upper
        if isDown != isUp { return ShortestDecimal(stripping: isDown ? down : up, ten) }
        let ceiling = floor + 1
        let isFloor = lower + odd <= floor << 2
        let isCeiling = ceiling << 2 + odd <= upper
        if isFloor != isCeiling { return ShortestDecimal(stripping: isFloor ? floor : ceiling, ten) }
        let twice = (floor + ceiling) << 1
        let isNearer = value < twice || value == twice && floor & 1 == 0
        return ShortestDecimal(stripping: isNearer ? floor : ceiling, ten)
    }

    /// The product with a power of ten, rounded to odd.
    private static func rounded(_ high: UInt64, _ rest: UInt64, _ factor: UInt64) -> UInt64 {
        let below = rest.multipliedFullWidth(by: factor).high
        let (upper, lower) = high.multipliedFullWidth(by: factor)
        let sum = lower >> 1 &+ below
        let whole = upper &+ sum >> 63
        return whole | (sum & (1 << 63 - 1) &+ (1 << 63 - 1)) >> 63
    }
}

/// The powers of ten that doubles need, to 126 bits and rounded up: g of section 9.8 of the paper, as two halves each.
enum PowersOfTen {
    static let first = -324
    static let last = 292
    private static let bits = 126

    /// For each exponent k from `first` on, the upper and lower 63 bits of ⌊10^(−k) · 2^(−r)⌋ + 1, r = ⌊log2 10^(−k)⌋ − 125.
    static let halves: [UInt64] = {
        var halves = [UInt64](repeating: 0, count: 2 * (last - first + 1))
        // 10^n in 32-bit digits, least significant first.
        var digits: [UInt32] = [1]
        for power in 0...(-first) {
            halves.set(leading(of: digits), for: -power - first)
            if (1...last).contains(power) { halves.set(reciprocal(of: digits), for: power - first) }
            var carry: UInt64 = 0
            for index in digits.indices {
                let product = UInt64(digits[index]) * 10 + carry
                digits[index] = UInt32(truncatingIfNeeded: product)
                carry = product >> 32
            }
            if carry > 0 { digits.append(UInt32(carry)) }
        }
        return halves
    }()

    private static func length(_ digits: [UInt32]) -> Int {
        digits.count * 32 - (digits.last?.leadingZeroBitCount ?? 0)
    }

    private static func bit(_ digits: [UInt32], _ index: Int) -> UInt64 {
        index >= 0 && index < digits.count * 32 ? UInt64(digits[index / 32] >> UInt32(index % 32) & 1) : 0
    }

    /// The first 126 bits of a number, rest cut off.
    private static func leading(of digits: [UInt32]) -> (high: UInt64, low: UInt64) {
        let top = length(digits) - 1
        var (high, low): (UInt64, UInt64) = (0, 0)
        for place in 0..<63 { high = high << 1 | bit(digits, top - place) }
        for place in 63..<bits { low = low << 1 | bit(digits, top - place) }
        return (high, low)
    }

    /// The first 126 bits of a number's reciprocal, rest cut off; the number is no power of two.
    private static func reciprocal(of divisor: [UInt32]) -> (high: UInt64, low: UInt64) {
        // Long division of 2^length by the number: the first quotient bit is 1, since 2^(length-1) < number < 2^length.
        var remainder = [UInt32](repeating: 0, count: divisor.count + 1)
        let top = length(divisor)
        remainder[top / 32] = 1 << UInt32(top % 32)
        var (high, low): (UInt64, UInt64) = (0, 0)
        for place in 0..<bits {
            let isBit = !isLess(remainder, divisor)
            if isBit { subtract(divisor, from: &remainder) }
            if place < 63 { high = high << 1 | (isBit ? 1 : 0) } else { low = low << 1 | (isBit ? 1 : 0) }
            double(&remainder)
        }
        return (high, low)
    }

    private static func isLess(_ left: [UInt32], _ right: [UInt32]) -> Bool {
        for index in left.indices.reversed() {
            let other = index < right.count ? right[index] : 0
            if left[index] != other { return left[index] < other }
        }
        return false
    }

    private static func subtract(_ right: [UInt32], from left: inout [UInt32]) {
        var borrow: Int64 = 0
        for index in left.indices {
            let difference = Int64(left[index]) - (index < right.count ? Int64(right[index]) : 0) - borrow
            left[index] = UInt32(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
    }

    private static func double(_ digits: inout [UInt32]) {
        var carry: UInt32 = 0
        for index in digits.indices {
            let next = digits[index] >> 31
            digits[index] = digits[index] << 1 | carry
            carry = next
        }
    }
}

extension [UInt64] {
    /// Puts 126 bits plus one into the two halves of a place.
    fileprivate mutating func set(_ bits: (high: UInt64, low: UInt64), for place: Int) {
        let isFull = bits.low == 1 << 63 - 1
        self[2 * place] = isFull ? bits.high + 1 : bits.high
        self[2 * place + 1] = isFull ? 0 : bits.low + 1
    }
}
