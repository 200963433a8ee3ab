// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Entries of several sorted lists as one: sorted by key, each key once, its rows offered to one cell.
struct SortedEntries {
    private var runs: [SortedRun]
    private var heads: [OnlineEntry?]
    private var rest: LatestRows.Sorted
    private var restHead: OnlineEntry?
    private let law: ViewLaw
    private let horizon: Timestamp
    private let refused: [OnlineKey: [OnlineRow]]
    private let present: [OnlineKey: OnlineCell]
    /// Rows given so far whose known time lies after the horizon.
    private(set) var pending = 0
    /// Rows so far that a row of another list outdated.
    private(set) var older = 0

    /// Makes entries by `law`; `present` are the stored cells, for the keys of `refused`, into which they will be
    /// merged.
    init(
        runs: [SortedRun], rest: LatestRows.Sorted, law: ViewLaw, horizon: Timestamp, refused: [OnlineKey: [OnlineRow]],
        present: [OnlineKey: OnlineCell]
    ) throws(TallyError) {
        var runs = runs
        var heads: [OnlineEntry?] = []
        for index in runs.indices { heads.append(try runs[index].next()) }
        self.runs = runs
        self.heads = heads
        self.rest = rest
        restHead = self.rest.next()
        self.law = law
        self.horizon = horizon
        self.refused = refused
        self.present = present
    }

    /// The next entry; nil after the last.
    ///
    /// `E-invalid-data` for a row that a strict feature refuses.
    mutating func next() throws(TallyError) -> OnlineEntry? {
        var least = restHead?.key
        for case let head? in heads where least.map({ head.key < $0 }) ?? true { least = head.key }
        guard let key = least else { return nil }
        var cell: OnlineCell?
        func merge(_ other: OnlineCell) {
            guard var merged = cell else {
                cell = other
                return
            }
            let before = merged.rows.count
            law.merge(other, into: &merged, horizon: horizon)
            older += before + other.rows.count - merged.rows.count
            cell = merged
        }
        for index in heads.indices {
            guard let head = heads[index], head.key == key else { continue }
            merge(head.cell)
            heads[index] = try runs[index].next()
        }
        if let head = restHead, head.key == key {
            merge(head.cell)
            restHead = rest.next()
        }
        guard let cell else { return nil }
        try refuse(key, cell)
        pending += cell.rows.count { $0.knownTime > horizon }
        return OnlineEntry(key: key, cell: cell)
    }

    /// Refuses a row only where it would answer: a newer one of the store's may outdate it.
    private func refuse(_ key: OnlineKey, _ cell: OnlineCell) throws(TallyError) {
        guard !refused.isEmpty, let rows = refused[key] else { return }
        var merged = present[key] ?? OnlineCell()
        law.merge(cell, into: &merged, horizon: horizon)
        guard rows.contains(where: { merged.rows.contains($0) }) else { return }
        throw TallyError(
            .invalidData,
            "a row that would be served divides by zero, overflows or fails a cast, and its feature is strict",
            help: "repair the source, or leave out `strict` to get nulls")
    }
}
