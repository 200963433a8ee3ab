// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension NaiveLaw.Aggregate {
    /// A value as the naive law computes with it.
    public typealias Value = NaiveLaw.Value
    /// Values and a status.
    public typealias Answer = NaiveLaw.Answer

    /// The exact sum, rounded once; integers that do not fit overflow (SEMANTICS 5.3).
    static func sum(_ values: [Value]) -> Answer {
        if case .int = values[0] {
            let exact = values.reduce(NaiveInteger(0)) { $0 + NaiveInteger(integer($1)) }
            if exact < NaiveInteger(.min) || NaiveInteger(.max) < exact { return Answer([.null], "overflow") }
            // Wrapping sums are right as soon as the sum fits.
            return Answer([.int(values.reduce(0) { $0 &+ integer($1) })])
        }
        return fitting(floatSum(values), values)
    }

    /// The rounded sum over the count, as floats divide (SEMANTICS 5.4).
    static func mean(_ values: [Value]) -> Answer {
        fitting(floatSum(values) / Double(values.count), values)
    }

    /// `(n Σx² − (Σx)²) / n²`, or over `n (n − 1)` for a sample, rounded once before the root (SEMANTICS 5.4).
    static func variance(_ values: [Value], isSample: Bool, isRoot: Bool) -> Answer {
        let count = NaiveInteger(Int64(values.count))
        let divisor = isSample ? count * (count - NaiveInteger(1)) : count * count
        if divisor == NaiveInteger(0) { return Answer([.null]) }
        if values.contains(where: { !float($0).isFinite }) { return Answer([.float(.nan)]) }
        let units = values.map(units)
        let sum = units.reduce(NaiveInteger(0), +)
        let squares = units.reduce(NaiveInteger(0)) { $0 + $1 * $1 }
        // Both are in units of 2^−2148.
        let rounded = (count * squares - sum * sum).nearest(over: divisor.shifted(left: 2 * 1_074))
        return fitting(isRoot ? rounded.squareRoot() : rounded, values)
    }

    /// The middle of the bin that holds the value of rank `max(1, ceil(share · n))` (SEMANTICS 5.6).
    static func quantile(_ values: [Value], _ share: Double, _ relativeError: Double) -> Answer {
        let sorted = values.sorted(by: precedes).map(float)
        // `ceil` of an exact product: the least rank with rank ≥ share · n.
        let product = NaiveInteger.units(share) * NaiveInteger(Int64(sorted.count))
        let rank = (1...sorted.count).first { !(NaiveInteger(Int64($0)).shifted(left: 1_074) < product) }
        let value = sorted[(rank ?? sorted.count) - 1]
        guard value.isFinite, value != 0 else { return Answer([.float(value.isNaN ? .nan : value + 0)]) }
        // A bin keeps the first bits of the mantissa, as many as keep half its width within the relative error.
        var bits = 0
        while bits < 52 && 1 / Double(UInt64(1) << UInt64(bits + 1)) > relativeError { bits += 1 }
        let width = UInt64(1) << UInt64(52 - bits)
        let lower = value.bitPattern & ~(width - 1)
        return Answer([.float(bits == 52 ? value : Double(bitPattern: lower | width >> 1))])
    }

    /// The exact sum rounded to the nearest float; what is not finite goes by the rules of floats.
    private static func floatSum(_ values: [Value]) -> Double {
        let special = values.map(float).filter { !$0.isFinite }
        if !special.isEmpty { return special.reduce(0, +) }
        return values.map(units).reduce(NaiveInteger(0), +).nearest(
            over: NaiveInteger(1).shifted(left: 1_074))
    }

    /// A canonical float; an infinity that no input was is an overflow.
    private static func fitting(_ result: Double, _ values: [Value]) -> Answer {
        if result.isNaN { return Answer([.float(.nan)]) }
        if result.isInfinite && values.map(float).allSatisfy(\.isFinite) { return Answer([.null], "overflow") }
        return Answer([.float(result == 0 ? 0 : result)])
    }

    private static func integer(_ value: Value) -> Int64 {
        if case .int(let value) = value { value } else { 0 }
    }

    /// A finite number in units of 2^−1074, exactly.
    private static func units(_ value: Value) -> NaiveInteger {
        if case .int(let value) = value { return NaiveInteger(value).shifted(left: 1_074) }
        return NaiveInteger.units(float(value))
    }

    private static func float(_ value: Value) -> Double {
        switch value {
        case .float(let value): value
        case .int(let value): Double(value)
        case .null, .bool, .text: .nan
        }
    }
}
