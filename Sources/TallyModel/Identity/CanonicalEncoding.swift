// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The canonical bytes of stored values: one encoding for tie-breaking, online rows and hashes (SEMANTICS 2, 9, 10).
///
/// A row is a presence bitmap of ⌈n/8⌉ bytes (value `i` is bit `i % 8` of byte `i / 8`, least significant first, 1 =
/// present) followed by the present values in declared order. bool is one byte; int32 and date four, int64 and
/// timestamp eight bytes of two's complement, most significant first; floats their IEEE 754 bits, most significant
/// first, with one NaN and no −0.0; string and bytes a four-byte length and the bytes; an array a four-byte count and
/// for each element one presence byte (0 or 1) and, when present, its value.
public enum CanonicalEncoding {
    /// The encoding of one row of stored values.
    public static func row(_ values: [Value]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
        for (index, value) in values.enumerated() where !value.isNull { bytes[index / 8] |= 1 << UInt8(index % 8) }
        for value in values { append(value, to: &bytes) }
        return bytes
    }

    /// Appends the encoding of a value; nothing for null.
    public static func append(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .null: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int32(let value): append(bigEndian: UInt32(bitPattern: value), to: &bytes)
        case .date(let value): append(bigEndian: UInt32(bitPattern: value.days), to: &bytes)
        case .int64(let value): append(bigEndian: UInt64(bitPattern: value), to: &bytes)
        case .timestamp(let value): append(bigEndian: UInt64(bitPattern: value.microseconds), to: &bytes)
        case .float32(let value): append(bigEndian: value.canonical.bitPattern, to: &bytes)
        case .float64(let value): append(bigEndian: value.canonical.bitPattern, to: &bytes)
        case .string(let text):
            append(bigEndian: UInt32(text.utf8.count), to: &bytes)
            bytes += Array(text.utf8)
        case .bytes(let raw):
            append(bigEndian: UInt32(raw.count), to: &bytes)
            bytes += raw
        case .array(let values):
            append(bigEndian: UInt32(values.count), to: &bytes)
            for value in values {
                bytes.append(value.isNull ? 0 : 1)
                append(value, to: &bytes)
            }
        }
    }

    private static func append(bigEndian value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        var shift = value.bitWidth - 8
        while shift >= 0 {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            shift -= 8
        }
    }
}
