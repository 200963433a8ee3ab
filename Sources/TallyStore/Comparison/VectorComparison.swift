// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Compares served vectors with those that the offline kernel computes from the sources, bit by bit and status by
/// status.
///
/// The offline side may see the rows that were known when the view was filled (SEMANTICS 7, `asMaterialized`); all else,
/// times to live included, it decides by itself.
public struct VectorComparison: Sendable {
    private let store: any OnlineStore
    private let offline: OfflineFallback
    private let clock: @Sendable () -> Timestamp
    private let runner: (any TransformRunner)?

    private static let keysPerView = 20_000
    private static let longestSpread: Int64 = 86_400_000_000

    /// Compares what a store serves with what an engine computes.
    public init(
        store: any OnlineStore, offline: OfflineFallback, clock: @escaping @Sendable () -> Timestamp,
        runner: (any TransformRunner)? = nil
    ) {
        self.store = store
        self.offline = offline
        self.clock = clock
        self.runner = runner
    }

    /// Compares a sample of a service's vectors.
    ///
    /// Keys are drawn from the sources, so that one the store lacks is found out, and a few that no source has; instants from
    /// the request's on, over at most a quarter of the shortest time to live. Memory is in proportion to the sample.
    public func run(_ layout: VectorLayout, _ request: ComparisonRequest) async throws(TallyError) -> ComparisonReport {
        guard let release = layout.release else {
            throw TallyError(.misuse, "only a service's vectors can be compared")
        }
        try layout.vector?.expect(runner)
        let sources = try await offline.sources.prepare(layout.views.map(\.compiled), at: clock())
        let prepared = layout.views.compactMap { sources[$0.name] }
        let present = Dictionary(uniqueKeysWithValues: try await store.generations().map { ($0.storage, $0) })
        let generations = layout.views.map { present[$0.fingerprints.storage] }
        let horizon = generations.reduce(Timestamp.distantPast) { max($0, $1?.horizon ?? .distantPast) }
        let start = request.at ?? (horizon == .distantPast ? clock() : horizon)
        let shortest = layout.views.compactMap { $0.compiled.view.timeToLive?.microseconds }.min() ?? Self.longestSpread
        let sample = PairSample(
            count: request.sample, layout: layout, pools: try await pools(layout, prepared, seed: request.seed),
            start: start, spread: TimeSpan(microseconds: min(Self.longestSpread, shortest) / 4), seed: request.seed)
        let (joined, hidden): ([JoinResult], HiddenValues)
        do throws(TallyError) {
            joined = try await join(layout, sample, sources: prepared, generations: generations)
            hidden = try await self.hidden(
                layout, sample, sources: prepared, generations: generations, joined: joined)
        } catch {
            throw prepared.reduce(error) { $1.looked?.cause(of: $0) ?? $0 }
        }
        for source in prepared { try source.looked?.expectUnchanged() }
        var report = ComparisonReport(
            release: release, pairs: request.sample, columns: layout.columns.map { .init(name: $0.name) },
            difference: nil, unproven: Self.unproven(layout, generations: generations, sources: prepared, start: start))
        report.warnings = Self.askedEarlier(prepared) + (hidden.text.map { [$0] } ?? [])
        // A view that was never filled proves nothing, and nothing is served without it.
        guard !generations.contains(where: { $0 == nil }) else { return report }
        let reader = VectorReader(store: store, clock: clock, offline: offline, runner: runner)
        for run in sample.runs {
            let asked = VectorRequest(
                keys: sample.keys.slice(run.rows), inputs: sample.inputs.slice(run.rows), at: run.time)
            let served = try await reader.read(layout, asked)
            guard served.positions.allSatisfy({ Self.isOf(generations, $0) }) else {
                report.unproven.append("the store was filled meanwhile: compare again")
                break
            }
            var answer = VectorAnswer(layout, asked)
            try answer.open(generations, clock: clock)
            for (view, result) in joined.enumerated() {
                try answer.take(
                    result.slice(run.rows), view: view, snapshot: prepared[view].snapshot.fingerprint)
            }
            report.add(served, try answer.finish(running: runner), keys: asked.keys)
        }
        return report
    }

    /// Returns the notes about queries, whose recorded answers a comparison uses.
    private static func askedEarlier(_ prepared: [PreparedSource]) -> [String] {
        prepared.compactMap { source in
            guard case .query = source.source.location else { return nil }
            return "source \(source.source.name) is a query: its answer of \(source.snapshot.takenAt) is compared"
        }.uniqued()
    }

