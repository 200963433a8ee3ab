// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyExpressions
internal import TallyModel

/// Turns a part of the spine into rows of the training set: joins, expressions, label, in that order.
struct PartWorker {
    let plan: CompiledVector
    let spine: SpinePlan
    let label: CompiledLabel?
    let joins: [ViewJoin]
    let labelJoin: ViewJoin?
    /// For views over files that count as known only since they were first seen: the match by declared times.
    let declaredJoins: [(view: Int, join: ViewJoin)]
    let timeColumn: String
    let asOf: Timestamp
    let output: [ColumnSchema]
    let engine: any OfflineEngine
    let runner: (any TransformRunner)?

    /// The finished rows of a part, in the spine's order; adds what it saw to `counts`.
    func rows(of part: Batch, counts: inout TrainingCounts) async throws(TallyError) -> Batch {
        let times = spine.column(timeColumn, in: part)
        let keys = joins.flatMap(\.columns.keys).uniqued()
        let results = try await engine.pointInTimeJoin(
            JoinRequest(keys: batch(of: keys, in: part), times: times, views: joins))
        try count(results, times: times, part: part, counts: &counts)
        try await countKnownKeys(results, keys: batch(of: keys, in: part), counts: &counts)
        try await countHidden(results, keys: batch(of: keys, in: part), times: times, counts: &counts)
        let features = guarded(results, counts: &counts)
        let onDemand = try onDemand(features: features, part: part, times: times, counts: &counts)
        var columns = spine.carried(from: part) + features + onDemand
        guard let label, let labelJoin else {
            counts.writtenRows += part.count
            return Batch(schema: output, columns: columns, count: part.count)
        }
        // Labels are found by equality alone, so the spine's time must not decide whether a row has one.
        let anyTime = Column(type: .timestamp, storage: .int64([Int64](repeating: 0, count: part.count)))
        let found = try await engine.pointInTimeJoin(
            JoinRequest(keys: batch(of: labelJoin.columns.keys, in: part), times: anyTime, views: [labelJoin]))
        counts.labelSourceRows = max(counts.labelSourceRows, found[0].counts.sourceRows)
        var outcome = try label.judge(found[0], asOf: asOf)
        columns.append(outcome.values)
        if label.flagName != nil {
            columns.append(Column(type: .bool, storage: .bool(outcome.isRipe.map { $0 ? 1 : 0 })))
        }
        let all = Batch(schema: output, columns: columns, count: part.count)
        let kept = (0..<part.count).filter { !label.omits($0, outcome) }
        outcome.counts.omitted = part.count - kept.count
        counts.label = counts.label.map { $0 + outcome.counts }
        counts.writtenRows += kept.count
        return kept.count == part.count ? all : all.selecting(kept)
    }

    /// The features of a part, with replacements for values that break their promise.
    private func guarded(_ results: [JoinResult], counts: inout TrainingCounts) -> [Column] {
        plan.outputs.enumerated().map { position, output in
            let column = results[output.view].features.columns[output.index]
            guard let check = plan.views[output.view].guards[output.index], let broken = check.broken(column) else {
                return column
            }
            counts.features[position].broken += broken.failing
            return check.replacing(column, broken)
        }
    }

    /// Counts, for views that gave no row, the spine rows whose key is in the source, which shows the cause.
    private func countKnownKeys(
        _ results: [JoinResult], keys: Batch, counts: inout TrainingCounts
    ) async throws(TallyError) {
        for (view, result) in results.enumerated() {
            guard counts.views[view].join.matched == 0, result.counts.outsideMaxAge == 0,
                result.counts.sourceRows > 0, keys.count > 0
            else { continue }
            let late = Column(
                type: .timestamp, storage: .int64([Int64](repeating: Self.endOfTime.microseconds, count: keys.count)))
            let names = joins[view].columns.keys
            let own = Batch(schema: names, columns: names.compactMap { keys[$0.name] }, count: keys.count)
            let found = try await engine.pointInTimeJoin(JoinRequest(keys: own, times: late, views: [joins[view]]))
            counts.views[view].rowsOfKnownKeys += found[0].counts.matched + found[0].counts.outsideMaxAge
        }
    }

    /// The last second of the year 9999: later than any time that means one.
    private static let endOfTime = Timestamp(microseconds: 253_402_300_799_000_000)

