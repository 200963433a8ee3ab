// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyExpressions
internal import TallyModel

/// An answer in the making, view by view.
struct VectorAnswer {
    let layout: VectorLayout
    let request: VectorRequest
    let count: Int
    private let allowance: any ReadAllowance
    private(set) var time = Timestamp.distantPast
    private(set) var generations: [OnlineGeneration?] = []
    private var positions: [ReadPosition] = []
    private var values: VectorValues
    private var eventTimes: [Timestamp?]

    init(_ layout: VectorLayout, _ request: VectorRequest, _ allowance: any ReadAllowance = UnboundedRead()) {
        self.layout = layout
        self.request = request
        self.allowance = allowance
        count = request.keys.count
        values = VectorValues(types: layout.columns.map(\.type), count: count)
        eventTimes = [Timestamp?](repeating: nil, count: (layout.views.count + layout.onDemandViews.count) * count)
    }

    /// The keys to look up, one list for each distinct key of the layout.
    var lookupKeys: [[OnlineKey?]] {
        layout.keyGroups.map { group in
            let columns = group.map { request.keys[layout.keys[$0].name] }
            return (0..<count).map { row in
                EntityKey(columns.map { $0?[row] ?? .null }).map { OnlineKey($0) }
            }
        }
    }

    /// Fixes the instant, now that it is known which generations are read.
    ///
    /// `E-clock` where rows begin more than a minute after the clock: no value is of that instant (SEMANTICS 1.5).
    /// `E-not-materialized` where the rows of a view are gone: what is laid out had them all.
    mutating func open(_ found: [OnlineGeneration?], clock: () -> Timestamp) throws(TallyError) {
        for (view, generation) in found.enumerated() where generation == nil {
            throw TallyError(
                .notMaterialized, "its rows are not in the store any more", subject: "view \(layout.views[view].name)",
                help: "ask again: another release may serve by now; if none does, run `\(.materialize(full: true))`")
        }
        generations = found
        if let asked = request.at { time = asked } else { time = try Self.now(clock(), reading: found, of: layout) }
        positions = zip(layout.views, found).map { view, generation in
            ReadPosition(
                view: view.name, storage: view.fingerprints.storage,
                place: generation.map { .online(generation: $0.number, until: $0.until) } ?? .nowhere)
        }
    }

    private static func now(
        _ wall: Timestamp, reading found: [OnlineGeneration?], of layout: VectorLayout
    ) throws(TallyError) -> Timestamp {
        var time = wall
        for (view, generation) in zip(layout.views, found) {
            guard let horizon = generation?.horizon, horizon > time else { continue }
            if horizon.isAhead(of: wall) {
                throw TallyError(
                    .clock, "it was filled by a clock that said \(horizon), and this one says \(wall)",
                    subject: "view \(view.name)",
                    help:
                        "set the clock; if it is right, `\(.materialize([view.name], acceptClock: true))` fills the view anew"
                )
            }
            time = horizon
        }
        return time
    }

    /// The earliest instant that the online rows of a view can answer for.
    func horizon(_ view: Int) -> Timestamp { generations[view]?.horizon ?? .distantPast }

    /// The views whose online rows begin after the instant.
    var earlyViews: [Int] { layout.views.indices.filter { time < horizon($0) } }

    /// Adds the stored cell of an entity.
    mutating func take(_ bytes: RawSpan, view: Int, entity: Int, key: OnlineKey?) throws(TallyError) {
        guard let key, time >= horizon(view) else { return }
        let found: StoredAnswer
        do throws(OnlineCell.Corruption) {
            found = try layout.answers[view].answer(bytes, key: key, at: time)
        } catch {
            throw TallyError(error, view: layout.views[view].name, key: key)
        }
        let row: OnlineCell.StoredRow
        switch found {
        case .notFound: return
        case .outsideMaxAge(let hidden):
            eventTimes[view * count + entity] = hidden.eventTime
            for column in layout.firstTargets[view] where column >= 0 { values.mark(column, entity, .outsideMaxAge) }
            return
        case .row(let last): row = last
        }
        eventTimes[view * count + entity] = row.eventTime
        let isWhole = values.take(
            bytes, row.values, layout.decoders[view], entity: entity, columns: layout.firstTargets[view])
        guard isWhole else { throw TallyError(.form, view: layout.views[view].name, key: key) }
        try holdVarying(view, entity)
    }

