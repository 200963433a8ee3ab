// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Sorted entries in a scratch file, read back one by one.
///
/// An entry is two four-byte lengths (most significant byte first), the stored key and the cell in its stored form.
struct SortedRun {
    private let file: ScratchFile
    private let size: Int
    private var offset = 0
    private var buffer: [UInt8] = []
    private var place = 0

    private static let pieceBytes = 1 << 20
    private static let headerBytes = 8

    /// Writes entries that are sorted.
    init(_ entries: inout LatestRows.Sorted, in folder: String) throws(TallyError) {
        do throws(OpenFile.Failure) {
            file = try ScratchFile(in: folder)
            var size = 0
            var piece: [UInt8] = []
            while let entry = entries.next() {
                let cell = entry.cell.encoded(for: entry.key)
                for length in [entry.key.stored.count, cell.count] {
                    for shift in [24, 16, 8, 0] { piece.append(UInt8(truncatingIfNeeded: length >> shift)) }
                }
                piece += entry.key.stored + cell
                guard piece.count >= Self.pieceBytes else { continue }
                try file.append(piece)
                size += piece.count
                piece.removeAll(keepingCapacity: true)
            }
            try file.append(piece)
            self.size = size + piece.count
        } catch {
            throw TallyError(
                .unwritable, "sorted rows could not be set aside: \(error.message)", subject: folder,
                help: "make room on the disk, or give --memory for all keys at once", underlying: error.message)
        }
    }

    /// The next entry; nil after the last.
    mutating func next() throws(TallyError) -> OnlineEntry? {
        guard try has(Self.headerBytes) else { return nil }
        let lengths = (0..<2).map { index in
            buffer[place + index * 4..<place + index * 4 + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        guard try has(Self.headerBytes + lengths.reduce(0, +)) else { throw damaged }
        place += Self.headerBytes
        let parts = lengths.map { length in
            defer { place += length }
            return Array(buffer[place..<place + length])
        }
        do throws(OnlineCell.Corruption) {
            return try parts[1].reading { (bytes) throws(OnlineCell.Corruption) in
                try OnlineCell.entry(stored: parts[0], bytes)
            }
        } catch {
            throw damaged
        }
    }

    private var damaged: TallyError {
        TallyError(.unreadable, "sorted rows that were set aside came back damaged", help: "check the disk")
    }

    /// Whether so many bytes are left; reads more of the file when the buffer has fewer.
    private mutating func has(_ count: Int) throws(TallyError) -> Bool {
        while buffer.count - place < count, offset < size {
            buffer.removeFirst(place)
            place = 0
            let piece: [UInt8]
            do throws(OpenFile.Failure) {
                piece = try file.read(upTo: max(Self.pieceBytes, count), at: offset)
            } catch {
                throw TallyError(.unreadable, "sorted rows could not be read back: \(error.message)")
            }
            guard !piece.isEmpty else { throw damaged }
            buffer += piece
            offset += piece.count
        }
        return buffer.count - place >= count
    }
}
