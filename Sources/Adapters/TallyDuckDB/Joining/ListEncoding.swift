// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Lists as canonical bytes, as `CanonicalEncoding` has them, column by column instead of value by value.
enum ListEncoding {
    /// Encodes each row of an array column, nothing for null; `offsets` gets one number more than there are rows.
    static func encode(_ column: Column, to bytes: inout [UInt8], offsets starts: inout [Int]) {
        guard case .array(let offsets, let elements) = column.storage else {
            preconditionFailure("a column of type \(column.type) holds no lists")
        }
        starts.append(bytes.count)
        for row in 0..<column.count {
            if column.validity[row] { append(elements, offsets[row]..<offsets[row + 1], to: &bytes) }
            starts.append(bytes.count)
        }
    }

    private static func append(_ elements: Column, _ range: Range<Int>, to bytes: inout [UInt8]) {
        append(UInt32(range.count), to: &bytes)
        switch elements.storage {
        case .bool(let values):
            for index in range where mark(elements, index, &bytes) { bytes.append(values[index] == 0 ? 0 : 1) }
        case .int32(let values):
            for index in range where mark(elements, index, &bytes) {
                append(UInt32(bitPattern: values[index]), to: &bytes)
            }
        case .int64(let values):
            for index in range where mark(elements, index, &bytes) {
                append(UInt64(bitPattern: values[index]), to: &bytes)
            }
        case .float32(let values):
            for index in range where mark(elements, index, &bytes) {
                append(values[index].canonical.bitPattern, to: &bytes)
            }
        case .float64(let values):
            for index in range where mark(elements, index, &bytes) {
                append(values[index].canonical.bitPattern, to: &bytes)
            }
        case .bytes(let offsets, let raw):
            for index in range where mark(elements, index, &bytes) {
                append(UInt32(offsets[index + 1] - offsets[index]), to: &bytes)
                bytes += raw[offsets[index]..<offsets[index + 1]]
            }
        case .array(let offsets, let inner):
            for index in range where mark(elements, index, &bytes) {
                append(inner, offsets[index]..<offsets[index + 1], to: &bytes)
            }
        }
    }

    private static func mark(_ elements: Column, _ index: Int, _ bytes: inout [UInt8]) -> Bool {
        let isPresent = elements.validity[index]
        bytes.append(isPresent ? 1 : 0)
        return isPresent
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}
