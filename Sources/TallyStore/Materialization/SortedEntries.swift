// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Entries of several sorted lists as one: sorted by key, each key once, its rows offered to one cell.
struct SortedEntries {
    private var runs: [SortedRun]
    private var heads: [OnlineEntry?]
    private var rest: [OnlineEntry]
    private var place = 0
    private let horizon: Timestamp
    private let refused: [OnlineKey: [OnlineRow]]
    /// Rows given so far whose known time lies after the horizon.
    private(set) var pending = 0

    init(
        runs: [SortedRun], rest: [OnlineEntry], horizon: Timestamp, refused: [OnlineKey: [OnlineRow]]
    ) throws(TallyError) {
        var runs = runs
        var heads: [OnlineEntry?] = []
        for index in runs.indices { heads.append(try runs[index].next()) }
        self.runs = runs
        self.heads = heads
        self.rest = rest
        self.horizon = horizon
        self.refused = refused
    }

    /// The next entry; nil after the last.
    ///
    /// `E-invalid-data` for a row that a strict feature refuses.
    mutating func next() throws(TallyError) -> OnlineEntry? {
        var least = place < rest.count ? rest[place].key : nil
        for case let head? in heads where least.map({ head.key < $0 }) ?? true { least = head.key }
        guard let key = least else { return nil }
        var cell: OnlineCell?
        func merge(_ other: OnlineCell) {
            guard var merged = cell else {
                cell = other
                return
            }
            for row in other.rows { merged.offer(row, horizon: horizon) }
            cell = merged
        }
        for index in heads.indices {
            guard let head = heads[index], head.key == key else { continue }
            merge(head.cell)
            heads[index] = try runs[index].next()
        }
        if place < rest.count, rest[place].key == key {
            merge(rest[place].cell)
            place += 1
        }
        guard let cell else { return nil }
        try refuse(key, cell)
        pending += cell.rows.count { $0.knownTime > horizon }
        return OnlineEntry(key: key, cell: cell)
    }

    private func refuse(_ key: OnlineKey, _ cell: OnlineCell) throws(TallyError) {
        guard !refused.isEmpty, let rows = refused[key], rows.contains(where: { cell.rows.contains($0) }) else {
            return
        }
        throw TallyError(
            .invalidData,
            "a row that would be served divides by zero, overflows or fails a cast, and its feature is strict",
            help: "repair the source, or leave out `strict` to get nulls")
    }
}
