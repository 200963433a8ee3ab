// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The values of a numeric column while rows go by, for a quantile: floats, integers, or decimal numbers as text.
struct NumericValues: Sendable {
    private var floats: [Double] = []
    private var integers: [Int64] = []
    private var decimals: [DecimalNumber] = []

    /// Adds a value; nulls and NaN are left out.
    mutating func add(_ value: Value) {
        switch value {
        case .int32(let number): integers.append(Int64(number))
        case .int64(let number): integers.append(number)
        case .float32(let number): add(Double(number))
        case .float64(let number): add(number)
        case .string(let text): if let number = DecimalNumber(text) { decimals.append(number) }
        case .null, .bool, .bytes, .timestamp, .date, .array: break
        }
    }

    /// Adds a number; NaN is left out.
    mutating func add(_ number: Double) { if !number.isNaN { floats.append(number) } }

    /// The nearest rank: the smallest value with at least a share of the values not above it.
    func quantile(_ q: Double) -> Measured {
        if let number = Self.quantile(q, floats) { return .number(number) }
        if let number = Self.quantile(q, integers) { return .value(.int64(number)) }
        return .value(Self.quantile(q, decimals).map { .string($0.description) } ?? .null)
    }

    private static func quantile<Number: Comparable>(_ q: Double, _ numbers: [Number]) -> Number? {
        numbers.isEmpty ? nil : numbers.sorted()[NearestRank(q).rank(among: numbers.count) - 1]
    }
}
