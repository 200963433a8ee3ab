// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Finds which rows of a source's new files are rows that it held before, and when it first held them (SEMANTICS 1.8).
///
/// Rows are the same when their digests are, each as often as it stands there: of equal rows the one that was seen first is
/// the first to be found again, and what is found stays as old as it was; equal rows of several files find them in the
/// order of their places. Which file a row stands in does not matter. All
/// that is known of old rows comes before `match`. Memory is the budget and the rows of one partition, of which there are
/// 256; what is more waits in scratch files. Time is O(n log n).
public struct RowMatcher {
    private static let partitions = 256
    /// Rows of one file whose places are put in order together.
    private static let placesOfPartition = 1 << 20

    private var old: Partitions
    private var new: Partitions
    private let places: Partitions
    private var rows: [UInt64] = []
    /// The last row of each file, and how many equal ones follow each other up to it.
    private var last: [(digest: RowDigest, place: UInt64, count: UInt64)] = []

    /// Uses up to `budget` bytes; scratch files lie in `folder`, which is made when one is needed.
    public init(budget: Int, folder: String) {
        old = Partitions(budget: budget / 3, folder: folder)
        new = Partitions(budget: budget / 3, folder: folder)
        places = Partitions(budget: budget / 3, folder: folder)
    }

    /// Adds rows that the source held before, in files that are no longer there as they were.
    ///
    /// What is known of a new file's own row already is added so, too, beside the row.
    public mutating func add(_ entry: SeenEntry) throws(TallyError) {
        try old.append(
            [entry.digest.high, entry.digest.low, UInt64(entry.seen), UInt64(entry.count)],
            to: Self.partition(entry.digest))
    }

    /// Begins the next new file, of which rows that are added afterwards are the rows, in their order.
    ///
    /// Files count from 0.
    public mutating func beginFile() throws(TallyError) {
        try endRun()
        rows.append(0)
    }

    /// Adds the next rows of the file that was begun last.
    public mutating func add(_ digests: [RowDigest]) throws(TallyError) {
        precondition(!rows.isEmpty, "rows of no file")
        let file = rows.count - 1
        for digest in digests {
            let place = rows[file]
            rows[file] += 1
            if let run = last.last, run.digest == digest, run.count < UInt64(UInt32.max) {
                last[0].count += 1
                continue
            }
            try endRun()
            last = [(digest, place, 1)]
        }
    }

    private mutating func endRun() throws(TallyError) {
        guard let run = last.last else { return }
        last = []
        let file = UInt64(rows.count - 1)
        try new.append(
            [run.digest.high, run.digest.low, run.place, file << 32 | run.count], to: Self.partition(run.digest))
    }

    private static func partition(_ digest: RowDigest) -> Int { Int(digest.high >> 56) }

    /// What a match says, file by file in their order.
    public struct Findings {
        /// The rows of a file by content, in the order of their digests.
        public var entry: (_ file: Int, SeenEntry) throws(TallyError) -> Void
        /// Behind all entries: the rows of a file by place, in their order.
        public var span: (_ file: Int, SeenSpan) throws(TallyError) -> Void
        /// Rows that no file holds any more, in the order of their digests.
        public var withdrawn: (SeenEntry) throws(TallyError) -> Void

        /// Takes what is to be done with each.
        public init(
            entry: @escaping (_ file: Int, SeenEntry) throws(TallyError) -> Void = { _, _ in },
            span: @escaping (_ file: Int, SeenSpan) throws(TallyError) -> Void,
            withdrawn: @escaping (SeenEntry) throws(TallyError) -> Void = { _ in }
        ) {
            (self.entry, self.span, self.withdrawn) = (entry, span, withdrawn)
        }
    }

