// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// SEMANTICS 1 to 3 of an online store, word for word: all rows ever taken in, and a search through all of them.
struct FillOracle {
    /// A row that was taken in.
    struct Row: Hashable {
        let key: String
        let event: Int64
        /// The nanoseconds cut from the event time.
        let cut: Int32
        let known: Int64
        let values: [Value]

        /// Whether it comes after another in the order of SEMANTICS 2.
        func follows(_ other: Row) -> Bool {
            if event != other.event { return event > other.event }
            if cut != other.cut { return cut > other.cut }
            if known != other.known { return known > other.known }
            return CanonicalEncoding.row(other.values).lexicographicallyPrecedes(CanonicalEncoding.row(values))
        }
    }

    /// A file as the store saw it: its rows and when they were first seen.
    struct File: Hashable {
        let rows: Batch
        let firstSeen: Int64?
    }

    /// What one fill should count.
    struct Counts: Equatable {
        var later = 0
        var withoutKey = 0
        /// Rows taken in.
        var taken = 0
        /// Taken rows that another row of the same key outdated at once.
        var older = 0
        var pending = 0
        /// Rows without a time among the files that are read whole.
        var withoutTime = 0
    }

    let knownTime: Source.KnownTime
    let timeToLive: Int64?

    private(set) var files: [String: File] = [:]
    private var lookedAt: Int64?
    private(set) var rows: [Row] = []
    private var taken: [String: File] = [:]
    private(set) var until: Int64?
    private(set) var horizon = Int64.min
    /// Whether every row that was taken in is still in a file.
    private(set) var isClean = true

    init(knownTime: Source.KnownTime, timeToLive: Int64?) {
        self.knownTime = knownTime
        self.timeToLive = timeToLive
    }

    /// The store looks at the files: what is new or changed was first seen now.
    mutating func look(_ present: [String: Batch], now: Int64) {
        let time = lookedAt.map { max(now, $0 + 1) } ?? now
        let before = files
        files = [:]
        for (path, rows) in present {
            if lookedAt == nil {
                files[path] = File(rows: rows, firstSeen: nil)
            } else if let file = before[path], file.rows == rows {
                files[path] = file
            } else {
                files[path] = File(rows: rows, firstSeen: time)
            }
        }
        if files != before || lookedAt == nil { lookedAt = time }
    }

    /// Takes in what the files hold now; `isFull` forgets everything before.
    ///
    /// Whatever the clock says, it is not before a file was first seen.
    mutating func fill(until asked: Int64?, clock: Int64, isFull: Bool) -> Counts {
        let now = max(clock, files.values.compactMap(\.firstSeen).max() ?? clock)
        let wanted = asked ?? now
        let isFirst = isFull || until == nil
        let after = isFirst ? nil : until
        until = isFirst ? wanted : max(until ?? .min, wanted)
        horizon = isFirst ? min(wanted, now) : max(horizon, min(until ?? .min, now))
        if isFirst {
            rows = []
            isClean = true
        } else if taken.contains(where: { files[$0.key] != $0.value }) {
            isClean = false
        }
        var counts = Counts()
        var new: [Row] = []
        for (path, file) in files {
            // What an earlier fill took in of the same file is no new row.
            let seen = !isFirst && taken[path] == file ? after : nil
            if let seen, until ?? .min <= seen { continue }
            for row in 0..<file.rows.count {
                guard let (event, known) = times(file, row) else {
                    if seen == nil { counts.withoutTime += 1 }
                    continue
                }
                if known > until ?? .min {
                    counts.later += 1
                    continue
                }
                if let seen, known <= seen { continue }
                guard case .string(let key)? = file.rows["id"]?[row] else {
                    counts.withoutKey += 1
                    continue
                }
                let values = ["v", "w", "s"].map { file.rows[$0]?[row] ?? .null }.map(\.canonical)
                new.append(Row(key: key, event: event, cut: cut(file, row), known: known, values: values))
            }
        }
        taken = files
        counts.taken = new.count
        for group in Dictionary(grouping: new, by: \.key).values {
            let winners = Self.winners(group, horizon: horizon)
            counts.older += group.count - winners.count
            counts.pending += winners.count { $0.known > horizon }
        }
        rows += new
        return counts
    }

    /// The rows of a key that answer at some instant from the horizon on.
    static func winners(_ rows: [Row], horizon: Int64) -> Set<Row> {
        Set(([horizon] + rows.map(\.known).filter { $0 > horizon }).compactMap { latest(rows, at: $0) })
    }

    private static func latest(_ rows: [Row], at time: Int64) -> Row? {
        var found: Row?
        for row in rows where row.known <= time && found.map({ row.follows($0) }) ?? true { found = row }
        return found
    }

    /// `k = max(declared, e, first seen)`; nil for a row that lacks a time.
    private func times(_ file: File, _ row: Int) -> (event: Int64, known: Int64)? {
        guard case .timestamp(let event)? = file.rows["at"]?[row] else { return nil }
        let declared: Int64
        switch knownTime {
        case .undeclared: declared = event.microseconds
        case .after(let delay): declared = event.microseconds + delay.microseconds
        case .column(let name):
            guard case .timestamp(let known)? = file.rows[name]?[row] else { return nil }
            declared = known.microseconds
        }
        return (event.microseconds, max(declared, event.microseconds, file.firstSeen ?? .min))
    }

    private func cut(_ file: File, _ row: Int) -> Int32 {
        guard case .int32(let cut)? = file.rows["at" + InMemoryEngine.cutSuffix]?[row] else { return 0 }
        return cut
    }

    /// What the store answers for a key at an instant: status, values, event time.
    func answer(_ key: String?, at time: Int64) -> (status: ValueStatus, values: [Value], event: Int64?) {
        let nothing = [Value](repeating: .null, count: 3)
        guard let row = Self.latest(rows.filter { $0.key == key }, at: time) else { return (.notFound, nothing, nil) }
        if let timeToLive, time - row.event > timeToLive { return (.outsideMaxAge, nothing, row.event) }
        return (.present, row.values, row.event)
    }

    /// The instants at which something may change, each with its neighbours.
    var instants: [Int64] {
        var found = [horizon, horizon + 40, until ?? 0]
        for row in rows { found += [row.known, row.event + (timeToLive ?? 0)] }
        return Set(found.flatMap { [$0 - 1, $0, $0 + 1] }).filter { $0 >= horizon }.sorted()
    }
}
