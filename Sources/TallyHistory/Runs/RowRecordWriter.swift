// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Writes the record of a file's rows: all entries, sorted by digest, then all spans, in the order of the rows.
///
/// It appears whole when it is committed, else not at all. Used by one task at a time.
public final class RowRecordWriter {
    /// What a record holds.
    public struct Totals: Sendable, Hashable {
        /// Entries, each 24 bytes.
        public internal(set) var entries = 0
        /// Spans, each 8 bytes.
        public internal(set) var spans = 0
        /// Rows of the file.
        public internal(set) var rows = 0
    }

    private let file: AtomicWriter
    private var block: [UInt8] = []
    private var blocks: UInt64 = 0
    private var totals = Totals()
    private var entryRows = 0
    private var span: SeenSpan?
    private var entry: SeenEntry?

    static let magic = Array("TALLYROW".utf8)
    static let version: UInt32 = 1
    static let entryBytes = 24
    static let spanBytes = 8
    /// Entries of a block, and spans of one: each block ends with its checksum.
    static let entriesOfBlock = 4_096
    static let spansOfBlock = 12_288
    static let tailBytes = 28
    static let longestHead = 64 << 20

    /// Begins the record at a path; the folder must exist.
    public init(_ path: String, _ record: RowRecord) throws(TallyError) {
        file = try AtomicWriter(path)
        let head = Array(record.json.canonicalText.utf8)
        var bytes = Self.magic
        StoredWords.append(Self.version, to: &bytes)
        StoredWords.append(UInt32(head.count), to: &bytes)
        bytes += head
        try file.append(Self.sealed(bytes, number: nil))
    }

    /// Adds equal rows; those of one digest and snapshot that follow each other become one entry.
    public func append(_ next: SeenEntry) throws(TallyError) {
        if let last = entry {
            let (sum, overflow) = last.count.addingReportingOverflow(next.count)
            if last.digest == next.digest, last.seen == next.seen, !overflow {
                entry?.count = sum
                return
            }
            precondition(!(next.digest < last.digest), "entries come in the order of their digests")
            try write(last)
        }
        entry = next
    }

    /// Adds the next rows of the file; those of one snapshot that follow each other become one span.
    public func append(_ next: SeenSpan) throws(TallyError) {
        if let last = span {
            let (sum, overflow) = last.count.addingReportingOverflow(next.count)
            if last.seen == next.seen, !overflow {
                span?.count = sum
                return
            }
            try write(last)
        } else {
            try endEntries()
        }
        span = next
    }

    /// Waits for the disk and puts the record in its place.
    public func commit() throws(TallyError) -> Totals {
        if let span { try write(span) } else { try endEntries() }
        try endBlock()
        precondition(entryRows == totals.rows, "\(entryRows) rows by content, and \(totals.rows) by place")
        var tail: [UInt8] = []
        for count in [totals.entries, totals.spans, totals.rows] { StoredWords.append(UInt64(count), to: &tail) }
        try file.append(Self.sealed(tail, number: blocks))
        try file.commit()
        return totals
    }

    private func write(_ entry: SeenEntry) throws(TallyError) {
        StoredWords.append(entry.digest.high, to: &block)
        StoredWords.append(entry.digest.low, to: &block)
        StoredWords.append(entry.seen, to: &block)
        StoredWords.append(entry.count, to: &block)
        totals.entries += 1
        entryRows += Int(entry.count)
        if block.count == Self.entriesOfBlock * Self.entryBytes { try endBlock() }
    }

    private func write(_ span: SeenSpan) throws(TallyError) {
        StoredWords.append(span.count, to: &block)
        StoredWords.append(span.seen, to: &block)
        totals.spans += 1
        totals.rows += Int(span.count)
        if block.count == Self.spansOfBlock * Self.spanBytes { try endBlock() }
    }

    private func endEntries() throws(TallyError) {
        if let entry { try write(entry) }
        entry = nil
        try endBlock()
    }

    private func endBlock() throws(TallyError) {
        guard !block.isEmpty else { return }
        try file.append(Self.sealed(block, number: blocks))
        block.removeAll(keepingCapacity: true)
        blocks += 1
    }

    /// Bytes with their checksum, which covers the block's number too, so that blocks cannot change places.
    static func sealed(_ bytes: [UInt8], number: UInt64?) -> [UInt8] {
        var sealed = bytes
        StoredWords.append(checksum(bytes, number: number), to: &sealed)
        return sealed
    }

    static func checksum(_ bytes: [UInt8], number: UInt64?) -> UInt32 {
        var checksum = CRC32C()
        if let number {
            var prefix: [UInt8] = []
            StoredWords.append(number, to: &prefix)
            checksum.update(prefix)
        }
        checksum.update(bytes)
        return checksum.value
    }
}
