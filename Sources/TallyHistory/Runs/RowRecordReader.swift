// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Reads the record of a file's rows block by block; entries and spans can be read beside each other.
///
/// What was written is what is read: a record that is not whole is `E-corrupt`, and nothing of a damaged block is handed
/// out. Used by one task at a time.
public final class RowRecordReader {
    /// The head of the record.
    public let record: RowRecord
    /// What the record holds.
    public let totals: RowRecordWriter.Totals

    private let path: String
    private let file: OpenFile
    private var entries: Blocks
    private var spans: Blocks

    /// Opens a record; throws `E-corrupt` unless head, tail and size agree, and `E-unreadable` where it cannot be read.
    public init(_ path: String) throws(TallyError) {
        self.path = path
        do throws(OpenFile.Failure) { file = try OpenFile.reading(path) } catch { throw Self.unreadable(path, error) }
        let size = try Self.size(of: file, path)
        let opening = try Self.bytes(of: file, 16, at: 0, path)
        let length = Int(StoredWords.half(opening, 12))
        guard Array(opening[..<8]) == RowRecordWriter.magic else { throw Self.damaged(path) }
        guard StoredWords.half(opening, 8) == RowRecordWriter.version else {
            throw TallyError(
                .corrupt,
                "is a record of rows of version \(StoredWords.half(opening, 8)), which this program does not know",
                subject: path, help: "use the version that wrote it, or a newer one")
        }
        guard length <= min(RowRecordWriter.longestHead, size) else { throw Self.damaged(path) }
        let head = try Self.opened(Self.bytes(of: file, 20 + length, at: 0, path), number: nil, path)
        let text = String(decoding: head[16...], as: UTF8.self)
        guard let json = try? JSON(parsing: text), let record = RowRecord(json) else { throw Self.damaged(path) }
        self.record = record
        let tailStart = size - RowRecordWriter.tailBytes
        guard tailStart >= 20 + length else { throw Self.damaged(path) }
        let tail = try Self.bytes(of: file, RowRecordWriter.tailBytes, at: tailStart, path)
        let counts = (0..<3).map { StoredWords.word(tail, $0 * 8) }
        guard counts.allSatisfy({ $0 < 1 << 48 }) else { throw Self.damaged(path) }
        var totals = RowRecordWriter.Totals()
        (totals.entries, totals.spans, totals.rows) = (Int(counts[0]), Int(counts[1]), Int(counts[2]))
        self.totals = totals
        entries = Blocks(
            start: 20 + length, first: 0, items: totals.entries, itemBytes: RowRecordWriter.entryBytes,
            itemsOfBlock: RowRecordWriter.entriesOfBlock)
        spans = Blocks(
            start: entries.end, first: entries.blocks, items: totals.spans, itemBytes: RowRecordWriter.spanBytes,
            itemsOfBlock: RowRecordWriter.spansOfBlock)
        guard spans.end == tailStart else { throw Self.damaged(path) }
        _ = try Self.opened(tail, number: UInt64(entries.blocks + spans.blocks), path)
    }

    /// Some of the entries, in their order; empty after the last.
    public func nextEntries() throws(TallyError) -> [SeenEntry] {
        let bytes = try next(of: &entries)
        return try stride(from: 0, to: bytes.count, by: RowRecordWriter.entryBytes).map { (start) throws(TallyError) in
            let entry = SeenEntry(
                digest: RowDigest(high: StoredWords.word(bytes, start), low: StoredWords.word(bytes, start + 8)),
                seen: StoredWords.half(bytes, start + 16), count: StoredWords.half(bytes, start + 20))
            guard record.snapshots.indices.contains(Int(entry.seen)) else { throw Self.damaged(path) }
            return entry
        }
    }

    /// Some of the spans, in their order; empty after the last.
    public func nextSpans() throws(TallyError) -> [SeenSpan] {
        let bytes = try next(of: &spans)
        return try stride(from: 0, to: bytes.count, by: RowRecordWriter.spanBytes).map { (start) throws(TallyError) in
            let span = SeenSpan(count: StoredWords.half(bytes, start), seen: StoredWords.half(bytes, start + 4))
            guard record.snapshots.indices.contains(Int(span.seen)) else { throw Self.damaged(path) }
            return span
        }
    }

    /// Blocks of items that follow each other in the file.
    private struct Blocks {
        let start: Int
        /// The number of the first block.
        let first: Int
        let items: Int
        let itemBytes: Int
        let itemsOfBlock: Int
        var next = 0

        var blocks: Int { (items + itemsOfBlock - 1) / itemsOfBlock }
        var end: Int { start + items * itemBytes + blocks * 4 }
    }

    private func next(of blocks: inout Blocks) throws(TallyError) -> [UInt8] {
        guard blocks.next < blocks.blocks else { return [] }
        let items = min(blocks.itemsOfBlock, blocks.items - blocks.next * blocks.itemsOfBlock)
        let offset = blocks.start + blocks.next * (blocks.itemsOfBlock * blocks.itemBytes + 4)
        let sealed = try Self.bytes(of: file, items * blocks.itemBytes + 4, at: offset, path)
        let number = UInt64(blocks.first + blocks.next)
        blocks.next += 1
        return try Self.opened(sealed, number: number, path)
    }

    private static func opened(_ sealed: [UInt8], number: UInt64?, _ path: String) throws(TallyError) -> [UInt8] {
        let bytes = Array(sealed.dropLast(4))
        guard RowRecordWriter.checksum(bytes, number: number) == StoredWords.half(sealed, bytes.count) else {
            throw damaged(path)
        }
        return bytes
    }

    private static func bytes(
        of file: borrowing OpenFile, _ count: Int, at offset: Int, _ path: String
    ) throws(TallyError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece: [UInt8]
            do throws(OpenFile.Failure) {
                piece = try file.read(upTo: count - bytes.count, at: offset + bytes.count)
            } catch {
                throw unreadable(path, error)
            }
            guard !piece.isEmpty else { throw damaged(path) }
            bytes += piece
        }
        return bytes
    }

    private static func size(of file: borrowing OpenFile, _ path: String) throws(TallyError) -> Int {
        do throws(OpenFile.Failure) { return Int(try file.stamp().size) } catch { throw unreadable(path, error) }
    }

    private static func damaged(_ path: String) -> TallyError {
        TallyError(
            .corrupt, "is not the record of rows that was written", subject: path,
            help: "restore the folder .tally from a backup")
    }

    private static func unreadable(_ path: String, _ failure: OpenFile.Failure) -> TallyError {
        TallyError(
            .unreadable, "could not be read: \(failure.message)", subject: path,
            help: "check that the file is there and readable", underlying: failure.message)
    }
}
