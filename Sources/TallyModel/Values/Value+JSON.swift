// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Value {
    /// The value for a JSON document: numbers as numbers, times, dates and bytes as `text` prints them.
    ///
    /// An int64 beyond 2^53 is its decimal text, and so are NaN and the infinities, which JSON lacks.
    public var json: JSON {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int32(let value): .int(Int64(value))
        case .int64(let value): .exact(value)
        case .float32(let value): value.isFinite ? .double(Double(value)) : .string(text)
        case .float64(let value): value.isFinite ? .double(value) : .string(text)
        case .string(let value): .string(value)
        case .bytes, .timestamp, .date: .string(text)
        case .array(let values): .array(values.map(\.json))
        }
    }
}