    private func pools(
        _ layout: VectorLayout, _ prepared: [PreparedSource], seed: UInt64
    ) async throws(TallyError) -> [[[Value]]] {
        var pools: [[[Value]]] = []
        for group in layout.keyGroups.indices {
            var sample = KeySample(capacity: Self.keysPerView, seed: seed)
            for view in layout.views.indices where layout.keyGroup[view] == group {
                let source = prepared[view]
                let keys = layout.views[view].compiled.joinKeys
                let scan = ScanRequest(
                    table: TableReference(
                        source.source, .paths(source.groups.flatMap(\.paths), source.format)),
                    columns: keys.map { ScanRequest.Column(name: $0.name, type: $0.type) })
                try await offline.engine.scan(scan) { (batch) async throws(TallyError) in sample.take(batch.columns) }
            }
            pools.append(sample.keys)
        }
        return pools
    }

    private func join(
        _ layout: VectorLayout, _ sample: PairSample, sources prepared: [PreparedSource],
        generations: [OnlineGeneration?]
    ) async throws(TallyError) -> [JoinResult] {
        let joins = layout.views.indices.map { view in
            layout.views[view].compiled.join(prepared[view], knownUntil: generations[view]?.until)
        }
        return try await offline.engine.pointInTimeJoin(
            JoinRequest(keys: sample.keys, times: sample.times, views: joins))
    }

    /// Returns the values that first-seen times hide from both sides, which then agree about nulls.
    private func hidden(
        _ layout: VectorLayout, _ sample: PairSample, sources prepared: [PreparedSource],
        generations: [OnlineGeneration?], joined: [JoinResult]
    ) async throws(TallyError) -> HiddenValues {
        var hidden = HiddenValues()
        for (view, source) in prepared.enumerated() {
            guard let groups = source.declaredGroups else { continue }
            let plan = layout.views[view].compiled
            let join = plan.join(source, knownUntil: generations[view]?.until).asDeclared(groups)
            let declared = try await offline.engine.pointInTimeJoin(
                JoinRequest(keys: sample.keys, times: sample.times, views: [join]))
            hidden.add(declared: declared[0], counted: joined[view], valuesPerRow: plan.view.features.count)
            hidden.files[source.source.name] = source.lateFiles
        }
        return hidden
    }

    /// Whether a view was read in the generation that it is compared with, if it was read online at all.
    private static func isOf(_ generations: [OnlineGeneration?], _ position: ReadPosition) -> Bool {
        let compared = generations.first { $0?.storage == position.storage } ?? nil
        switch position.place {
        case .online(let number, _): return number == compared?.number
        case .offline: return true
        case .nowhere: return compared == nil
        }
    }

    private static func unproven(
        _ layout: VectorLayout, generations: [OnlineGeneration?], sources prepared: [PreparedSource], start: Timestamp
    ) -> [Advice] {
        var reasons: [Advice] = []
        for (index, view) in layout.views.enumerated() {
            guard let generation = generations[index] else {
                reasons.append("view \(view.name) was never filled: run `\(.materialize([view.name]))`")
                continue
            }
            if start < generation.horizon {
                reasons.append(
                    "view \(view.name) is answered by the offline engine before \(generation.horizon), so that nothing "
                        + "served is compared: ask for a later --at")
            }
            if !generation.snapshot.hasSameFiles(as: prepared[index].snapshot) {
                reasons.append(
                    "the files of source \(prepared[index].source.name) are not those that view \(view.name) was filled "
                        + "from: run `\(.materialize([view.name]))`")
            }
        }
        return reasons
    }
}

extension ComparisonReport {
    /// Adds vectors of both sides, which have the same columns and entities.
    mutating func add(_ served: FeatureVectors, _ offline: FeatureVectors, keys: Batch) {
        for column in columns.indices {
            for entity in 0..<served.count {
                columns[column].compared += 1
                let status = (served.status(column, entity), offline.status(column, entity))
                let value = (served.value(column, entity), offline.value(column, entity))
                if status == (.present, .present) { columns[column].present += 1 }
                let times = (served.eventTime(column, entity), offline.eventTime(column, entity))
                guard status.0 != status.1 || times.0 != times.1 || !value.0.isIdentical(to: value.1) else { continue }
                columns[column].differing += 1
                guard difference == nil else { continue }
                difference = Difference(
                    column: columns[column].name,
                    keys: zip(keys.schema, keys.columns).map { "\($0.name)=\($1[entity].text)" }, time: served.time,
                    served: Self.text(value.0, status.0, times.0), offline: Self.text(value.1, status.1, times.1))
            }
        }
    }

    private static func text(_ value: Value, _ status: ValueStatus, _ time: Timestamp?) -> String {
        "\(value.text) (\(status.name)\(time.map { ", \($0)" } ?? ""))"
    }
}

extension JoinResult {
    /// The results of some spine rows; the counts stay those of all.
    func slice(_ rows: Range<Int>) -> JoinResult {
        JoinResult(
            features: features.slice(rows), statuses: Array(statuses[rows]), eventTimes: eventTimes.slice(rows),
            knownTimes: knownTimes.slice(rows), counts: counts)
    }
}
