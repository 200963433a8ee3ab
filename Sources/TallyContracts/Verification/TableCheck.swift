// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Checks promises against all rows of one table, in as few passes as possible.
///
/// The engine takes what it knows how to take exactly, in one aggregate; the rest is taken row by row in
/// one pass. Where rows fail, another pass says which come first, and must count as many.
public struct TableCheck: Sendable {
    let context: TableContext
    private let promises: [Promise]
    let prepared: [Prepared]
    /// The number of failing rows that are named for a promise; 0 skips the pass that looks for them.
    let sampleRows: Int

    /// Makes promises ready for a table.
    public init(_ promises: [Promise], context: TableContext, sampleRows: Int = 5) {
        self.context = context
        self.promises = promises
        self.sampleRows = sampleRows
        prepared = promises.map { CheckCatalogue.prepare($0, for: context) }
    }

    /// The columns that the promises look at, by their names in the data, with those that tell which texts are values.
    public var columns: Set<String> {
        prepared.flatMap { Self.measures($0) }
            .reduce(into: []) { $0.formUnion(inputs($1).union(TableTally.columns(of: $1))) }
    }

    /// One finding for each promise, in order, whether it could be executed or not.
    public func run(over table: TableRows) async throws(TallyError) -> [Finding] {
        try await examine(over: table).findings
    }

    /// One finding for each promise, in order, which names no rows yet.
    public func judge(_ table: TableRows) async throws(TallyError) -> [Finding] {
        var seen = Set<Measure>()
        let measures = prepared.flatMap { Self.measures($0) }.filter { seen.insert($0).inserted }
        let taken = measures.isEmpty ? [:] : try await take(measures, table)
        return zip(promises, prepared).map { Self.finding($0, $1, taken) }
    }

    /// Returns the findings over rows in memory, without an engine; `others` are the rows of other tables.
    func findings(in batch: Batch, others: [TableReference: [Batch]] = [:]) -> [Finding] {
        zip(promises, prepared).map { promise, prepared in
            var taken: [Measure: Taken] = [:]
            for measure in Self.measures(prepared) {
                guard var tally = TableTally([measure], columns: context.schema, tables: others) else { continue }
                tally.add(batch)
                taken[measure] = Taken(value: tally.values[0], method: .rows)
            }
            return Self.finding(promise, prepared, taken)
        }
    }

    /// An answer, and how it was got.
    private struct Taken {
        let value: Measured
        let method: Finding.Evidence.Method
        /// The reason why there is no answer, in words: the query is wrong.
        var failure: String?
    }

    private static func measures(_ prepared: Prepared) -> [Measure] {
        switch prepared.work {
        case .settled, .unexecutable: []
        case .measures(let measures, _): measures
        case .rows(let tests, let column, _): [.rows, .failures(tests)] + (column.map { [.nulls($0)] } ?? [])
        }
    }

    private func take(
        _ measures: [Measure], _ table: TableRows
    ) async throws(TallyError) -> [Measure: Taken] {
        var taken: [Measure: Taken] = [:]
        let shared = measures.filter { !$0.standsAlone }
        let result = try await table.measure(shared)
        for (index, measure) in shared.enumerated() where result.values[index] != .unsupported {
            taken[measure] = Taken(value: result.values[index], method: .aggregate)
        }
        for measure in measures where measure.standsAlone { taken[measure] = try await take(alone: measure, table) }
        let rest = shared.filter { taken[$0] == nil && TableTally([$0], columns: context.schema) != nil }
        guard !rest.isEmpty, var tally = TableTally(rest, columns: context.schema) else { return taken }
        try await table.scan(Set(rest.flatMap(inputs))) { (batch) in tally.add(batch) }
        for (measure, value) in zip(rest, tally.values) { taken[measure] = Taken(value: value, method: .rows) }
        return taken
    }

