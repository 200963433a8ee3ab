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
        case .int32(let value): bytes.append(bigEndian: UInt32(bitPattern: value))
        case .date(let value): bytes.append(bigEndian: UInt32(bitPattern: value.days))
        case .int64(let value): bytes.append(bigEndian: UInt64(bitPattern: value))
        case .timestamp(let value): bytes.append(bigEndian: UInt64(bitPattern: value.microseconds))
        case .float32(let value): bytes.append(bigEndian: value.canonical.bitPattern)
        case .float64(let value): bytes.append(bigEndian: value.canonical.bitPattern)
        case .string(let text):
            bytes.append(bigEndian: UInt32(text.utf8.count))
            bytes += Array(text.utf8)
        case .bytes(let raw):
            bytes.append(bigEndian: UInt32(raw.count))
            bytes += raw
        case .array(let values):
            bytes.append(bigEndian: UInt32(values.count))
            for value in values {
                bytes.append(value.isNull ? 0 : 1)
                append(value, to: &bytes)
            }
        }
    }

    /// Appends a column for a receipt: for each value one byte of its status and its encoding; nothing for null.
    static func append(_ column: Column, statuses: ArraySlice<ValueStatus>, to bytes: inout [UInt8]) {
        guard column.validity.isAllPresent else { return append(each: column, statuses: statuses, to: &bytes) }
        switch column.storage {
        case .float64(let values): append(words: values, statuses, to: &bytes) { $0.canonical.bitPattern }
        case .int64(let values): append(words: values, statuses, to: &bytes) { UInt64(bitPattern: $0) }
        case .bool, .int32, .float32, .bytes, .array: append(each: column, statuses: statuses, to: &bytes)
        }
    }

    private static func append(each column: Column, statuses: ArraySlice<ValueStatus>, to bytes: inout [UInt8]) {
        for (row, status) in statuses.enumerated() {
            bytes.append(status.rawValue)
            append(column[row], to: &bytes)
        }
    }

    /// Appends values of eight bytes that are all present.
    @inline(__always)
    private static func append<Element>(
        words values: [Element], _ statuses: ArraySlice<ValueStatus>, to bytes: inout [UInt8],
        _ word: (Element) -> UInt64
    ) {
        var place = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: values.count * 9))
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        for (value, status) in zip(values, statuses) {
            target.storeBytes(of: status.rawValue, toByteOffset: place, as: UInt8.self)
            target.storeBytes(of: word(value).bigEndian, toByteOffset: place + 1, as: UInt64.self)
            place += 9
        }
    }
}
