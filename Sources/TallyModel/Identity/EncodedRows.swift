// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Byte strings one after the other: string `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
///
/// The column-shaped twin of `CanonicalEncoding.row` and `EntityKey`, byte for byte, without a value for each cell.
public struct EncodedRows: Sendable {
    /// All bytes.
    public private(set) var bytes: [UInt8] = []
    /// The start of each string, and the end of the last one.
    public private(set) var offsets: [Int64] = [0]

    /// The number of strings.
    public var count: Int { offsets.count - 1 }

    /// Returns the range of a string's bytes.
    public func range(_ index: Int) -> Range<Int> { Int(offsets[index])..<Int(offsets[index + 1]) }

    /// The canonical encodings of some rows of columns, in the order given.
    public init(rows: [Int], of columns: [Column]) {
        let presence = (columns.count + 7) / 8
        bytes.reserveCapacity(rows.count * (presence + columns.count * 9))
        offsets.reserveCapacity(rows.count + 1)
        for row in rows {
            let start = bytes.count
            for _ in 0..<presence { bytes.append(0) }
            for (index, column) in columns.enumerated() where column.validity[row] {
                bytes[start + index / 8] |= 1 << UInt8(index % 8)
                column.appendCanonical(row, to: &bytes)
            }
            offsets.append(Int64(bytes.count))
        }
    }

    /// The entity keys of some rows of key columns, in the order given; no column may have a null in one of them.
    public init(keys rows: [Int], of columns: [Column]) {
        bytes.reserveCapacity(rows.count * columns.count * 12)
        offsets.reserveCapacity(rows.count + 1)
        for row in rows {
            for column in columns {
                let isPart = column.appendKey(row, to: &bytes)
                precondition(isPart, "row \(row) has no key")
            }
            offsets.append(Int64(bytes.count))
        }
    }
}

extension Column {
    /// Appends the canonical bytes of a present value.
    @inline(__always)
    fileprivate func appendCanonical(_ row: Int, to bytes: inout [UInt8]) {
        switch storage {
        case .bool(let values): bytes.append(values[row])
        case .int32(let values): bytes.append(bigEndian: values[row])
        case .int64(let values): bytes.append(bigEndian: values[row])
        case .float32(let values): bytes.append(bigEndian: values[row].canonical.bitPattern)
        case .float64(let values): bytes.append(bigEndian: values[row].canonical.bitPattern)
        case .bytes(let offsets, let raw):
            bytes.append(bigEndian: UInt32(offsets[row + 1] - offsets[row]))
            bytes += raw[offsets[row]..<offsets[row + 1]]
        case .array: CanonicalEncoding.append(self[row], to: &bytes)
        }
    }

    /// Appends the part of a key; false for a null or a type that is no key.
    @inline(__always)
    fileprivate func appendKey(_ row: Int, to bytes: inout [UInt8]) -> Bool {
        guard validity[row] else { return false }
        switch storage {
        case .int64(let values):
            bytes.append(type == .timestamp ? 0x05 : 0x03)
            bytes.append(bigEndian: values[row] ^ .min)
            return true
        case .bool, .int32, .bytes, .float32, .float64, .array: return EntityKey.append(self[row], to: &bytes)
        }
    }
}
