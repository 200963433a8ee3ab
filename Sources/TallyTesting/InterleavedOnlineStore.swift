// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An online store over a table whose keys are read and written one by one, with no transaction over them: the twin of
/// stores such as Redis.
///
/// What it is not: it never looks for keys that it was not given, except in `scan`, and no step of it waits for another.
/// - Each record has the epoch of the fill that wrote it, the epoch of the generation on which that fill was planned, and
///   the version that was visible there. A reader of an earlier generation takes that version.
/// - A generation names its epoch, the epochs that were given up before it, and the epoch at which everything was replaced.
/// - A starting fill takes the next epoch. Writes of an earlier one are refused from then on: a writer that was held
///   up, or is thought to be dead, cannot disturb the one that took its place.
public final class InterleavedOnlineStore: OnlineStore {
    private let table = RecordTable()

    /// Starts empty.
    public init() {}

    /// The present generations.
    public func generations() async throws(TallyError) -> [OnlineGeneration] {
        await Task.yield()
        return table.heads.values.compactMap(\.generation).sorted { $0.storage < $1.storage }
    }

    /// Reads cells, key by key, and starts again when fills overtook the reading.
    public func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) async throws(TallyError) {
        let (heads, cells) = await whole(lookups.map { ($0.storage, $0.keys.map { $0?.stored }) })
        try opening(heads.map(\.generation))
        for (lookup, found) in cells.enumerated() {
            for (key, bytes) in found.enumerated() {
                guard let bytes else { continue }
                try bytes.reading { (bytes) throws(TallyError) in try cell(lookup, key, bytes) }
            }
        }
    }

    /// Makes the next generation of a view; throws `E-conflict` when another fill of the view began since.
    public func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome {
        let storage = fill.generation.storage
        let seen = table.heads[storage] ?? RecordTable.Head()
        // A fill that is already superseded stops no other.
        _ = try fill.successor(of: seen.generation, last: seen.last)
        let epoch = table.claim(storage)
        await Task.yield()
        let head = table.heads[storage] ?? RecordTable.Head()
        let successor = try fill.successor(of: head.generation, last: head.last)
        var counts = Counts(head, isReplacing: fill.mode == .replace)
        var last: OnlineKey?
        while let entry = try next() {
            try fill.check(entry, after: last)
            last = entry.key
            await Task.yield()
            try Self.checkCancellation()
            let before = table.record(storage, entry.key.stored)?.version(for: head).found
            let bytes = try Self.merged(entry, fill, into: before?.bytes)
            counts.note(entry.key.stored, from: before?.bytes, to: bytes)
            guard fill.mode == .replace || bytes != before?.bytes else { continue }
            let record = RecordTable.Record(
                current: RecordTable.Version(epoch: epoch, bytes: bytes), base: head.epoch, previous: before)
            try table.write(record, storage, entry.key.stored, epoch: epoch, view: fill.generation.view)
        }
        try Self.checkCancellation()
        let generation = successor.numbered(successor.number, keys: counts.keys, digest: counts.digest)
        try table.publish(
            head.successor(generation, epoch: epoch, isReplacing: fill.mode == .replace), storage,
            view: fill.generation.view)
        return OnlineFillOutcome(
            generation: generation, written: counts.written, unchanged: counts.given - counts.written,
            removed: fill.mode == .replace ? (head.generation?.keys ?? 0) - counts.present : 0)
    }

    /// Removes the rows of storage fingerprints: from now on no record of theirs is visible.
    public func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration] {
        var gone: [OnlineGeneration] = []
        for storage in Set(storages).sorted() {
            await Task.yield()
            guard let head = table.heads[storage], let generation = head.generation else { continue }
            let epoch = table.claim(storage)
            try table.publish(
                RecordTable.Head(generation: nil, last: head.last, epoch: epoch, base: epoch), storage,
                view: generation.view)
            gone.append(generation)
        }
        return gone
    }

    /// Walks through all cells of a view.
    public func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) async throws(TallyError) {
        let keys = table.keys(storage)
        let (heads, cells) = await whole([(storage, keys)])
        guard let generation = heads[0].generation else { return }
        var (digest, count) = (CellsDigest(), 0)
        for (key, bytes) in zip(keys, cells[0]) {
            guard let bytes else { continue }
            digest.add(key: key, cell: bytes)
            count += 1
            let entry = try Self.entry(key, bytes, view: generation.view)
            try body(entry.key, entry.cell)
        }
        try generation.check(digest, countOfCells: count)
    }

    /// Takes over a view from its present writer, as another process does that believes the writer dead.
    public func takeOver(_ storage: Fingerprint) { _ = table.claim(storage) }

    /// Returns the cells under some keys at one instant: reads the heads until they are stable, and each record as of
    /// its head.
    private func whole(
        _ asked: [(storage: Fingerprint, keys: [[UInt8]?])]
    ) async -> (heads: [RecordTable.Head], cells: [[[UInt8]?]]) {
        while true {
            var heads: [RecordTable.Head] = []
            for lookup in asked {
                await Task.yield()
                heads.append(table.heads[lookup.storage] ?? RecordTable.Head())
            }
            // The first heads are all of the instant at which the last one was read, unless one has changed since.
            let present = table.heads
            guard zip(asked, heads).allSatisfy({ present[$0.storage] ?? RecordTable.Head() == $1 }) else { continue }
            var cells: [[[UInt8]?]] = []
            var isTorn = false
            for (lookup, head) in zip(asked, heads) where !isTorn {
                var found: [[UInt8]?] = []
                for key in lookup.keys {
                    await Task.yield()
                    guard let key, head.generation != nil, let record = table.record(lookup.storage, key) else {
                        found.append(nil)
                        continue
                    }
                    let version = record.version(for: head)
                    isTorn = isTorn || version.isTorn
                    found.append(version.found?.bytes)
                }
                cells.append(found)
            }
            if !isTorn { return (heads, cells) }
        }
    }

    private static func merged(
        _ given: OnlineEntry, _ fill: OnlineFill, into bytes: [UInt8]?
    ) throws(TallyError) -> [UInt8] {
        guard fill.mode == .merge, let bytes else { return fill.cell(of: given.cell).encoded(for: given.key) }
        let there = try entry(given.key.stored, bytes, view: fill.generation.view)
        guard there.key == given.key else { throw TallyError(.form, view: fill.generation.view, key: given.key) }
        return fill.merging(given.cell, into: there.cell)?.encoded(for: given.key) ?? bytes
    }

    private static func entry(_ key: [UInt8], _ bytes: [UInt8], view: String) throws(TallyError) -> OnlineEntry {
        do throws(OnlineCell.Corruption) {
            return try bytes.reading { (span) throws(OnlineCell.Corruption) in
                try OnlineCell.entry(stored: key, span)
            }
        } catch {
            throw TallyError(error, view: view, key: OnlineKey(stored: key, full: nil))
        }
    }

    private static func checkCancellation() throws(TallyError) {
        if Task.isCancelled {
            throw TallyError(.interrupted, "the fill was stopped; nothing of it is visible")
        }
    }

    /// The counts that a fill keeps, without reading other keys.
    private struct Counts {
        private(set) var keys: Int
        private(set) var digest: CellsDigest
        private(set) var given = 0
        private(set) var written = 0
        /// The number of the given keys that were there before.
        private(set) var present = 0
        private let isReplacing: Bool

        init(_ head: RecordTable.Head, isReplacing: Bool) {
            self.isReplacing = isReplacing
            keys = isReplacing ? 0 : head.generation?.keys ?? 0
            digest = isReplacing ? CellsDigest() : head.generation?.digest ?? CellsDigest()
        }

        mutating func note(_ key: [UInt8], from before: [UInt8]?, to bytes: [UInt8]) {
            given += 1
            if before != nil { present += 1 }
            if before != bytes { written += 1 }
            if before == nil || isReplacing { keys += 1 }
            if let before, !isReplacing { digest.remove(key: key, cell: before) }
            digest.add(key: key, cell: bytes)
        }
    }
}
