// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reads a view's source rows, in any order, and keeps for each key the rows that can answer.
///
/// What outgrows the budget is sorted into a scratch file; memory does not grow with the number of rows.
struct Intake {
    private let view: CompiledView
    private let fill: FillPlan
    private let budget: Int
    private let folder: String
    private var latest: LatestRows
    private var runs: [SortedRun] = []
    /// Rows with a finding in a strict feature, as far as no later one of them outdates them: the fill fails if one would
    /// answer.
    private var refused: [EntityKey: OnlineCell] = [:]
    private var seen = MaterializationReport.Counts()

    /// The counts so far.
    var counts: MaterializationReport.Counts {
        var counts = seen
        counts.older += latest.older
        return counts
    }

    /// `folder` is where scratch files go; it is made when it is needed.
    init(_ view: CompiledView, fill: FillPlan, budget: Int, folder: String) {
        self.view = view
        self.fill = fill
        self.budget = budget
        self.folder = folder
        latest = LatestRows(horizon: fill.horizon, isTimeless: view.source.eventTime == nil)
    }

    /// Adds rows that `ViewReading` read for a fill.
    mutating func take(_ batch: Batch, _ reading: FillPlan.Reading) throws(TallyError) {
        let read = ViewReading(batch, of: view)
        let times = RowTimes(
            event: read.events, cuts: read.eventCuts, declared: read.declared,
            knownTime: view.source.knownTime,
            firstSeen: reading.firstSeen, count: batch.count)
        let declared = reading.firstSeen.map { _ in
            RowTimes(
                event: read.events, cuts: nil, declared: read.declared,
                knownTime: view.source.knownTime, firstSeen: nil, count: batch.count)
        }
        let keyColumns = read.keys
        seen.read += batch.count
        if let events = read.events { seen.noteMidnights(events) }
        if view.source.isText, view.source.knownTime == .undeclared { seen.days += times.days }
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
        let rounded = read.rounded(rows)
        seen.timesRoundedUp += rounded.up
        seen.valuesRoundedDown += rounded.down
        let made = try read.made()
        let keys = EncodedRows(keys: rows, of: keyColumns)
        let values = EncodedRows(rows: rows, of: view.columns.features(of: made))
        note(findingRows(made), of: rows, keys: keys, values: values, times: kept)
        latest.offer(keys: keys, rows: values, times: kept)
        if latest.bytes > budget { try spill() }
    }

    /// Counts findings of expressions, and remembers the rows that a strict feature refuses.
    private mutating func note(
        _ findings: FindingRows, of rows: [Int], keys: EncodedRows, values: EncodedRows, times: [LatestRows.Times]
    ) {
        guard !findings.masks.isEmpty else { return }
        for (index, row) in rows.enumerated() {
            let finding = findings[row]
            if finding.isFound { seen.findings += 1 }
            guard finding.isStrict else { continue }
            let key = EntityKey(encoded: Array(keys.bytes[keys.range(index)]))
            let isTimeless = view.source.eventTime == nil
            view.view.law.take(
                OnlineRow(
                    eventTime: isTimeless ? nil : Timestamp(microseconds: times[index].event),
                    cutNanoseconds: times[index].cut, knownTime: Timestamp(microseconds: times[index].known),
                    values: Array(values.bytes[values.range(index)])),
                into: &refused[key, default: OnlineCell()], horizon: fill.horizon)
        }
    }

    /// Returns for each row whether an expression has a finding, and whether a strict one has.
    private func findingRows(_ made: Batch) -> FindingRows {
        var masks: [(rows: [Int32], isStrict: Bool)] = []
        for (index, feature) in view.view.features.enumerated() {
            guard let rows = view.columns.findings(ofFeature: index, in: made) else { continue }
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
        latest = LatestRows(horizon: fill.horizon, isTimeless: view.source.eventTime == nil)
    }

    /// The keys of rows with a finding in a strict feature.
    var refusedKeys: [OnlineKey] { refused.keys.map { OnlineKey($0) } }

    /// All keys in order, each once, to be merged into a store that holds `present` for the refused keys.
    consuming func finish(over present: [OnlineKey: OnlineCell]) throws(TallyError) -> SortedEntries {
        let strict = refused.map { (OnlineKey($0.key), $0.value.rows) }
        return try SortedEntries(
            runs: runs, rest: latest.sorted, law: view.view.law, horizon: fill.horizon,
            refused: Dictionary(strict) { first, _ in first },
            present: present)
    }
}
