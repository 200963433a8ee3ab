// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The stored form of a cell, version 2 (SEMANTICS 10; `docs/formats.md`).
///
/// Version (1 byte), flags (1 byte: 1 = the full key follows, 2 = rows have no event time, 4 = nanoseconds were cut from
/// some), with flag 1 a four-byte length and the full key, a four-byte count of rows, and for each row its event time
/// (8 bytes, unless flag 2), the nanoseconds cut from it (2 bytes, with flag 4), known time and sequence (8 bytes each), a
/// four-byte length and the stored values; at last four bytes of CRC-32C over the stored key and all of that. Integers are
/// two's complement, most significant byte first.
extension OnlineCell {
    /// The version of the form that is written; another one is refused.
    public static let formatVersion: UInt8 = 2
    private static let fullKeyFlag: UInt8 = 1
    private static let timelessFlag: UInt8 = 2
    private static let cutFlag: UInt8 = 4

    /// Why stored bytes are no cell; the place of the key is told by who has it.
    public enum Corruption: Error, Sendable, Hashable {
        case version(UInt8)
        case checksum
        case form

        /// What is wrong, for a message.
        public var message: String {
            switch self {
            case .version(let version): "its format version is \(version), and this program reads \(formatVersion)"
            case .checksum: "the checksum does not fit the bytes"
            case .form: "the bytes have no known form"
            }
        }
    }

    /// The bytes stored under a key.
    public func encoded(for key: OnlineKey) -> [UInt8] {
        let isTimeless = rows.allSatisfy { $0.eventTime == nil }
        var bytes: [UInt8] = [Self.formatVersion, 0]
        bytes.reserveCapacity(16 + rows.reduce(0) { $0 + 28 + $1.values.count })
        if let full = key.full {
            bytes[1] |= Self.fullKeyFlag
            bytes.append(bigEndian: UInt32(full.count))
            bytes += full
        }
        if isTimeless { bytes[1] |= Self.timelessFlag }
        let isCut = rows.contains { $0.cutNanoseconds != 0 }
        if isCut { bytes[1] |= Self.cutFlag }
        bytes.append(bigEndian: UInt32(rows.count))
        for row in rows {
            if !isTimeless { bytes.append(bigEndian: (row.eventTime ?? .distantPast).microseconds) }
            if isCut { bytes.append(bigEndian: Int16(row.cutNanoseconds)) }
            bytes.append(bigEndian: row.knownTime.microseconds)
            bytes.append(bigEndian: row.sequence)
            bytes.append(bigEndian: UInt32(row.values.count))
            bytes += row.values
        }
        var checksum = CRC32C()
        checksum.update(key.stored)
        checksum.update(bytes)
        bytes.append(bigEndian: checksum.value)
        return bytes
    }

    /// Reads what `encoded(for:)` wrote under the same key.
    public init(_ bytes: RawSpan, key: OnlineKey) throws(Corruption) {
        var rows: [OnlineRow] = []
        var cursor = try Self.open(bytes, key: key)
        for _ in 0..<cursor.count {
            let row = try cursor.next(bytes)
            guard let values = cursor.values(bytes, row) else { throw .form }
            rows.append(
                OnlineRow(
                    eventTime: row.eventTime, cutNanoseconds: row.cutNanoseconds, knownTime: row.knownTime,
                    sequence: row.sequence, values: values))
        }
        guard cursor.isAtEnd(bytes) else { throw .form }
        self.init(ordered: rows)
    }

    /// Takes apart what a store found under a stored key: the key, with its full bytes, and the cell.
    public static func entry(stored: [UInt8], _ bytes: RawSpan) throws(Corruption) -> OnlineEntry {
        var cursor = ByteCursor()
        guard cursor.skip(bytes, 1) != nil, let flags: UInt8 = cursor.integer(bytes) else { throw .form }
        var key = OnlineKey(stored: stored, full: nil)
        if flags & fullKeyFlag != 0 {
            guard let length: UInt32 = cursor.integer(bytes), let full = cursor.array(bytes, Int(length))
            else { throw .form }
            key = OnlineKey(stored: stored, full: full)
        }
        let cell = try OnlineCell(bytes, key: key)
        guard key.full.map({ OnlineKey(digestOf: $0).stored == stored }) ?? true else { throw .form }
        return OnlineEntry(key: key, cell: cell)
    }

    /// Reads what `encoded(for:)` wrote under the same key.
    public init(encoded bytes: [UInt8], key: OnlineKey) throws(Corruption) {
        self = try unsafe OnlineCell(bytes.span.bytes, key: key)
    }