    private func batch(of columns: [ColumnSchema], in part: Batch) -> Batch {
        Batch(schema: columns, columns: columns.map { spine.column($0.name, in: part) }, count: part.count)
    }

    private func onDemand(
        features: [Column], part: Batch, times: Column, counts: inout TrainingCounts
    ) throws(TallyError) -> [Column] {
        guard !plan.onDemand.isEmpty else { return [] }
        let schema =
            plan.outputs.map { ColumnSchema(name: $0.name, type: $0.feature.type) } + plan.service.request
            + [CompiledVector.observedAt]
        let inputs = plan.service.request.map { spine.column($0.name, in: part) }
        let known = Batch(schema: schema, columns: features + inputs + [times], count: part.count)
        // The rows of this part were counted before.
        let results = try plan.evaluateOnDemand(
            known, running: runner, firstRow: counts.spineRows - part.count)
        for (index, result) in results.enumerated() {
            let position = plan.outputs.count + index
            let found = result.findingRows?.count { $0 != 0 } ?? 0
            try refuse(found, of: plan.onDemand[index].feature)
            counts.features[position].findings += found
            counts.features[position].broken += result.broken?.failing ?? 0
            counts.features[position].nulls += result.column.validity.nullCount
        }
        return results.map(\.column)
    }

    private func count(
        _ results: [JoinResult], times: Column, part: Batch, counts: inout TrainingCounts
    ) throws(TallyError) {
        for (view, result) in results.enumerated() {
            counts.views[view].join = counts.views[view].join + result.counts
            let present = joins[view].columns.keys.map { spine.column($0.name, in: part).validity }
            let allPresent = present.reduce(Validity(allPresent: part.count)) { $0.intersection($1) }
            counts.views[view].nullKeys += allPresent.nullCount
            if result.counts.leaked > 0 { noteLeak(result, view: view, times: times, counts: &counts) }
        }
        for (position, output) in plan.outputs.enumerated() {
            let result = results[output.view]
            let missing = result.counts.notFound + result.counts.outsideMaxAge
            counts.features[position].nulls += result.features.columns[output.index].validity.nullCount - missing
            let columns = plan.views[output.view].columns
            guard let findings = columns.findings(ofFeature: output.index, in: result.features) else { continue }
            let found = findings.count { $0 != 0 }
            try refuse(found, of: output.feature)
            counts.features[position].findings += found
        }
        counts.nullTimes += times.validity.nullCount
        counts.timesRoundedDown += part.cutCount(spine.cutTime)
        counts.valuesRoundedDown += spine.cutValues.reduce(0) { $0 + part.cutCount($1) }
        counts.spineRows += part.count
    }

    /// Counts what first-seen times hide, against a second match in the same run; nothing is read where they hide nothing.
    private func countHidden(
        _ results: [JoinResult], keys: Batch, times: Column, counts: inout TrainingCounts
    ) async throws(TallyError) {
        guard !declaredJoins.isEmpty else { return }
        let declared = try await engine.pointInTimeJoin(
            JoinRequest(keys: keys, times: times, views: declaredJoins.map(\.join)))
        for (result, view) in zip(declared, declaredJoins.map(\.view)) {
            let values = plan.outputs.count { $0.view == view }
            counts.hidden.add(declared: result, counted: results[view], valuesPerRow: values)
        }
    }

    private func refuse(_ findings: Int, of feature: Feature) throws(TallyError) {
        guard feature.isStrict, findings > 0 else { return }
        throw TallyError(
            .invalidData, "\(findings) rows divide by zero, overflow or fail a cast, and the feature is strict",
            subject: "feature \(feature.name)", help: "repair the source, or leave out `strict` to get nulls")
    }

    private func noteLeak(_ result: JoinResult, view: Int, times: Column, counts: inout TrainingCounts) {
        let name = counts.views[view].name
        guard !counts.leaks.contains(where: { $0.view == name }) else { return }
        for row in result.statuses.indices where result.statuses[row] == .matched {
            guard case .timestamp(let time) = times[row], case .timestamp(let known) = result.knownTimes[row],
                case .timestamp(let happened) = result.eventTimes[row], known > time
            else { continue }
            counts.leaks.append(
                TrainingCounts.Leak(
                    view: name, spineRow: counts.spineRows + row, time: time, eventTime: happened, knownTime: known))
            return
        }
    }
}