    /// Asks for so many bytes for each entity.
    func hold(_ bytesPerEntity: Int) throws(TallyError) { try allowance.hold(bytesPerEntity * count) }

    /// Asks leave for the bytes of an entity's texts and lists in a view, whose size is known only once they are read.
    private func holdVarying(_ view: Int, _ entity: Int) throws(TallyError) {
        guard !layout.varying[view].isEmpty else { return }
        var bytes = 0
        for (column, times) in layout.varying[view] {
            bytes += values.varying(column, entity).answerBytes * times
        }
        if bytes > 0 { try allowance.hold(bytes) }
    }

    /// Adds the result of the offline engine for a view.
    mutating func take(_ result: JoinResult, view: Int, snapshot: Fingerprint) throws(TallyError) {
        let served = layout.views[view]
        positions[view] = ReadPosition(
            view: served.name, storage: served.fingerprints.storage, place: .offline(snapshot: snapshot))
        for (index, feature) in served.compiled.view.features.enumerated() where feature.isStrict {
            let findings = served.compiled.columns.findings(ofFeature: index, in: result.features)
            guard findings?.contains(where: { $0 != 0 }) == true else { continue }
            throw TallyError(
                .invalidData, "a row divides by zero, overflows or fails a cast, and the feature is strict",
                subject: "feature \(feature.name)", help: "repair the source, or leave out `strict` to get nulls")
        }
        for entity in 0..<count {
            if case .timestamp(let time) = result.eventTimes[entity] { eventTimes[view * count + entity] = time }
            for (index, column) in layout.firstTargets[view].enumerated() where column >= 0 {
                switch result.statuses[entity] {
                case .matched: values.set(column, entity, result.features.columns[index][entity].canonical)
                case .notFound: values.mark(column, entity, .notFound)
                case .outsideMaxAge: values.mark(column, entity, .outsideMaxAge)
                }
            }
            try holdVarying(view, entity)
        }
    }

    /// Computes what is computed on demand and closes the answer.
    consuming func finish(running runner: (any TransformRunner)? = nil) throws(TallyError) -> FeatureVectors {
        for (column, check) in layout.guards {
            for entity in check.broken(column, of: values) {
                values.replace(column, entity, check.replacement)
            }
        }
        for copy in layout.copies { values.copy(copy.source, to: copy.target) }
        if let plan = layout.vector, !plan.onDemand.isEmpty { try addOnDemand(plan, runner) }
        return FeatureVectors(
            count: count, columns: layout.columns, values: layout.columns.indices.map { values.column($0) },
            statuses: values.statuses, eventTimes: eventTimes, release: layout.release, time: time,
            positions: positions)
    }

    private mutating func addOnDemand(_ plan: CompiledVector, _ runner: (any TransformRunner)?) throws(TallyError) {
        let first = layout.columns.count - plan.onDemand.count
        let features = (0..<first).map { values.column($0) }
        let times = Column(type: .timestamp, storage: .int64([Int64](repeating: time.microseconds, count: count)))
        let schema =
            layout.columns[..<first].map { ColumnSchema(name: $0.name, type: $0.type) } + layout.inputs
            + [CompiledVector.observedAt]
        let inputs = layout.inputs.map { input in
            request.inputs[input.name] ?? Column.nulls(type: input.type, count: count)
        }
        let results = try plan.evaluateOnDemand(
            Batch(schema: schema, columns: features + inputs + [times], count: count), running: runner)
        for (index, result) in results.enumerated() {
            let isStrict = plan.onDemand[index].feature.isStrict
            let (column, row) = (first + index, layout.views.count + index)
            if !result.column.type.isFixedWidth {
                try allowance.hold((0..<count).reduce(0) { $0 + result.column[$1].answerBytes })
            }
            for entity in 0..<count {
                if isStrict && result.findingRows.map({ $0[entity] != 0 }) ?? false {
                    values.mark(column, entity, .broken)
                } else if result.broken?[entity] == true {
                    values.replace(column, entity, result.column[entity])
                } else {
                    values.set(column, entity, result.column[entity])
                }
                eventTimes[row * count + entity] =
                    layout.onDemandViews[index].compactMap { eventTimes[$0 * count + entity] }.min()
            }
        }
    }
}
