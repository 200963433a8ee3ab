// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The bytes of a state. Behind the version (1 byte) and flags (1 byte: 1 = the whole entity follows, 2 = rows have no event
/// time, 4 = nanoseconds were cut from some) come with flag 1 a four-byte length and the entity, a four-byte count of rows,
/// and for each row its event time (8 bytes, unless flag 2), the nanoseconds cut from it (2 bytes, with flag 4), known time
/// and sequence (8 bytes each), a four-byte length and the stored values; at last the checksum (4 bytes). Integers are two's
/// complement, most significant byte first.
extension StateLayout {
    private static let fullKeyFlag: UInt8 = 1
    private static let timelessFlag: UInt8 = 2
    private static let cutFlag: UInt8 = 4

    /// The bytes of a cell under a key of this layout.
    func bytes(of cell: OnlineCell, for key: OnlineKey) -> [UInt8] {
        precondition(key.layout == self, "a key of layout \(key.layout) in layout \(self)")
        let rows = cell.rows
        let isTimeless = rows.allSatisfy { $0.eventTime == nil }
        var bytes: [UInt8] = [version, 0]
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
        let checksum = bytes.reading { Self.checksum(key, $0) }
        bytes.append(bigEndian: checksum)
        return bytes
    }

    /// The rows of stored bytes.
    func rows(in bytes: RawSpan, key: OnlineKey) throws(OnlineCell.Corruption) -> [OnlineRow] {
        var rows: [OnlineRow] = []
        var cursor = try open(bytes, key: key)
        for _ in 0..<cursor.count {
            let row = try cursor.next(bytes)
            guard let values = cursor.values(bytes, row) else { throw .form }
            rows.append(
                OnlineRow(
                    eventTime: row.eventTime, cutNanoseconds: row.cutNanoseconds, knownTime: row.knownTime,
                    sequence: row.sequence, values: values))
        }
        guard cursor.isAtEnd(bytes) else { throw .form }
        return rows
    }

    /// The last row known at `time`, found in stored bytes without taking them apart; nil when there is none.
    ///
    /// The checksum of the whole state is verified first.
    func lastRow(
        at time: Timestamp, in bytes: RawSpan, key: OnlineKey
    ) throws(OnlineCell.Corruption) -> OnlineCell.StoredRow? {
        var cursor = try open(bytes, key: key)
        var found: OnlineCell.StoredRow?
        for _ in 0..<cursor.count {
            let row = try cursor.next(bytes)
            if row.knownTime <= time { found = row }
        }
        guard cursor.isAtEnd(bytes) else { throw .form }
        return found
    }

    /// Decodes the entry under a stored key; the version selects the layout.
    static func entry(stored: [UInt8], _ bytes: RawSpan) throws(OnlineCell.Corruption) -> OnlineEntry {
        var cursor = ByteCursor()
        guard let version: UInt8 = cursor.integer(bytes), let flags: UInt8 = cursor.integer(bytes) else { throw .form }
        // An unknown version is refused once the checksum says that it was written.
        let layout = StateLayout(rawValue: version) ?? .wholeEntity
        var full: [UInt8]?
        if flags & fullKeyFlag != 0 {
            guard let length: UInt32 = cursor.integer(bytes), let bytes = cursor.array(bytes, Int(length))
            else { throw .form }
            full = bytes
        }
        let key = OnlineKey(stored: stored, full: full, layout: layout)
        let cell = try OnlineCell(bytes, key: key)
        guard let part = key.part, full.map({ layout.stored(digestOf: $0, part) == stored }) ?? true
        else { throw .form }
        return OnlineEntry(key: key, cell: cell)
    }

    /// Walks through the rows of stored bytes.
    private struct Cursor {
        var place = ByteCursor()
        var count = 0
        var isTimeless = false
        var isCut = false
        /// Whether nanoseconds were cut from a row so far.
        private var hasCut = false

        /// Whether the rows were read to their end, and the flags say no more than the rows do: a state has one form.
        func isAtEnd(_ bytes: RawSpan) -> Bool { place.offset == bytes.byteCount - 4 && isCut == hasCut }

        mutating func next(_ bytes: RawSpan) throws(OnlineCell.Corruption) -> OnlineCell.StoredRow {
            let event: Int64? = isTimeless ? nil : place.integer(bytes)
            let cut: Int16? = isCut ? place.integer(bytes) : 0
            guard isTimeless || event != nil, let cut, (-999...0).contains(cut),
                let known: Int64 = place.integer(bytes),
                let sequence: Int64 = place.integer(bytes), let length: UInt32 = place.integer(bytes),
                let values = place.skip(bytes, Int(length))
            else { throw .form }
            hasCut = hasCut || cut != 0
            return OnlineCell.StoredRow(
                eventTime: event.map { Timestamp(microseconds: $0) }, cutNanoseconds: Int32(cut),
                knownTime: Timestamp(microseconds: known), sequence: sequence, values: values)
        }

        func values(_ bytes: RawSpan, _ row: OnlineCell.StoredRow) -> [UInt8]? {
            var start = ByteCursor()
            guard start.skip(bytes, row.values.lowerBound) != nil else { return nil }
            return start.array(bytes, row.values.count)
        }
    }

    /// Verifies checksum, version and key of stored bytes, and returns a cursor at the first row.
    private func open(_ bytes: RawSpan, key: OnlineKey) throws(OnlineCell.Corruption) -> Cursor {
        guard bytes.byteCount >= 8 else { throw .form }
        var end = ByteCursor()
        guard end.skip(bytes, bytes.byteCount - 4) != nil, let stored: UInt32 = end.integer(bytes) else { throw .form }
        guard Self.checksum(key, bytes.extracting(0..<bytes.byteCount - 4)) == stored else { throw .checksum }
        var cursor = Cursor()
        guard let found: UInt8 = cursor.place.integer(bytes), let flags: UInt8 = cursor.place.integer(bytes)
        else { throw .form }
        guard found == version else { throw .version(found, expected: version) }
        guard flags & ~(Self.fullKeyFlag | Self.timelessFlag | Self.cutFlag) == 0,
            flags & (Self.timelessFlag | Self.cutFlag) != Self.timelessFlag | Self.cutFlag
        else { throw .form }
        if flags & Self.fullKeyFlag != 0 {
            guard let length: UInt32 = cursor.place.integer(bytes),
                let full = cursor.place.array(bytes, Int(length)), full == key.full
            else { throw .form }
        } else {
            guard key.full == nil else { throw .form }
        }
        guard let count: UInt32 = cursor.place.integer(bytes), count > 0 else { throw .form }
        cursor.count = Int(count)
        cursor.isTimeless = flags & Self.timelessFlag != 0
        cursor.isCut = flags & Self.cutFlag != 0
        return cursor
    }
}
