// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyDuckDB
@testable import TallyStore

/// The footer of a Parquet file as we read it: what it says lies within the file, and changing it changes nothing else.
struct FooterTarget: FuzzTarget {
    static let name = "Footer"
    let words = ["PAR1", "tallystick.identity", "\u{1C}\u{3C}\u{0}", "\u{19}\u{4C}", "\u{15}\u{2}"]

    private let path: String
    private static let bodyBytes = 3_000

    init(folder: String) { path = folder + "/a.parquet" }

    /// Footers are built of fields of the compact protocol, whose first byte holds a step and a kind.
    var seeds: [[UInt8]] {
        func field(_ step: UInt8, _ kind: UInt8, _ value: [UInt8]) -> [UInt8] { [step << 4 | kind] + value }
        func number(_ value: Int) -> [UInt8] {
            var (left, bytes) = (UInt64(value) << 1, [UInt8]())
            while left >= 128 {
                bytes.append(UInt8(left & 127) | 128)
                left >>= 7
            }
            return bytes + [UInt8(left)]
        }
        func bytes(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        let root = field(4, 8, bytes("schema")) + field(1, 5, number(2)) + [0]
        func column(_ name: String, isInstant: Bool) -> [UInt8] {
            // Type, repetition, name; a logical type: a timestamp in nanoseconds.
            field(1, 5, number(2)) + field(2, 5, number(1)) + field(1, 8, bytes(name))
                + field(
                    6, 12, field(8, 12, [isInstant ? 0x11 : 0x12] + field(1, 12, field(3, 12, [0]) + [0]) + [0]) + [0])
                + [0]
        }
        func chunk(_ name: String, _ start: Int) -> [UInt8] {
            let about =
                field(1, 5, number(2)) + field(1, 9, [0x15, 0]) + field(1, 9, [0x18] + bytes(name))
                + field(1, 5, number(0))
                + field(1, 6, number(10)) + field(1, 6, number(100)) + field(1, 6, number(100))
                + field(2, 6, number(start))
                + field(2, 6, number(start - 20))
                // Statistics: old bounds, nulls, bounds, whether these are exact.
                + field(
                    1, 12,
                    field(1, 8, [8] + [UInt8](repeating: 1, count: 8))
                        + field(1, 8, [8] + [UInt8](repeating: 0, count: 8))
                        + field(1, 6, number(3)) + field(2, 8, [8] + [UInt8](repeating: 1, count: 8))
                        + field(1, 8, [8] + [UInt8](repeating: 0, count: 8)) + [0x11, 0x11, 0]) + [0]
            return field(2, 6, number(start)) + field(1, 12, about) + [0]
        }
        return [true, false].map { isInstant in
            let columns = root + column("at", isInstant: isInstant) + column("b", isInstant: false)
            let groups = field(1, 9, [0x2C] + chunk("at", 100) + chunk("b", 300)) + field(1, 6, number(9)) + [0]
            return field(1, 5, number(1)) + field(1, 9, [0x3C] + columns) + field(1, 6, number(10))
                + field(1, 9, [0x1C] + groups) + field(1, 9, [0x1C] + field(1, 8, bytes("tallystick.identity")) + [0])
                + [0]
        }
    }

    func run(_ input: [UInt8]) throws {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: input.count >> (8 * $0)) }
        let mark = Array("PAR1".utf8)
        let file = mark + [UInt8](repeating: 7, count: Self.bodyBytes) + input + length + mark
        try AtomicFile.write(file, to: path, waitsForDisk: false)
        _ = try WrittenTrainingSet.isOurs(path)
        if let statistics = try FooterStatistics(path) {
            for column in ["at", "b", ""] {
                for chunk in statistics.chunks(of: column) { _ = statistics.firstTime(chunk, of: column) }
            }
            for name in statistics.valueless {
                let chunks = statistics.chunks(of: String(decoding: name, as: UTF8.self))
                try FuzzFinding.unless(chunks.allSatisfy(\.isAllNull), "a column has no value and some")
            }
        }
        guard let footer = try read() else { return }
        let start = mark.count + Self.bodyBytes
        try FuzzFinding.unless(footer.start == start && footer.bytes.count == file.count - start, "another place")
        for chunk in footer.chunks {
            try FuzzFinding.unless(
                chunk.range.lowerBound >= 0 && chunk.range.upperBound <= start, "values of \(chunk.column) lie outside")
        }
        for spelling in footer.spellings {
            try FuzzFinding.unless(
                spelling.range.lowerBound >= start && spelling.range.upperBound <= file.count
                    && text(file[spelling.range]) == spelling.column, "\(spelling.column) is not spelled there")
        }
        for wall in footer.walls {
            try FuzzFinding.unless((start..<file.count).contains(wall.place), "\(wall.column) says so outside")
        }
        try AtomicFile.write(Array(file[..<start]) + footer.bytes, to: path, waitsForDisk: false)
        guard let changed = try read() else { throw FuzzFinding("the changed footer cannot be read") }
        try FuzzFinding.unless(changed.columns.isEmpty, "nanoseconds are still instants")
        try FuzzFinding.unless(
            changed.chunks.map(\.range) == footer.chunks.map(\.range)
                && changed.spellings.map(\.range) == footer.spellings.map(\.range), "more than instants was changed")
    }

    private func read() throws -> ParquetFooter? { try ParquetFooter(try OpenFile.reading(path)) }
}
