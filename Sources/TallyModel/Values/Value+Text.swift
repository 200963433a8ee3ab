// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Value {
    /// The value as a person reads it in a table; `null` for null.
    public var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int32(let value): String(value)
        case .int64(let value): String(value)
        case .float32(let value): value.description
        case .float64(let value): value.description
        case .string(let value): value
        case .bytes(let value): "0x" + value.map { padded(hex: $0) }.joined()
        case .timestamp(let value): value.description
        case .date(let value): value.description
        case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        }
    }

    private func padded(hex byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