    /// Takes a measure that may fail by itself: that is the finding of its own promise, and stops no other.
    private func take(alone measure: Measure, _ table: TableRows) async throws(TallyError) -> Taken? {
        do throws(TallyError) {
            guard let value = try await table.measure([measure]).values.first, value != .unsupported else { return nil }
            return Taken(value: value, method: .aggregate)
        } catch {
            guard error.code == .engine || error.code == .invalidData else { throw error }
            return Taken(value: .unsupported, method: .aggregate, failure: error.message)
        }
    }

    private func inputs(_ measure: Measure) -> Set<String> {
        guard case .failures(let tests) = measure else { return TableTally.columns(of: measure) }
        return Set(tests.flatMap { test in (try? RowRule.compile(test, columns: context.schema).get().inputs) ?? [] })
    }

    private static func finding(
        _ promise: Promise, _ prepared: Prepared, _ taken: [Measure: Taken]
    ) -> Finding {
        let scope = CheckCatalogue.scope(of: promise, prepared: prepared)
        switch prepared.work {
        case .unexecutable(let reason):
            return Finding(
                promise: promise, verdict: .unproven, observed: reason, promised: prepared.promised, evidence: .none,
                scope: scope)
        case .settled(let verdict, let observed):
            return Finding(
                promise: promise, verdict: verdict, observed: observed, promised: prepared.promised,
                evidence: Finding.Evidence(method: .schema), scope: scope)
        case .measures(let measures, let judge):
            let found = measures.compactMap { taken[$0] }
            guard found.count == measures.count else {
                return Finding(
                    promise: promise, verdict: .unproven, observed: "no engine here takes this measure",
                    promised: prepared.promised, evidence: .none, scope: scope)
            }
            if let reason = found.lazy.compactMap(\.failure).first {
                return Finding(
                    promise: promise, verdict: .unproven, observed: reason, promised: prepared.promised,
                    evidence: .none, scope: scope)
            }
            let judgement = judge(found.map(\.value))
            return Finding(
                promise: promise, verdict: judgement.verdict, observed: judgement.observed,
                promised: prepared.promised,
                evidence: Finding.Evidence(
                    method: method(found), rows: judgement.rows, failing: judgement.failing), scope: scope)
        case .rows(let tests, let column, let failing):
            return rows(promise, prepared, tests, column, failing, taken)
        }
    }

    private static func rows(
        _ promise: Promise, _ prepared: Prepared, _ tests: [RowTest], _ column: String?, _ words: String,
        _ taken: [Measure: Taken]
    ) -> Finding {
        let scope = CheckCatalogue.scope(of: promise, prepared: prepared)
        let nulls = column.map { taken[.nulls($0)] }
        guard let rows = taken[.rows], let all = rows.value.countValue, let failures = taken[.failures(tests)],
            let failing = failures.value.countValue
        else {
            return Finding(
                promise: promise, verdict: .unproven, observed: "no engine here takes this measure",
                promised: prepared.promised, evidence: .none, scope: scope)
        }
        let values = all - (nulls??.value.countValue ?? 0)
        let noun = column == nil ? "row" : "value"
        let observed: String
        let verdict: Verdict
        if failing > 0 {
            verdict = .broken
            observed =
                "\(failing.grouped) of \(values.grouped) \(noun)s \(words) "
                + "(\(Phrases.share(failing, of: values)))"
        } else if values == 0 {
            verdict = .unproven
            observed = all == 0 ? "there are no rows" : "there are no values in \(Phrases.count(all, "row"))"
        } else {
            verdict = .kept
            observed = "all \(Phrases.count(values, noun))"
        }
        return Finding(
            promise: promise, verdict: verdict, observed: observed, promised: prepared.promised,
            evidence: Finding.Evidence(method: method([rows, failures]), rows: all, failing: failing), scope: scope)
    }

    /// The dearest of the ways in which some answers were got.
    private static func method(_ taken: [Taken]) -> Finding.Evidence.Method {
        taken.contains { $0.method == .rows } ? .rows : .aggregate
    }
}
