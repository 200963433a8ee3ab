// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The sum of a numeric column while rows go by: exact for integers, compensated for floats.
struct NumericSum: Sendable {
    private var count = 0
    private var integers: Int128 = 0
    private var floats = CompensatedSum()

    /// Adds a value; nulls are left out, and so is what is no number of 64 bits.
    mutating func add(_ value: Value) {
        switch value {
        case .int32(let number): integers += Int128(number)
        case .int64(let number): integers += Int128(number)
        case .float32(let number): floats.add(Double(number))
        case .float64(let number): floats.add(number)
        case .null, .string, .bool, .bytes, .timestamp, .date, .array: return
        }
        count += 1
    }

    /// The sum, rounded once; null over no values.
    var measured: Measured {
        guard count > 0 else { return .value(.null) }
        // One of the two is zero: a column has one type.
        return .number(integers == 0 ? floats.rounded : Double(integers))
    }
}
