// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// The state on which a fill builds.
struct FillBase {
    /// The directory's entry of the view.
    let entry: DirectoryEntry
    /// The present generation; nil when there is none.
    let present: OnlineGeneration?
    /// The generation that the fill makes, with its keys still to be counted.
    let next: OnlineGeneration

    /// Returns the generation that the fill makes, with its count of keys and the digest of its cells.
    func successor(_ keys: Int, _ digest: CellsDigest?) -> OnlineGeneration {
        next.numbered(next.number, keys: keys, digest: digest)
    }

    /// Returns the result of a merge into the present generation; it has a digest if the present one has.
    func successor(of present: OnlineGeneration, _ counts: MergeCounts) -> OnlineGeneration {
        var digest = present.digest
        digest?.add(counts.change)
        return successor(present.keys + counts.added, digest)
    }
}

/// The counts of keys that a merge changed.
struct MergeCounts {
    /// The digest of the cells that it added, less those that it removed.
    var change = CellsDigest()
    /// Keys that were not there before; they count as written too.
    var added = 0
    var written = 0
    var unchanged = 0

    mutating func add(_ other: MergeCounts) {
        added += other.added
        written += other.written
        unchanged += other.unchanged
        change.add(other.change)
    }

    func outcome(_ generation: OnlineGeneration) -> OnlineFillOutcome {
        OnlineFillOutcome(generation: generation, written: written, unchanged: unchanged, removed: 0)
    }
}

extension Transaction {
    /// Returns the state on which a fill builds; throws `E-conflict` when another fill was first.
    func base(of fill: OnlineFill) throws(TallyError) -> FillBase {
        let entry = try entry(of: fill.generation.storage)
        let present = entry.namespace == nil ? nil : try generation(of: fill.generation.storage)
        return FillBase(
            entry: entry, present: present, next: try fill.successor(of: present, last: entry.lastNumber))
    }

    /// Returns the state for a fill that found rows when it began.
    func filledBase(
        of fill: OnlineFill
    ) throws(TallyError) -> (base: FillBase, namespace: UInt32, present: OnlineGeneration) {
        let base = try base(of: fill)
        guard let namespace = base.entry.namespace, let present = base.present else {
            throw TallyError(
                .conflict, "the rows to merge into were dropped meanwhile",
                subject: "online store, view \(fill.generation.view)", help: "run the command again")
        }
        return (base, namespace, present)
    }

    /// Adds the cells of a chunk behind all rows of the store: a new namespace has the highest number.
    func append(_ chunk: Chunk, _ namespace: UInt32) throws(TallyError) {
        var key = RowKey()
        unsafe try chunk.forEach { (stored, value) throws(TallyError) in
            unsafe key.set(namespace, stored)
            unsafe try put(key.value, value, in: databases.rows, flags: MDB_APPEND)
        }
    }

    /// Offers the cells of a chunk to those that are there.
    func merge(_ chunk: Chunk, into namespace: UInt32, _ fill: OnlineFill) throws(TallyError) -> MergeCounts {
        var counts = MergeCounts()
        var key = RowKey()
        unsafe try chunk.forEach { (stored, value) throws(TallyError) in
            unsafe key.set(namespace, stored)
            guard let present = unsafe try self.value(key.value, in: databases.rows) else {
                unsafe try put(key.value, value, in: databases.rows)
                unsafe counts.change.add(key: stored.bytes, cell: value.bytes)
                counts.added += 1
                counts.written += 1
                return
            }
            let given = unsafe try entry(stored, value, view: fill.generation.view)
            let there = unsafe try entry(stored, present, view: fill.generation.view)
            guard given.key == there.key else {
                throw TallyError(.form, view: fill.generation.view, key: there.key)
            }
            guard let cell = fill.merging(given.cell, into: there.cell) else {
                counts.unchanged += 1
                return
            }
            unsafe counts.change.remove(key: stored.bytes, cell: present.bytes)
            unsafe try cell.encoded(for: given.key).span.bytes.withUnsafeBytes { (bytes) throws(TallyError) in
                unsafe try put(key.value, bytes, in: databases.rows)
                unsafe counts.change.add(key: stored.bytes, cell: bytes.bytes)
            }
            counts.written += 1
        }
        return counts
    }

    /// A stored key and its cell, verified.
    func entry(
        _ stored: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, view: String
    ) throws(TallyError) -> OnlineEntry {
        let stored = unsafe [UInt8](stored)
        do throws(OnlineCell.Corruption) {
            return try OnlineCell.entry(stored: stored, unsafe value.bytes)
        } catch {
            throw TallyError(error, view: view, key: OnlineKey(stored: stored, full: nil))
        }
    }

    /// The cells of a namespace behind a stored key, or from its start, as far as a chunk takes them.
    func piece(
        of namespace: UInt32, after place: [UInt8]?, _ limits: LMDBLimits
    ) throws(TallyError) -> Chunk {
        var piece = Chunk()
        var key = RowKey()
        key.set(namespace, place ?? [])
        if place != nil { key.step() }
        let cursor = try Cursor(self, in: databases.rows)
        var found = unsafe try cursor.seek(key.value)
        while piece.count < limits.chunkCount, piece.byteCount < limits.chunkBytes, let row = unsafe found,
            unsafe RowKey.namespace(of: row.key) == namespace
        {
            unsafe piece.append(RowKey.stored(of: row.key), row.value)
            unsafe found = try cursor.next()
        }
        return piece
    }

    /// Lets readers see a generation, and its rows in a namespace.
    func show(_ generation: OnlineGeneration, in namespace: UInt32) throws(TallyError) -> OnlineGeneration {
        try set(generation)
        try set(DirectoryEntry(namespace: namespace, lastNumber: generation.number), of: generation.storage)
        return generation
    }
}