    /// Where a row's parts are in the bytes of a cell.
    public struct StoredRow: Sendable, Hashable {
        /// When it happened; nil for a source without event time.
        public let eventTime: Timestamp?
        /// The nanoseconds cut from the event time: −999 to 0.
        public let cutNanoseconds: Int32
        /// When it was known.
        public let knownTime: Timestamp
        /// Its position in the source's log.
        public let sequence: Int64
        /// Where the stored values are.
        public let values: Range<Int>
    }

    /// The last row known at `time`, found in stored bytes without taking them apart; nil when there is none.
    ///
    /// The checksum of the whole cell is verified first.
    static func row(
        at time: Timestamp, in bytes: RawSpan, key: OnlineKey
    ) throws(Corruption) -> StoredRow? {
        var cursor = try open(bytes, key: key)
        var found: StoredRow?
        for _ in 0..<cursor.count {
            let row = try cursor.next(bytes)
            if row.knownTime <= time { found = row }
        }
        guard cursor.isAtEnd(bytes) else { throw .form }
        return found
    }

    /// The rows of stored bytes, without taking them apart; the checksum of the whole cell is verified first.
    static func rows(in bytes: RawSpan, key: OnlineKey) throws(Corruption) -> [StoredRow] {
        var cursor = try open(bytes, key: key)
        var rows: [StoredRow] = []
        for _ in 0..<cursor.count { rows.append(try cursor.next(bytes)) }
        guard cursor.isAtEnd(bytes) else { throw .form }
        return rows
    }

    /// Walks through the rows of stored bytes.
    private struct Cursor {
        var place = ByteCursor()
        var count = 0
        var isTimeless = false
        var isCut = false

        func isAtEnd(_ bytes: RawSpan) -> Bool { place.offset == bytes.byteCount - 4 }

        mutating func next(_ bytes: RawSpan) throws(Corruption) -> StoredRow {
            let event: Int64? = isTimeless ? nil : place.integer(bytes)
            let cut: Int16? = isCut ? place.integer(bytes) : 0
            guard isTimeless || event != nil, let cut, (-999...0).contains(cut),
                let known: Int64 = place.integer(bytes),
                let sequence: Int64 = place.integer(bytes), let length: UInt32 = place.integer(bytes),
                let values = place.skip(bytes, Int(length))
            else { throw .form }
            return StoredRow(
                eventTime: event.map { Timestamp(microseconds: $0) }, cutNanoseconds: Int32(cut),
                knownTime: Timestamp(microseconds: known), sequence: sequence, values: values)
        }

        func values(_ bytes: RawSpan, _ row: StoredRow) -> [UInt8]? {
            var start = ByteCursor()
            guard start.skip(bytes, row.values.lowerBound) != nil else { return nil }
            return start.array(bytes, row.values.count)
        }
    }

    private static func open(_ bytes: RawSpan, key: OnlineKey) throws(Corruption) -> Cursor {
        guard bytes.byteCount >= 8 else { throw .form }
        var end = ByteCursor()
        guard end.skip(bytes, bytes.byteCount - 4) != nil, let stored: UInt32 = end.integer(bytes) else { throw .form }
        var checksum = CRC32C()
        checksum.update(key.stored)
        checksum.update(bytes.extracting(0..<bytes.byteCount - 4))
        guard checksum.value == stored else { throw .checksum }
        var cursor = Cursor()
        guard let version: UInt8 = cursor.place.integer(bytes), let flags: UInt8 = cursor.place.integer(bytes)
        else { throw .form }
        guard version == formatVersion else { throw .version(version) }
        guard flags & ~(fullKeyFlag | timelessFlag | cutFlag) == 0,
            flags & (timelessFlag | cutFlag) != timelessFlag | cutFlag
        else { throw .form }
        if flags & fullKeyFlag != 0 {
            guard let length: UInt32 = cursor.place.integer(bytes),
                let full = cursor.place.array(bytes, Int(length)), full == key.full
            else { throw .form }
        } else {
            guard key.full == nil else { throw .form }
        }
        guard let count: UInt32 = cursor.place.integer(bytes), count > 0 else { throw .form }
        cursor.count = Int(count)
        cursor.isTimeless = flags & timelessFlag != 0
        cursor.isCut = flags & cutFlag != 0
        return cursor
    }
}

extension [UInt8] {
    /// Appends an integer, most significant byte first.
    @inline(__always)
    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(bigEndian value: Number) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
