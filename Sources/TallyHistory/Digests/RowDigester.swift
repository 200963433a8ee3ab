// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Digests rows of a table column by column.
///
/// A row is a message of 64-bit words: first one bit for each column, set where there is a value, then the values in the
/// order of the columns. A number is one word; bytes are a word with their count and then the bytes, padded with zeros. A
/// float that is NaN is one NaN, and −0.0 is 0.0, as in everything that is stored (SEMANTICS 5.7). With the names and types
/// of the columns, which are not part of it, no two rows share a message.
public struct RowDigester {
    private let key: DigestKey
    private var lanes: [SipLane] = []

    /// Digests with a key.
    public init(_ key: DigestKey) { self.key = key }

    /// Begins some rows.
    public mutating func begin(_ count: Int) {
        lanes.removeAll(keepingCapacity: true)
        lanes.append(contentsOf: repeatElement(SipLane(key), count: count))
    }

    /// The number of rows that were begun.
    public var count: Int { lanes.count }

    /// Appends a word to a row.
    @inline(__always)
    public mutating func append(_ word: UInt64, to row: Int) { lanes[row].append(word) }

    /// Appends a number to a row, as one word.
    @inline(__always)
    public mutating func append(_ number: Int64, to row: Int) { lanes[row].append(UInt64(bitPattern: number)) }

    /// Appends a float to a row, as one word.
    @inline(__always)
    public mutating func append(_ number: Double, to row: Int) {
        lanes[row].append(number == 0 ? 0 : number.isNaN ? 0x7FF8_0000_0000_0000 : number.bitPattern)
    }

    /// Appends bytes to a row.
    public mutating func append(_ bytes: RawSpan, to row: Int) {
        var lane = lanes[row]
        lane.append(UInt64(bytes.byteCount))
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            lane.append(
                UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        if offset < bytes.byteCount {
            var word: UInt64 = 0
            for place in offset..<bytes.byteCount {
                let byte = unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)
                word |= UInt64(byte) << UInt64(8 * (place - offset))
            }
            lane.append(word)
        }
        lanes[row] = lane
    }

    /// Returns the digests of the rows, in their order; none are begun afterwards.
    public mutating func finish() -> [RowDigest] {
        defer { lanes.removeAll(keepingCapacity: true) }
        return lanes.map { $0.finish() }
    }
}
