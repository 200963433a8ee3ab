// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// The bytes of a stored cell behind those of its key; the checksum is put right, so that what is behind it is reached.
///
/// A cell that can be read reads the same after it is written, whole or row by row, and its values have one reading.
struct CellTarget: FuzzTarget {
    static let name = "Cell"
    let words = ["\u{2}\u{0}", "\u{3}\u{0}", "\u{2}\u{2}", "\u{2}\u{4}", "\u{0}\u{0}\u{0}\u{1}"]

    private static let decoders = [
        [DataType.int64, .float64], [.string, .bool, .float32], [.array(.string), .int32], [.bytes, .date, .timestamp],
        [.array(.array(.bool))], Array(repeating: .int64, count: 9),
    ].map { RowDecoder(types: $0) }

    init(folder: String) {}

    var seeds: [[UInt8]] {
        let rows = [
            [Value.int64(7), .float64(0.5)], [.string("é"), .null, .float32(1)],
            [.array([.string("a"), .null]), .int32(-1)], [.bytes([0, 255]), .date(CalendarDate(days: 1)), .null],
            [.array([.array([.bool(true)])])], (0..<9).map { .int64(Int64($0)) },
        ].map { CanonicalEncoding.row($0) }
        return rows.enumerated().flatMap { index, values -> [[UInt8]] in
            let key = OnlineSamples.key(index)
            let cells = [
                OnlineCell(OnlineSamples.timelessRow(values)), OnlineCell(OnlineSamples.row(1, values)),
                OnlineSamples.cell([
                    OnlineSamples.row(1, values), OnlineSamples.row(3, cut: -7, known: 5, values),
                ]),
            ]
            let part = OnlineSamples.key(index, part: Int64(index) - 3)
            return cells.flatMap { cell in
                [key, part].map { key in
                    [UInt8(index), UInt8(key.stored.count)] + key.stored + cell.encoded(for: key).dropLast(4)
                }
            }
        } + [Self.long]
    }

    /// A cell of a key that is stored under its digest.
    private static var long: [UInt8] {
        let key = OnlineSamples.key(.string(String(repeating: "k", count: 500)))
        let cell = OnlineCell(OnlineSamples.row(1, CanonicalEncoding.row([.int64(1), .null]))).encoded(for: key)
        return [0, UInt8(key.stored.count)] + key.stored + cell.dropLast(4)
    }

    func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let decoder = input.pick(Self.decoders)
        let stored = input.piece()
        var bytes = Array(input.rest)
        var checksum = CRC32C()
        checksum.update(stored)
        checksum.update(bytes)
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: checksum.value >> shift)) }
        let entry: OnlineEntry
        do throws(OnlineCell.Corruption) {
            entry = try bytes.reading { (span) throws(OnlineCell.Corruption) in
                try OnlineCell.entry(stored: stored, span)
            }
        } catch {
            try FuzzFinding.unless(error != .checksum, "the checksum was put right, and is said to be wrong")
            return
        }
        let again = try OnlineCell(encoded: entry.cell.encoded(for: entry.key), key: entry.key)
        try FuzzFinding.unless(again == entry.cell, "another cell after it was written")
        try FuzzFinding.unless(again.encoded(for: entry.key) == bytes, "other bytes after it was read")
        for row in entry.cell.rows {
            try values(row.values, decoder)
            guard entry.key.layout == .wholeEntity else { continue }
            for time in [row.knownTime, Timestamp(microseconds: row.knownTime.microseconds &- 1)] {
                let found = try bytes.reading { (span) throws(OnlineCell.Corruption) in
                    try StoredLatestRow().answer(span, key: entry.key, at: time)
                }
                let expected = entry.cell.rows.last { $0.knownTime <= time }
                try FuzzFinding.unless(
                    found.taken(from: bytes) == expected.map { .row($0) } ?? .notFound, "another row at \(time)")
            }
        }
    }

    /// Both readers of a row take the same bytes, and find the same values.
    private func values(_ bytes: [UInt8], _ decoder: RowDecoder) throws {
        let values = decoder.decode(bytes)
        var vectors = VectorValues(types: decoder.types, count: 1)
        let isTaken = bytes.reading { span in
            vectors.take(span, 0..<bytes.count, decoder, entity: 0, columns: Array(decoder.types.indices))
        }
        try FuzzFinding.unless(isTaken == (values != nil), "one reader takes a row, and the other does not")
        guard let values else { return }
        for (index, value) in values.enumerated() {
            try FuzzFinding.unless(vectors.column(index)[0].isIdentical(to: value), "two readings of value \(index)")
        }
        let written = CanonicalEncoding.row(values)
        let again = decoder.decode(written)
        try FuzzFinding.unless(
            again.map { CanonicalEncoding.row($0) } == written, "other values after they were written")
    }
}
