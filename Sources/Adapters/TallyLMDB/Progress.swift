// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The progress of a fill into a new namespace, with its counts from walking along the rows that it replaces.
struct Progress {
    /// The namespace that is being filled.
    var namespace: UInt32?
    /// The generation that readers see; nil until the last transaction.
    var generation: OnlineGeneration?
    /// The digest of the cells that were given so far.
    private(set) var digest = CellsDigest()
    private var written = 0
    private var unchanged = 0
    private var removed = 0
    private var last: [UInt8]?

    /// The number of keys that were given so far.
    var keys: Int { written + unchanged }

    func outcome(_ generation: OnlineGeneration) -> OnlineFillOutcome {
        OnlineFillOutcome(generation: generation, written: written, unchanged: unchanged, removed: removed)
    }

    /// Compares a chunk with the old rows up to its last key, and behind the last chunk with the rest of them.
    ///
    /// Both are sorted; the walk goes on behind the last key of the chunk before. Bytes are compared, not taken apart: a
    /// damaged row differs and is replaced.
    mutating func compare(
        _ chunk: Chunk, with namespace: UInt32?, _ transaction: Transaction
    ) throws(TallyError) {
        unsafe try chunk.forEach { (stored, value) throws(TallyError) in
            unsafe digest.add(key: stored.bytes, cell: value.bytes)
        }
        guard let namespace else {
            written += chunk.count
            return
        }
        let cursor = try Cursor(transaction, in: transaction.databases.rows)
        var key = RowKey()
        key.set(namespace, last ?? [])
        if last != nil { key.step() }
        var old = unsafe Self.within(namespace, try cursor.seek(key.value))
        var counts = (written: written, unchanged: unchanged, removed: removed)
        unsafe try chunk.forEach { (stored, value) throws(TallyError) in
            while let row = unsafe old {
                let there = unsafe RowKey.stored(of: row.key)
                if unsafe there.elementsEqual(stored) {
                    if unsafe row.value.elementsEqual(value) { counts.unchanged += 1 } else { counts.written += 1 }
                    unsafe old = Self.within(namespace, try cursor.next())
                    return
                }
                guard unsafe there.lexicographicallyPrecedes(stored) else { break }
                counts.removed += 1
                unsafe old = Self.within(namespace, try cursor.next())
            }
            counts.written += 1
        }
        while chunk.isLast, unsafe old != nil {
            counts.removed += 1
            unsafe old = Self.within(namespace, try cursor.next())
        }
        (written, unchanged, removed) = counts
        last = chunk.lastKey ?? last
    }

    private static func within(_ namespace: UInt32, _ found: Cursor.Found?) -> Cursor.Found? {
        guard let row = unsafe found, unsafe RowKey.namespace(of: row.key) == namespace else { return nil }
        return unsafe row
    }
}
