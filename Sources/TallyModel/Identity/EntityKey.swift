// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The bytes of an entity key: tagged, escaped and ordered like the values that they encode (SEMANTICS 10).
///
/// Each value is a tag byte followed by its bytes, so no two keys run into each other: ("1","12") and ("11","2") differ.
/// bool 0x01 and one byte; int32, int64, date and timestamp 0x02 to 0x05 and two's complement with the sign bit flipped,
/// most significant byte first; string and bytes 0x06 and 0x07, every 0x00 written as 0x00 0xFF, ended by 0x00 0x00.
/// A key with a null part is no key: such a row matches nothing.
public struct EntityKey: Sendable, Hashable, Comparable {
    /// The encoded key.
    public let bytes: [UInt8]

    /// Encodes the values of the join keys in declared order; nil when one of them is null or cannot be a key.
    public init?(_ values: [Value]) {
        var bytes: [UInt8] = []
        for value in values where !Self.append(value, to: &bytes) { return nil }
        self.bytes = bytes
    }

    /// Takes bytes that `init(_:)` or `EncodedRows` made.
    package init(encoded bytes: [UInt8]) { self.bytes = bytes }

    /// Orders keys by their bytes, which is the order of their values, part by part.
    public static func < (left: EntityKey, right: EntityKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// Appends one part; false, and nothing appended, when the value is null or of a type that is no key type.
    public static func append(_ value: Value, to bytes: inout [UInt8]) -> Bool {
        switch value {
        case .bool(let value):
            bytes += [0x01, value ? 1 : 0]
        case .int32(let value):
            bytes.append(0x02)
            append(ordered: UInt64(UInt32(bitPattern: value) ^ 1 << 31), count: 4, to: &bytes)
        case .int64(let value):
            bytes.append(0x03)
            append(ordered: UInt64(bitPattern: value) ^ 1 << 63, count: 8, to: &bytes)
        case .date(let value):
            bytes.append(0x04)
            append(ordered: UInt64(UInt32(bitPattern: value.days) ^ 1 << 31), count: 4, to: &bytes)
        case .timestamp(let value):
            bytes.append(0x05)
            append(ordered: UInt64(bitPattern: value.microseconds) ^ 1 << 63, count: 8, to: &bytes)
        case .string(let text):
            bytes.append(0x06)
            append(escaped: Array(text.utf8), to: &bytes)
        case .bytes(let raw):
            bytes.append(0x07)
            append(escaped: raw, to: &bytes)
        case .null, .float32, .float64, .array:
            return false
        }
        return true
    }

    private static func append(ordered value: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }

    private static func append(escaped raw: [UInt8], to bytes: inout [UInt8]) {
        for byte in raw {
            bytes.append(byte)
            if byte == 0 { bytes.append(0xFF) }
        }
        bytes += [0, 0]
    }
}
