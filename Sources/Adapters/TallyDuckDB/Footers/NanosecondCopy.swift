// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// A copy of a Parquet file in which nanoseconds in UTC are nanoseconds on a wall, which DuckDB reads without loss.
///
/// DuckDB reads the former as microseconds, with the rest cut off. Nothing but the footer differs, and only the values
/// that are asked for are copied: the file has holes where the others were, and no name, so that it is gone with its last
/// user, or with the process.
struct NanosecondCopy {
    private let source: String
    private let footer: ParquetFooter
    private let file: ScratchFile

    /// Which copy it is of all that this process makes.
    private let serial = Self.counter.add(1, ordering: .relaxed).newValue

    private static let counter = Atomic<UInt32>(0)
    private static let pieceBytes = 1 << 20

    /// Copies everything but values; nil when the file has no such nanoseconds.
    init?(of source: String, in folder: String) throws(OpenFile.Failure) {
        let original = try OpenFile.reading(source)
        guard let footer = try ParquetFooter(original), !footer.columns.isEmpty else { return nil }
        self.source = source
        self.footer = footer
        file = try ScratchFile(in: folder)
        try file.write(footer.bytes, at: footer.start)
        var place = 0
        for chunk in footer.chunks.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if place < chunk.lowerBound { try copy(place..<chunk.lowerBound, original) }
            place = max(place, chunk.upperBound)
        }
        if place < footer.start { try copy(place..<footer.start, original) }
    }

    /// The columns with such nanoseconds.
    var columns: Set<String> { footer.columns }

    /// The path of the copy, while it lives; no other copy ever has it.
    ///
    /// A database keeps footers by path, and the numbers of open files come again: the way to one is spelled in another way
    /// each time.
    var path: String {
        let number = file.path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
        let steps = (0..<32).map { serial >> $0 & 1 == 1 ? "./" : "/" }.joined()
        return KeptFooters.startOfCopies + steps + (number ?? "")
    }

    /// Copies the values of top-level columns.
    func fill(_ isWanted: (String) -> Bool) throws(OpenFile.Failure) {
        let original = try OpenFile.reading(source)
        for chunk in footer.chunks where isWanted(chunk.column) { try copy(chunk.range, original) }
    }

    private func copy(_ range: Range<Int>, _ original: borrowing OpenFile) throws(OpenFile.Failure) {
        var place = range.lowerBound
        while place < range.upperBound {
            let piece = try original.read(upTo: min(Self.pieceBytes, range.upperBound - place), at: place)
            // A file that was cut short meanwhile: DuckDB finds the hole.
            guard !piece.isEmpty else { return }
            try file.write(piece, at: place)
            place += piece.count
        }
    }
}