    /// Compares, and says for each row of the new files which snapshot first held it.
    ///
    /// `snapshots` gives for each file the number of the snapshot that rows count as seen by which were not there before.
    public consuming func match(snapshots: [UInt32], _ findings: Findings) throws(TallyError) {
        precondition(snapshots.count == rows.count, "\(snapshots.count) snapshots of \(rows.count) files")
        try endRun()
        var placed = places
        for number in 0..<Self.partitions { try matchPartition(number, snapshots, findings, &placed) }
        try tellPlaces(&placed, findings)
    }

    private mutating func matchPartition(
        _ number: Int, _ snapshots: [UInt32], _ findings: Findings, _ placed: inout Partitions
    ) throws(TallyError) {
        let before = try old.take(number).sorted(by: Self.precedes)
        // Rows of one digest stay in the order of files and places.
        let now = try new.take(number).sorted(by: Self.precedes)
        var next = 0
        var used: UInt64 = 0
        func giveUp(before digest: RowDigest?) throws(TallyError) {
            while next < before.count {
                let held = RowDigest(high: before[next][0], low: before[next][1])
                if let digest, !(held < digest) { return }
                try findings.withdrawn(
                    SeenEntry(
                        digest: held, seen: UInt32(truncatingIfNeeded: before[next][2]),
                        count: UInt32(truncatingIfNeeded: before[next][3] - used)))
                next += 1
                used = 0
            }
        }
        for row in now {
            let digest = RowDigest(high: row[0], low: row[1])
            try giveUp(before: digest)
            let file = Int(row[3] >> 32)
            var place = row[2]
            var left = row[3] & 0xFFFF_FFFF
            while left > 0 {
                var seen = UInt64(snapshots[file])
                var count = left
                if next < before.count, before[next][0] == digest.high, before[next][1] == digest.low {
                    seen = before[next][2]
                    count = min(left, before[next][3] - used)
                    used += count
                    if used == before[next][3] { (next, used) = (next + 1, 0) }
                }
                let entry = SeenEntry(
                    digest: digest, seen: UInt32(truncatingIfNeeded: seen), count: UInt32(truncatingIfNeeded: count))
                try findings.entry(file, entry)
                try note(count, at: place, of: file, seen, &placed)
                place += count
                left -= count
            }
        }
        try giveUp(before: nil)
    }

    /// Notes rows by place, cut where a partition of places ends.
    private func note(
        _ count: UInt64, at first: UInt64, of file: Int, _ seen: UInt64, _ placed: inout Partitions
    ) throws(TallyError) {
        var (first, left) = (first, count)
        while left > 0 {
            let end = (first / UInt64(Self.placesOfPartition) + 1) * UInt64(Self.placesOfPartition)
            let piece = min(left, end - first)
            let partition = firstPartition(of: file) + Int(first) / Self.placesOfPartition
            try placed.append([first, piece, seen, 0], to: partition)
            first += piece
            left -= piece
        }
    }

    private func firstPartition(of file: Int) -> Int {
        rows[..<file].reduce(0) { $0 + Int($1) / Self.placesOfPartition + 1 }
    }

    private func tellPlaces(_ placed: inout Partitions, _ findings: Findings) throws(TallyError) {
        var number = 0
        for (file, count) in rows.enumerated() {
            for _ in 0...Int(count) / Self.placesOfPartition {
                for span in try placed.take(number).sorted(by: { $0[0] < $1[0] }) {
                    let found = SeenSpan(
                        count: UInt32(truncatingIfNeeded: span[1]), seen: UInt32(truncatingIfNeeded: span[2]))
                    try findings.span(file, found)
                }
                number += 1
            }
        }
    }

    /// By digest, then by what stands behind it: the snapshot of old rows, the file and place of new ones.
    private static func precedes(_ left: SIMD4<UInt64>, _ right: SIMD4<UInt64>) -> Bool {
        if left[0] != right[0] { return left[0] < right[0] }
        if left[1] != right[1] { return left[1] < right[1] }
        return left[2] != right[2] ? left[2] < right[2] : left[3] < right[3]
    }
}
