// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyHistory
internal import TallyModel

/// Compares the rows of some files with those that a source held in files that are gone, and writes their records.
struct RowComparison {
    let history: RowHistory
    let new: [NewFile]
    let gone: [SourceSnapshot.File]
    /// The snapshots that first held any of the rows; their places here are the numbers in records.
    let snapshots: [Timestamp?]
    /// Rows of files that are gone and stand in no file any more, by the snapshot that first held them.
    private(set) var withdrawn: [Timestamp?: Int] = [:]
    /// The snapshot as of which rows of each file count that were not there before.
    private let seen: [UInt32]
    /// Records of files that are gone, those that were digested alike together.
    private let held: [Held]
    private let key: DigestKey

    /// Records of rows that were digested with one key over the same columns.
    private struct Held {
        let key: DigestKey
        let columns: [RowRecord.Column]
        var paths: [String]
    }

    /// A number that stands for no snapshot: rows that were not found.
    private static let unfound = UInt32.max
    /// Records that are written at the same time, each an open file.
    private static let mostWriters = 100

    init(
        _ history: RowHistory, _ new: [NewFile], seen: [Timestamp?], gone: [SourceSnapshot.File]
    ) throws(TallyError) {
        var all = Set(seen)
        var held: [Held] = []
        let anew = Dictionary(new.map { (ExactPath($0.file.path), $0) }) { first, _ in first }
        for file in gone {
            guard let record = file.rows?.record else { continue }
            guard try HistoryFolder.isWhole(record, root: history.root) else {
                throw HistoryFolder.damaged(record.path)
            }
            let head = try RowRecordReader(history.root + "/" + record.path).record
            all.formUnion(head.snapshots)
            if let anew = anew[ExactPath(file.path)] {
                try anew.considering(head.columns).expect(head.columns, history.source)
            }
            if let place = held.firstIndex(where: { $0.key == head.key && $0.columns == head.columns }) {
                held[place].paths.append(record.path)
            } else {
                held.append(Held(key: head.key, columns: head.columns, paths: [record.path]))
            }
        }
        var random = SystemRandomNumberGenerator()
        let key = held.first?.key ?? DigestKey(from: &random)
        let numbers = RowRecord(key: key, columns: [], snapshots: all)
        self.seen = seen.map { numbers.number(of: $0) ?? 0 }
        snapshots = numbers.snapshots
        (self.history, self.gone, self.held, self.key) = (history, gone, held, key)
        let columns = held.flatMap(\.columns)
        self.new = new.map { $0.considering(columns) }
    }

    /// Whether one scan is enough: what was there before was digested over the very columns that are there now.
    var isAlike: Bool {
        guard let first = held.first else { return true }
        return held.count == 1 && new.count <= Self.mostWriters && new.allSatisfy { $0.columns == first.columns }
    }

    /// Writes the record of each file, and returns them.
    mutating func records() async throws(TallyError) -> [SeenRows.MadeFile] {
        if isAlike, let first = held.first { return try await record(Array(new.indices), first, [:]) }
        var found: [Int: [SeenSpan]] = [:]
        for rows in held { try await find(rows, &found) }
        var records: [SeenRows.MadeFile] = []
        for index in new.indices { records += try await record([index], nil, found) }
        return records
    }

    /// Finds rows that were digested in one way among those of all files that have the columns.
    private mutating func find(_ rows: Held, _ found: inout [Int: [SeenSpan]]) async throws(TallyError) {
        let files = new.indices.filter { new[$0].has(rows.columns) }
        let spans = Collected<[SeenSpan]>(files.map { _ in [] })
        let matcher = try await matcher(files, over: rows.columns, rows.key, rows, found)
        let lost = Collected<[UInt32: Int]>([[:]])
        try matcher.match(
            snapshots: files.map { _ in Self.unfound },
            RowMatcher.Findings(
                span: { spans.items[$0].append($1) },
                withdrawn: { lost.items[0][$0.seen, default: 0] += Int($0.count) }))
        for (index, file) in files.enumerated() { found[file] = spans.items[index] }
        note(lost.items[0])
    }

    /// Writes the records of files over their own columns; `found` says of rows what was found before.
    private mutating func record(
        _ files: [Int], _ rows: Held?, _ found: [Int: [SeenSpan]]
    ) async throws(TallyError) -> [SeenRows.MadeFile] {
        guard let first = files.first else { return [] }
        let matcher = try await matcher(files, over: new[first].columns, key, rows, found)
        var paths: [String] = []
        var writers: [RowRecordWriter] = []
        for file in files {
            paths.append(try history.folder.incoming("record"))
            writers.append(
                try RowRecordWriter(
                    history.root + "/" + paths[paths.count - 1],
                    RowRecord(key: key, columns: new[file].columns, snapshots: snapshots)))
        }
        let targets = writers
        let lost = Collected<[UInt32: Int]>([[:]])
        try matcher.match(
            snapshots: files.map { seen[$0] },
            RowMatcher.Findings(
                entry: { (file, entry) throws(TallyError) in try targets[file].append(entry) },
                span: { (file, span) throws(TallyError) in try targets[file].append(span) },
                withdrawn: { lost.items[0][$0.seen, default: 0] += Int($0.count) }))
        note(lost.items[0])
        var records: [SeenRows.MadeFile] = []
        for (writer, path) in zip(writers, paths) {
            _ = try writer.commit()
            records.append(try history.folder.keep(path, as: "record"))
        }
        return records
    }

    /// Reads the rows of files, and those of records, into a matcher.
    private func matcher(
        _ files: [Int], over columns: [RowRecord.Column], _ key: DigestKey, _ rows: Held?, _ found: [Int: [SeenSpan]]
    ) async throws(TallyError) -> RowMatcher {
        var matcher = RowMatcher(budget: RowHistory.budget, folder: history.root + "/" + history.folder.path)
        for path in rows?.paths ?? [] {
            let reader = try RowRecordReader(history.root + "/" + path)
            let numbers = reader.record.snapshots.map { snapshot in snapshots.firstIndex(of: snapshot) ?? 0 }
            while true {
                let entries = try reader.nextEntries()
                if entries.isEmpty { break }
                for entry in entries {
                    try matcher.add(
                        SeenEntry(digest: entry.digest, seen: UInt32(numbers[Int(entry.seen)]), count: entry.count))
                }
            }
        }
        for file in files {
            try matcher.beginFile()
            var known = SpanCursor(found[file] ?? [])
            try await new[file].scan(columns, key, engine: history.engine) { (digests) throws(TallyError) in
                for digest in digests {
                    // What is known of a row already stands beside it, and is found again before anything younger.
                    if let number = known.next(), number != Self.unfound {
                        try matcher.add(SeenEntry(digest: digest, seen: number, count: 1))
                    }
                }
                try matcher.add(digests)
            }
        }
        return matcher
    }

    private mutating func note(_ lost: [UInt32: Int]) {
        for (number, count) in lost { withdrawn[snapshots[Int(number)], default: 0] += count }
    }

    /// What closures collect.
    private final class Collected<Item> {
        var items: [Item]

        init(_ items: [Item]) { self.items = items }
    }
}

/// Walks over the rows of a file, and says of each which snapshot first held it.
struct SpanCursor {
    private let spans: [SeenSpan]
    private var index = 0
    private var used: UInt32 = 0

    init(_ spans: [SeenSpan]) { self.spans = spans }

    /// The snapshot of the next row; nil behind the last.
    mutating func next() -> UInt32? {
        guard index < spans.count else { return nil }
        let seen = spans[index].seen
        used += 1
        if used == spans[index].count { (index, used) = (index + 1, 0) }
        return seen
    }
}
