// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Bounds some way around what was seen, rounded outwards so that people can read them.
public enum Margin {
    /// A tenth of the spread on either side.
    public static let part = 10.0

    /// Bounds around numbers, rounded to the second digit of their spread; a bound never crosses zero.
    ///
    /// Nil when there is no spread, which says nothing of the values to come, or when floats cannot hold the bounds.
    public static func around(_ seen: ClosedRange<Double>, isWhole: Bool) -> ClosedRange<Double>? {
        let (low, high) = (seen.lowerBound, seen.upperBound)
        let spread = high - low
        guard spread > 0, spread.isFinite else { return nil }
        let exponent = isWhole ? max(0, Self.exponent(of: spread) - 1) : Self.exponent(of: spread) - 1
        var lower = down(low - spread / part, exponent)
        var upper = -down(-(high + spread / part), exponent)
        if low >= 0 { lower = max(0, lower) }
        if high <= 0 { upper = min(0, upper) }
        guard lower.isFinite, upper.isFinite, lower <= low, upper >= high else { return nil }
        return lower...upper
    }

    /// Bounds around microseconds or days, rounded to the largest unit of which the spread has ten; `day` is how many
    /// of them a day has.
    public static func around(times seen: ClosedRange<Int64>, day: Int64) -> ClosedRange<Int64>? {
        let (spread, overflow) = seen.upperBound.subtractingReportingOverflow(seen.lowerBound)
        guard !overflow, spread > 0 else { return nil }
        let units = day == 1 ? [1] : [day, day / 24, day / 1_440, day / 86_400]
        let unit = units.first { spread / 10 >= $0 } ?? units[units.count - 1]
        let (low, isBelow) = seen.lowerBound.subtractingReportingOverflow(spread / 10)
        let (high, isAbove) = seen.upperBound.addingReportingOverflow(spread / 10 + unit)
        guard !isBelow, !isAbove, low > .min + unit else { return nil }
        let lower = low.flooredDivision(by: unit).quotient * unit
        return lower...(high.flooredDivision(by: unit).quotient * unit)
    }

    /// Bounds around counts of characters: at least 1 where no text was empty.
    public static func around(lengths seen: ClosedRange<Int>) -> ClosedRange<Int> {
        guard let wide = around(Double(seen.lowerBound)...Double(seen.upperBound), isWhole: true) else { return seen }
        return max(min(seen.lowerBound, 1), Int(wide.lowerBound))...Int(wide.upperBound)
    }

    /// A positive number rounded up to two digits.
    public static func up(_ number: Double) -> Double { -down(-number, exponent(of: number) - 1) }

    /// A positive count rounded down to two digits.
    public static func down(_ count: Int) -> Int {
        Int(down(Double(count), max(0, exponent(of: Double(count)) - 1)))
    }

    /// The power of ten of a positive number's first digit.
    private static func exponent(of number: Double) -> Int {
        guard number > 0, number.isFinite else { return 0 }
        var exponent = 0
        var rest = number
        while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
        while rest < 1, exponent > -330 { (rest, exponent) = (rest * 10, exponent - 1) }
        return exponent
    }

    /// The largest multiple of a power of ten that is not above a number, as the float next to it.
    private static func down(_ number: Double, _ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<exponent.magnitude { power *= 10 }
        func multiple(_ count: Double) -> Double { exponent < 0 ? count / power : count * power }
        var count = (exponent < 0 ? number * power : number / power).rounded(.down)
        guard count.magnitude < 9_007_199_254_740_992 else { return number }
        // A count that rounding has moved by one step.
        if multiple(count) > number { count -= 1 }
        return multiple(count) == 0 ? 0 : multiple(count)
    }
}
