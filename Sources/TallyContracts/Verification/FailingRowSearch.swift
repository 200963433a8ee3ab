// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The method by which rows that break a promise are distinguished from the others.
enum Culprit: Sendable {
    /// Finds rows that fail one of some tests by themselves.
    case tests([RowTest])
    /// Finds rows that repeat an earlier row in some columns.
    case repeats([String])
    /// Finds rows whose values another table lacks.
    case orphans([String], ReferredColumns)
}

extension Prepared {
    /// The method by which its failing rows are found; nil when its number does not come from single rows.
    var culprit: Culprit? {
        guard case .measures(let measures, _) = work else { return rowTests.isEmpty ? nil : .tests(rowTests) }
        var tests: [RowTest] = []
        for measure in measures {
            switch measure {
            case .rows: continue
            case .surplus(let columns): return .repeats(columns)
            case .orphans(let columns, let referred): return .orphans(columns, referred)
            case .failures(let more): tests += more
            case .nulls(let column): tests.append(RowTest(column, .required))
            case .distinct, .minimum, .maximum, .sum, .latest, .longestGap, .staleKeys, .quantile, .lag, .query:
                return nil
            }
        }
        return tests.isEmpty ? nil : .tests(tests)
    }
}

/// The first rows that break some promises, found while all rows go by once.
struct FailingRowSearch {
    /// One promise whose rows are looked for.
    private struct Item {
        let finding: Int
        let how: How
        let inputs: [String]
        /// The keys that were seen, or that the other table has.
        var keys = KeySet()
        var failing = 0
        var first: [FailingRow] = []
    }

    private enum How {
        case rules([RowRule])
        case repeats
        case orphans
    }

    private var items: [Item] = []
    private var start = 0
    private let limit: Int
    private let numbers: Set<String>

    /// Searches for a limited number of rows of each promise; `numbers` are the columns whose texts are numbers.
    init(limit: Int, numbers: Set<String>) {
        self.limit = limit
        self.numbers = numbers
    }

    var isEmpty: Bool { items.isEmpty }

    /// The columns to read.
    var inputs: Set<String> { Set(items.flatMap(\.inputs)) }

    /// Adds a search for rows that fail tests.
    mutating func add(_ finding: Int, rules: [RowRule]) {
        guard !rules.isEmpty else { return }
        var inputs: [String] = []
        for name in rules.flatMap(\.inputs) where !inputs.contains(name) { inputs.append(name) }
        items.append(Item(finding: finding, how: .rules(rules), inputs: inputs))
    }

    /// Adds a search for rows that repeat an earlier one.
    mutating func add(_ finding: Int, repeatsOf columns: [String]) {
        items.append(Item(finding: finding, how: .repeats, inputs: columns))
    }

    /// Adds a search for rows whose values are not among some keys.
    mutating func add(_ finding: Int, orphansOf columns: [String], known: KeySet) {
        items.append(Item(finding: finding, how: .orphans, inputs: columns, keys: known))
    }

    /// Looks at some rows.
    mutating func add(_ batch: Batch) {
        for index in items.indices { look(at: batch, &items[index]) }
        start += batch.count
    }

    private func look(at batch: Batch, _ item: inout Item) {
        switch item.how {
        case .rules(let rules):
            var mask = rules[0].failures(in: batch)
            for rule in rules.dropFirst() { mask.formUnion(rule.failures(in: batch)) }
            item.failing += mask.failing
            for row in mask.firstRows(limit - item.first.count) { item.first.append(failing(row, batch, item.inputs)) }
        case .repeats:
            for row in 0..<batch.count where item.keys.insert(item.inputs, batch, row) == .known {
                note(row, batch, &item)
            }
        case .orphans:
            for row in 0..<batch.count where item.keys.lacks(item.inputs, batch, row) { note(row, batch, &item) }
        }
    }

    private func note(_ row: Int, _ batch: Batch, _ item: inout Item) {
        item.failing += 1
        if item.first.count < limit { item.first.append(failing(row, batch, item.inputs)) }
    }

    private func failing(_ row: Int, _ batch: Batch, _ inputs: [String]) -> FailingRow {
        FailingRow(
            row: start + row,
            cells: inputs.map { name in
                FailingRow.Cell(
                    column: name, value: batch[name]?[row] ?? .null, isNumber: numbers.contains(name))
            })
    }

    /// The result for each promise: the number of failing rows, nil when there were too many keys to remember all, and
    /// the first of them.
    var found: [(finding: Int, failing: Int?, first: [FailingRow])] {
        items.map { ($0.finding, $0.keys.isFull ? nil : $0.failing, $0.first) }
    }
}

/// Combinations of values by a digest of 128 bits, so many of them at most.
struct KeySet: Sendable {
    private struct Digest: Hashable {
        let high: Int
        let low: Int
    }

    /// The outcome for a key.
    enum Outcome {
        case new
        case known
        /// It has a null, or there is no more room.
        case ignored
    }

    /// So many keys take about 200 MB.
    private static let most = 4_000_000

    private var digests: Set<Digest> = []
    /// Whether a key was left out.
    private(set) var isFull = false

    /// Remembers the values of a row.
    mutating func insert(_ names: [String], _ batch: Batch, _ row: Int) -> Outcome {
        guard let digest = Self.digest(names, batch, row) else { return .ignored }
        if digests.contains(digest) { return .known }
        guard digests.count < Self.most else {
            isFull = true
            return .ignored
        }
        digests.insert(digest)
        return .new
    }

    /// Whether the values of a row are there and not among the keys.
    func lacks(_ names: [String], _ batch: Batch, _ row: Int) -> Bool {
        guard let digest = Self.digest(names, batch, row) else { return false }
        return !digests.contains(digest)
    }

    private static func digest(_ names: [String], _ batch: Batch, _ row: Int) -> Digest? {
        guard let key = Taker.key(names, batch, row) else { return nil }
        var (high, low) = (Hasher(), Hasher())
        high.combine(0)
        low.combine(1)
        high.combine(key)
        low.combine(key)
        return Digest(high: high.finalize(), low: low.finalize())
    }
}
