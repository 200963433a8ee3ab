// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Takes in a view's source rows, in any order, and keeps for each key the rows that can answer.
///
/// What outgrows the budget is sorted into a scratch file; memory does not grow with the number of rows.
struct Intake {
    private let plan: CompiledView
    private let fill: FillPlan
    private let budget: Int
    private let folder: String
    private var latest: LatestRows
    private var runs: [SortedRun] = []
    /// Rows with a finding in a strict feature, as far as no later one of them outdates them: the fill fails if one would
    /// answer.
    private var refused: [EntityKey: OnlineCell] = [:]
    private var seen = MaterializationReport.Counts()

    /// What was seen so far.
    var counts: MaterializationReport.Counts {
        var counts = seen
        counts.older += latest.older
        return counts
    }

    /// `folder` is where scratch files go; it is made when it is needed.
    init(_ plan: CompiledView, fill: FillPlan, budget: Int, folder: String) {
        self.plan = plan
        self.fill = fill
        self.budget = budget
        self.folder = folder
        latest = LatestRows(law: plan.view.law, horizon: fill.horizon, isTimeless: plan.source.eventTime == nil)
    }

    /// The columns that `take` wants: keys, inputs, event time and known time, each once.
    static func columns(of plan: CompiledView) -> [ScanRequest.Column] {
        // A column may be key and input, each in its own type.
        var columns = plan.joinKeys.map {
            ScanRequest.Column(name: $0.name, alias: keyName($0.name), type: $0.type)
        }
        columns += plan.inputs.map { ScanRequest.Column(name: $0.name, type: $0.type) }
        if let event = plan.source.eventTime {
            let column = ScanRequest.Column(
                name: event, alias: eventName, type: .timestamp, day: .start, rounding: .up)
            columns += [column, column.cutNanoseconds(as: eventCutName)]
            if let known = plan.knownColumn {
                let column = ScanRequest.Column(
                    name: known, alias: knownName, type: .timestamp, day: .end, rounding: .up)
                columns.append(column)
                // A time that is event and known time is counted once.
                if !known.isSame(as: event) { columns.append(column.cutNanoseconds(as: knownCutName)) }
            }
        }
        columns += cutValues(of: plan).map {
            ScanRequest.Column(name: $0.name, type: $0.type).cutNanoseconds(as: $0.alias)
        }
        return columns.uniqued { Array($0.alias.utf8) }
    }

    /// Keys and inputs that may lose nanoseconds, each column once.
    private static func cutValues(of plan: CompiledView) -> [(name: String, type: DataType, alias: String)] {
        (plan.joinKeys + plan.inputs).filter { $0.type.holdsTimes }.uniqued { Array($0.name.utf8) }
            .map { ($0.name, $0.type, "tally!cut!" + $0.name) }
    }

    private static let eventName = "tally!event"
    private static let knownName = "tally!known"
    private static let eventCutName = "tally!eventCut"
    private static let knownCutName = "tally!knownCut"
    private static func keyName(_ key: String) -> String { "tally!key!" + key }

    /// Takes in the rows of one batch of a reading.
    mutating func take(_ batch: Batch, _ reading: FillPlan.Reading) throws(TallyError) {
        let times = RowTimes(
            event: batch[Self.eventName], cuts: batch.cuts(Self.eventCutName), declared: batch[Self.knownName],
            knownTime: plan.source.knownTime,
            firstSeen: reading.firstSeen, count: batch.count)
        let declared = reading.firstSeen.map { _ in
            RowTimes(
                event: batch[Self.eventName], cuts: nil, declared: batch[Self.knownName],
                knownTime: plan.source.knownTime, firstSeen: nil, count: batch.count)
        }
        let keyColumns = plan.joinKeys.compactMap { batch[Self.keyName($0.name)] }
        seen.read += batch.count
        if let events = batch[Self.eventName] { seen.noteMidnights(events) }
        if plan.source.isText, plan.source.knownTime == .undeclared { seen.days += times.days }
        var rows: [Int] = []
        var kept: [LatestRows.Times] = []
        for row in 0..<batch.count {
            guard let (event, cut, known, isKnownBeforeEvent) = times[row] else {
                seen.withoutTime += 1
                continue
            }
            if known > fill.until {
                seen.later += 1
                if let declared = declared?[row]?.known, declared <= fill.until { seen.hidden += 1 }
            } else if let after = reading.after, known <= after {
                seen.known += 1
            } else if keyColumns.contains(where: { !$0.validity[row] }) {
                seen.withoutKey += 1
            } else {
                if isKnownBeforeEvent { seen.knownBeforeEvent += 1 }
                rows.append(row)
                kept.append(((event ?? .distantPast).microseconds, cut, known.microseconds))
            }
        }
        guard !rows.isEmpty else { return }
        countRounded(batch, rows)
        let stored = try storedColumns(batch)
        let keys = EncodedRows(keys: rows, of: keyColumns)
        let values = EncodedRows(rows: rows, of: Array(stored.columns.prefix(plan.view.features.count)))
        note(findingRows(stored), rows, keys, values, kept)
        latest.offer(keys, values, kept)
        if latest.bytes > budget { try spill() }
    }

    private mutating func countRounded(_ batch: Batch, _ rows: [Int]) {
        func count(_ name: String) -> Int {
            guard let cuts = batch.cuts(name) else { return 0 }
            return rows.count { cuts[$0] != 0 }
        }
        seen.timesRoundedUp += count(Self.eventCutName) + count(Self.knownCutName)
        for value in Self.cutValues(of: plan) { seen.valuesRoundedDown += count(value.alias) }
    }

    /// Counts findings of expressions, and remembers the rows that a strict feature refuses.
    private mutating func note(
        _ findings: FindingRows, _ rows: [Int], _ keys: EncodedRows, _ values: EncodedRows,
        _ times: [LatestRows.Times]
    ) {
        guard !findings.masks.isEmpty else { return }
        for (index, row) in rows.enumerated() {
            let finding = findings[row]
            if finding.isFound { seen.findings += 1 }
            guard finding.isStrict else { continue }
            let key = EntityKey(encoded: Array(keys.bytes[keys.range(index)]))
            let isTimeless = plan.source.eventTime == nil
            plan.view.law.take(
                OnlineRow(
                    eventTime: isTimeless ? nil : Timestamp(microseconds: times[index].event),
                    cutNanoseconds: times[index].cut, knownTime: Timestamp(microseconds: times[index].known),
                    values: Array(values.bytes[values.range(index)])),
                into: &refused[key, default: OnlineCell()], horizon: fill.horizon)
        }
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
        var sorted = latest.sorted
        runs.append(try SortedRun(&sorted, in: folder))
        seen.older += latest.older
        latest = LatestRows(law: plan.view.law, horizon: fill.horizon, isTimeless: plan.source.eventTime == nil)
    }

    /// The keys of rows with a finding in a strict feature.
    var refusedKeys: [OnlineKey] { refused.keys.map { OnlineKey($0) } }

    /// All keys in order, each once, to be merged into a store that holds `present` for the refused keys.
    consuming func finish(over present: [OnlineKey: OnlineCell]) throws(TallyError) -> SortedEntries {
        let strict = refused.map { (OnlineKey($0.key), $0.value.rows) }
        return try SortedEntries(
            runs: runs, rest: latest.sorted, law: plan.view.law, horizon: fill.horizon,
            refused: Dictionary(strict) { first, _ in first },
            present: present)
    }
}
