// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// An online store in memory: the reference for all others, under the same laws.
///
/// Cells are kept as the bytes that a stored one keeps, so that damage can be tried on them.
public final class InMemoryOnlineStore: OnlineStore {
    private struct Row {
        let stored: [UInt8]
        var bytes: [UInt8]
    }

    private struct View {
        var generation: OnlineGeneration?
        var last = 0
        /// Sorted by stored key.
        var rows: [Row] = []

        func index(of stored: [UInt8]) -> Int? {
            var (low, high) = (0, rows.count)
            while low < high {
                let middle = (low + high) / 2
                if rows[middle].stored.lexicographicallyPrecedes(stored) { low = middle + 1 } else { high = middle }
            }
            return low < rows.count && rows[low].stored == stored ? low : nil
        }
    }

    private let views = Mutex<[Fingerprint: View]>([:])
    private let loss = Mutex<TallyError?>(nil)

    /// Starts empty.
    public init() {}

    /// The present generations.
    public func generations() throws(TallyError) -> [OnlineGeneration] {
        views.withLock { $0.values.compactMap(\.generation).sorted { $0.storage < $1.storage } }
    }

    /// Reads cells.
    public func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) throws(TallyError) {
        let views = views.withLock { $0 }
        try opening(lookups.map { views[$0.storage]?.generation })
        for (index, lookup) in lookups.enumerated() {
            guard let view = views[lookup.storage] else { continue }
            for (place, key) in lookup.keys.enumerated() {
                guard let key, let row = view.index(of: key.stored) else { continue }
                try view.rows[row].bytes.reading { (bytes) throws(TallyError) in try cell(index, place, bytes) }
            }
        }
    }

    /// Makes the next generation of a view; `next` is called on the calling thread.
    public func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome {
        let storage = fill.generation.storage
        let before = views.withLock { $0[storage] ?? View() }
        _ = try fill.successor(of: before.generation, last: before.last)
        var given: [OnlineEntry] = []
        while let entry = try next() {
            try fill.check(entry, after: given.last?.key)
            given.append(entry)
            // Who would cancel may need this thread.
            if given.count % 1_000 == 0 { await Task.yield() }
            try Self.checkCancellation()
        }
        try Self.checkCancellation()
        return try views.withLock { [given] views throws(TallyError) in
            var view = views[storage] ?? View()
            let successor = try fill.successor(of: view.generation, last: view.last)
            let counts = try Self.take(given, fill, into: &view)
            let generation = successor.numbered(
                successor.number, keys: view.rows.count, digest: Self.digest(of: view.rows))
            view.generation = generation
            view.last = generation.number
            views[storage] = view
            return OnlineFillOutcome(
                generation: generation, written: counts.written, unchanged: counts.unchanged, removed: counts.removed)
        }
    }

    /// Removes the rows of storage fingerprints.
    public func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration] {
        views.withLock { views in
            Set(storages).sorted().compactMap { storage in
                guard let view = views[storage], let generation = view.generation else { return nil }
                views[storage] = View(last: view.last)
                return generation
            }
        }
    }

    /// Walks through all cells of a view.
    public func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) throws(TallyError) {
        guard let view = views.withLock({ $0[storage] }), let generation = view.generation else { return }
        for row in view.rows {
            let entry = try Self.entry(row, view: generation.view)
            try body(entry.key, entry.cell)
        }
        try generation.check(Self.digest(of: view.rows), countOfCells: view.rows.count)
    }

    /// Throws the error that `lose` was given.
    public func follow() throws(TallyError) {
        if let error = loss.withLock({ $0 }) { throw error }
    }

    /// Makes `follow` fail from now on, as that of a store does whose files were moved away; nil ends it.
    public func lose(_ error: TallyError?) { loss.withLock { $0 = error } }

    /// Changes the stored bytes of a key behind the store's back; false when there are none.
    public func damage(_ storage: Fingerprint, _ key: OnlineKey, _ change: (inout [UInt8]) -> Void) -> Bool {
        views.withLock { views in
            guard let index = views[storage]?.index(of: key.stored), var row = views[storage]?.rows[index] else {
                return false
            }
            change(&row.bytes)
            views[storage]?.rows[index] = row
            return true
        }
    }

    private static func digest(of rows: [Row]) -> CellsDigest {
        var digest = CellsDigest()
        for row in rows { digest.add(key: row.stored, cell: row.bytes) }
        return digest
    }

    private static func take(
        _ given: [OnlineEntry], _ fill: OnlineFill, into view: inout View
    ) throws(TallyError) -> (written: Int, unchanged: Int, removed: Int) {
        var rows = Dictionary(uniqueKeysWithValues: view.rows.map { ($0.stored, $0.bytes) })
        let old = rows
        if fill.mode == .replace { rows = [:] }
        for entry in given {
            let stored = entry.key.stored
            if fill.mode == .merge, let bytes = old[stored] {
                let there = try Self.entry(Row(stored: stored, bytes: bytes), view: fill.generation.view)
                guard there.key == entry.key else {
                    throw TallyError(.form, view: fill.generation.view, key: entry.key)
                }
                if let cell = fill.merging(entry.cell, into: there.cell) {
                    rows[stored] = cell.encoded(for: entry.key)
                }
            } else {
                rows[stored] = fill.cell(of: entry.cell).encoded(for: entry.key)
            }
        }
        let written = given.count { old[$0.key.stored] != rows[$0.key.stored] }
        view.rows = rows.map { Row(stored: $0.key, bytes: $0.value) }
            .sorted { $0.stored.lexicographicallyPrecedes($1.stored) }
        return (written, given.count - written, old.keys.count { rows[$0] == nil })
    }

    private static func entry(_ row: Row, view: String) throws(TallyError) -> OnlineEntry {
        do throws(OnlineCell.Corruption) {
            return try row.bytes.reading { (bytes) throws(OnlineCell.Corruption) in
                try OnlineCell.entry(stored: row.stored, bytes)
            }
        } catch {
            throw TallyError(error, view: view, key: OnlineKey(stored: row.stored, full: nil))
        }
    }

    private static func checkCancellation() throws(TallyError) {
        guard !Task.isCancelled else {
            throw TallyError(
                .interrupted, "the online store was stopped while it was being filled; nothing of the fill is visible")
        }
    }
}
