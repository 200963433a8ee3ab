// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One value of a row, with its type; the row-shaped twin of a `Column` element.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case float32(Float)
    case float64(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(Timestamp)
    case date(CalendarDate)
    case array([Value])

    /// Whether the value is null.
    public var isNull: Bool { self == .null }

    /// The same value with every NaN made one NaN and −0.0 made 0.0 (SEMANTICS 5).
    public var canonical: Value {
        switch self {
        case .float32(let value): .float32(value.canonical)
        case .float64(let value): .float64(value.canonical)
        case .array(let values): .array(values.map(\.canonical))
        case .null, .bool, .int32, .int64, .string, .bytes, .timestamp, .date: self
        }
    }

    /// Whether two values are the same, bit for bit: NaN equals NaN and −0.0 differs from 0.0.
    public func isIdentical(to other: Value) -> Bool {
        switch (self, other) {
        case (.float32(let left), .float32(let right)): left.bitPattern == right.bitPattern
        case (.float64(let left), .float64(let right)): left.bitPattern == right.bitPattern
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isIdentical(to: $1) }
        default: self == other
        }
    }
}

extension Float {
    /// The same number with one NaN (0x7FC00000) and no −0.0.
    public var canonical: Float { isNaN ? Float(bitPattern: 0x7FC0_0000) : self == 0 ? 0 : self }
}

extension Double {
    /// The same number with one NaN (0x7FF8000000000000) and no −0.0.
    public var canonical: Double { isNaN ? Double(bitPattern: 0x7FF8_0000_0000_0000) : self == 0 ? 0 : self }
}
