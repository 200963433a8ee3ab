// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

extension NumericSum {
    /// Adds a value; nulls are left out, and so is what is no number of 64 bits.
    mutating func add(_ value: Value) {
        switch value {
        case .int32(let number): add(Int64(number))
        case .int64(let number): add(number)
        case .float32(let number): add(Double(number))
        case .float64(let number): add(number)
        case .null, .string, .bool, .bytes, .timestamp, .date, .array: break
        }
    }
}

/// The values of a numeric column while rows go by, for a quantile: floats, integers, or decimal numbers as text.
struct NumericColumn: Sendable {
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

    /// The quantile by the nearest rank; null of no values.
    func quantile(_ share: Double) -> Measured {
        let rank = NearestRank(share)
        if let number = rank.value(among: floats) { return .number(number) }
        if let number = rank.value(among: integers) { return .value(.int64(number)) }
        return .value(rank.value(among: decimals).map { .string($0.description) } ?? .null)
    }
}
