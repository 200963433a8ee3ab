// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The bytes of a string or of a `bytes` value, shared with the column they come from.
typealias Bytes = ArraySlice<UInt8>

/// One value as the evaluator sees it: dates are days, timestamps microseconds, strings UTF-8.
enum Scalar: Sendable {
    case null
    case bool(Bool)
    /// int32 and date.
    case int32(Int32)
    /// int64 and timestamp.
    case int64(Int64)
    case float32(Float)
    case float64(Double)
    /// string and bytes.
    case bytes(Bytes)
    /// An array, of which only its elements' number is ever asked.
    case array([Value])

    var isNull: Bool { if case .null = self { true } else { false } }

    /// Takes a value of a row; floats become canonical.
    init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int32(let value): self = .int32(value)
        case .int64(let value): self = .int64(value)
        case .float32(let value): self = .float32(value.canonical)
        case .float64(let value): self = .float64(value.canonical)
        case .string(let text): self = .bytes(Bytes(text.utf8))
        case .bytes(let bytes): self = .bytes(Bytes(bytes))
        case .timestamp(let value): self = .int64(value.microseconds)
        case .date(let value): self = .int32(value.days)
        case .array: if case .array(let values) = value.canonical { self = .array(values) } else { self = .null }
        }
    }

    /// The value of a row, once its type is known.
    func value(as type: DataType) -> Value {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int32(let value): type == .date ? .date(CalendarDate(days: value)) : .int32(value)
        case .int64(let value): type == .timestamp ? .timestamp(Timestamp(microseconds: value)) : .int64(value)
        case .float32(let value): .float32(value)
        case .float64(let value): .float64(value)
        case .bytes(let bytes):
            type == .string ? .string(String(decoding: bytes, as: UTF8.self)) : .bytes(Array(bytes))
        case .array(let values): .array(values)
        }
    }
}
