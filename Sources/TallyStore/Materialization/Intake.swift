// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Takes in a view's source rows, in any order, and keeps for each key the rows that can answer.
///
/// What outgrows the budget is sorted into a scratch file; memory does not grow with the number of rows.
struct Intake {
    private let plan: ViewPlan
    private let fill: FillPlan
    private let budget: Int
    private let folder: String
    private let schema: [ColumnSchema]
    private var cells: [EntityKey: OnlineCell] = [:]
    private var bytes = 0
    private var runs: [SortedRun] = []
    /// Rows with a finding in a strict feature: the fill fails if one of them would answer.
    private var refused: [EntityKey: [OnlineRow]] = [:]
    private(set) var counts = MaterializationReport.Counts()

    /// What a key costs beyond its own bytes and those of its rows.
    private static let overhead = 160

    /// `folder` is where scratch files go; it is made when it is needed.
    init(_ plan: ViewPlan, fill: FillPlan, budget: Int, folder: String) {
        self.plan = plan
        self.fill = fill
        self.budget = budget
        self.folder = folder
        schema = plan.view.features.map { ColumnSchema(name: $0.name, type: $0.type) }
    }

    /// The columns that `take` wants: keys, inputs, event time and known time, each once.
    static func columns(of plan: ViewPlan) -> [ScanRequest.Column] {
        // A column may be key and input, each in its own type.
        var columns = plan.joinKeys.map {
            ScanRequest.Column(name: $0.name, alias: keyName($0.name), type: $0.type)
        }
        columns += plan.inputs.map { ScanRequest.Column(name: $0.name, type: $0.type) }
        if let event = plan.source.eventTime {
            columns.append(ScanRequest.Column(name: event, alias: eventName, type: .timestamp))
            if case .column(let known) = plan.source.knownTime {
                columns.append(ScanRequest.Column(name: known, alias: knownName, type: .timestamp))
            }
        }
        return columns.uniqued()
    }

    private static let eventName = "tally!event"
    private static let knownName = "tally!known"
    private static func keyName(_ key: String) -> String { "tally!key!" + key }

    /// Takes in the rows of one batch of a reading.
    mutating func take(_ batch: Batch, _ reading: FillPlan.Reading) throws(TallyError) {
        let stored = try storedColumns(batch)
        let times = RowTimes(
            event: batch[Self.eventName], declared: batch[Self.knownName], knownTime: plan.source.knownTime,
            firstSeen: reading.firstSeen, count: batch.count)
        let keys = plan.joinKeys.compactMap { batch[Self.keyName($0.name)] }
        let findings = findingRows(stored)
        counts.read += batch.count
        for row in 0..<batch.count {
            guard let (event, known) = times[row] else {
                counts.withoutTime += 1
                continue
            }
            if known > fill.until {
                counts.later += 1
                continue
            }
            if let after = reading.after, known <= after {
                counts.known += 1
                continue
            }
            guard let key = EntityKey(keys.map { $0[row] }) else {
                counts.withoutKey += 1
                continue
            }
            let finding = findings[row]
            if finding.isFound { counts.findings += 1 }
            let values = CanonicalEncoding.row(schema.indices.map { stored.columns[$0][row] })
            offer(OnlineRow(eventTime: event, knownTime: known, values: values), key, isRefused: finding.isStrict)
        }
        if bytes > budget { try spill() }
    }

    private mutating func offer(_ row: OnlineRow, _ key: EntityKey, isRefused: Bool) {
        if isRefused { refused[key, default: []].append(row) }
        guard var cell = cells.removeValue(forKey: key) else {
            bytes += key.bytes.count + row.values.count + Self.overhead
            cells[key] = OnlineCell(row)
            return
        }
        let before = cell.rows.count
        cell.offer(row, horizon: fill.horizon)
        counts.older += before + 1 - cell.rows.count
        bytes += (cell.rows.count - before) * (row.values.count + Self.overhead / 2)
        cells[key] = cell
    }

    private func storedColumns(_ batch: Batch) throws(TallyError) -> Batch {
        let columns = plan.inputs.compactMap { batch[$0.name] }
        let inputs = Batch(schema: plan.inputs, columns: columns, count: batch.count)
        return try plan.transform?(inputs) ?? inputs
    }

    /// For each row, whether an expression met something, and whether one that is strict did.
    private func findingRows(_ stored: Batch) -> FindingRows {
        var masks: [(rows: [Int32], isStrict: Bool)] = []
        for (index, feature) in plan.view.features.enumerated() {
            guard let mask = plan.findingColumns[index], case .int32(let rows) = stored.columns[mask].storage else {
                continue
            }
            if rows.contains(where: { $0 != 0 }) { masks.append((rows, feature.isStrict)) }
        }
        return FindingRows(masks: masks)
    }

    private struct FindingRows {
        let masks: [(rows: [Int32], isStrict: Bool)]

        subscript(row: Int) -> (isFound: Bool, isStrict: Bool) {
            guard !masks.isEmpty else { return (false, false) }
            return (
                masks.contains { $0.rows[row] != 0 }, masks.contains { $0.isStrict && $0.rows[row] != 0 }
            )
        }
    }

    private mutating func spill() throws(TallyError) {
        runs.append(try SortedRun(sorted(), in: folder))
        cells = [:]
        bytes = 0
    }

    private mutating func sorted() -> [OnlineEntry] {
        let entries = cells.map { OnlineEntry(key: OnlineKey($0.key), cell: $0.value) }
        cells = [:]
        return entries.sorted { $0.key < $1.key }
    }

    /// The keys of rows with a finding in a strict feature.
    var refusedKeys: [OnlineKey] { refused.keys.map { OnlineKey($0) } }

    /// All keys in order, each once, to be merged into a store that holds `present` for the refused keys.
    consuming func finish(over present: [OnlineKey: OnlineCell]) throws(TallyError) -> SortedEntries {
        let rest = sorted()
        let strict = refused.map { (OnlineKey($0.key), $0.value) }
        return try SortedEntries(
            runs: runs, rest: rest, horizon: fill.horizon, refused: Dictionary(strict) { first, _ in first },
            present: present)
    }
}
