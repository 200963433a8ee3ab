// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

/// An answer while it is put together, view by view.
struct VectorAnswer {
    let layout: VectorLayout
    let request: VectorRequest
    let count: Int
    private(set) var time = Timestamp.distantPast
    private(set) var generations: [OnlineGeneration?] = []
    private var positions: [ReadPosition] = []
    private var values: [Value]
    private var statuses: [ValueStatus]
    private var eventTimes: [Timestamp?]

    init(_ layout: VectorLayout, _ request: VectorRequest) {
        self.layout = layout
        self.request = request
        count = request.keys.count
        values = [Value](repeating: .null, count: layout.columns.count * count)
        statuses = [ValueStatus](repeating: .notFound, count: values.count)
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
    mutating func open(_ found: [OnlineGeneration?], clock: () -> Timestamp) {
        generations = found
        time = request.at ?? found.reduce(clock()) { max($0, $1?.horizon ?? .distantPast) }
        positions = zip(layout.views, found).map { view, generation in
            ReadPosition(
                view: view.name, storage: view.fingerprints.storage,
                place: generation.map { .online(generation: $0.number, until: $0.until) } ?? .nowhere)
        }
        for (view, generation) in found.enumerated() where generation == nil { mark(view, .notMaterialized) }
    }

    /// The earliest instant that the online rows of a view can answer for.
    func horizon(_ view: Int) -> Timestamp { generations[view]?.horizon ?? .distantPast }

    /// The views whose online rows begin after the instant.
    var earlyViews: [Int] { layout.views.indices.filter { time < horizon($0) } }

    /// Takes in the stored cell of an entity.
    mutating func take(_ view: Int, _ entity: Int, _ key: OnlineKey?, _ bytes: RawSpan) throws(TallyError) {
        guard let key, time >= horizon(view) else { return }
        let found: OnlineCell.StoredRow?
        do throws(OnlineCell.Corruption) {
            found = try OnlineCell.row(at: time, in: bytes, key: key)
        } catch {
            throw TallyError(error, view: layout.views[view].name, key: key)
        }
        guard let row = found else { return }
        eventTimes[view * count + entity] = row.eventTime
        if let limit = layout.limits[view], let happened = row.eventTime {
            let (age, overflow) = time.microseconds.subtractingReportingOverflow(happened.microseconds)
            guard !overflow, age <= limit.microseconds else {
                for column in layout.targets[view].joined() {
                    statuses[column * count + entity] = .outsideMaxAge
                }
                return
            }
        }
        let only = layout.onlyTargets[view]
        let isWhole = layout.decoders[view].decode(bytes, row.values) { index, value in
            if only[index] >= 0 {
                show(value, at: only[index] * count + entity)
            } else {
                for column in layout.targets[view][index] { show(value, at: column * count + entity) }
            }
        }
        guard isWhole else { throw TallyError(.form, view: layout.views[view].name, key: key) }
    }

    @inline(__always)
    private mutating func show(_ value: Value, at place: Int) {
        values[place] = value
        statuses[place] = if case .null = value { .null } else { .present }
    }

    /// Takes in what the offline engine found for a view.
    mutating func take(_ view: Int, _ result: JoinResult, snapshot: Fingerprint) throws(TallyError) {
        let served = layout.views[view]
        positions[view] = ReadPosition(
            view: served.name, storage: served.fingerprints.storage, place: .offline(snapshot: snapshot))
        for (index, feature) in served.plan.view.features.enumerated() where feature.isStrict {
            guard let mask = served.plan.findingColumns[index],
                case .int32(let findings) = result.features.columns[mask].storage, findings.contains(where: { $0 != 0 })
            else { continue }
            throw TallyError(
                .invalidData, "a row divides by zero, overflows or fails a cast, and the feature is strict",
                subject: "feature \(feature.name)", help: "repair the source, or leave out `strict` to get nulls")
        }
        for entity in 0..<count {
            if case .timestamp(let time) = result.eventTimes[entity] { eventTimes[view * count + entity] = time }
            for (index, columns) in layout.targets[view].enumerated() {
                let value = result.features.columns[index][entity].canonical
                for column in columns {
                    let place = column * count + entity
                    switch result.statuses[entity] {
                    case .matched:
                        values[place] = value
                        statuses[place] = value.isNull ? .null : .present
                    case .notFound: statuses[place] = .notFound
                    case .outsideMaxAge: statuses[place] = .outsideMaxAge
                    }
                }
            }
        }
    }

    private mutating func mark(_ view: Int, _ status: ValueStatus) {
        for column in layout.targets[view].joined() {
            for entity in 0..<count { statuses[column * count + entity] = status }
        }
    }

    /// Computes what is computed on demand and closes the answer.
    consuming func finish() -> FeatureVectors {
        if let plan = layout.plan, !plan.onDemand.isEmpty { addOnDemand(plan) }
        return FeatureVectors(
            count: count, columns: layout.columns, values: values, statuses: statuses, eventTimes: eventTimes,
            release: layout.release, time: time, positions: positions)
    }

    private mutating func addOnDemand(_ plan: VectorPlan) {
        let first = layout.columns.count - plan.onDemand.count
        let features = (0..<first).map { column in
            Column(type: layout.columns[column].type, values: Array(values[column * count..<(column + 1) * count]))
        }
        let times = Column(type: .timestamp, storage: .int64([Int64](repeating: time.microseconds, count: count)))
        let schema =
            layout.columns[..<first].map { ColumnSchema(name: $0.name, type: $0.type) } + layout.inputs
            + [VectorPlan.observedAt]
        let inputs = layout.inputs.map { input in
            request.inputs[input.name] ?? Column.nulls(type: input.type, count: count)
        }
        let results = plan.evaluateOnDemand(Batch(schema: schema, columns: features + inputs + [times], count: count))
        for (index, result) in results.enumerated() {
            let isStrict = plan.onDemand[index].feature.isStrict
            let (column, row) = (first + index, layout.views.count + index)
            for entity in 0..<count {
                let value = result.column[entity]
                let isBroken = isStrict && result.findingRows.map { $0[entity] != 0 } ?? false
                values[column * count + entity] = isBroken ? .null : value
                statuses[column * count + entity] = isBroken ? .broken : value.isNull ? .null : .present
                eventTimes[row * count + entity] =
                    layout.onDemandViews[index].compactMap { eventTimes[$0 * count + entity] }.min()
            }
        }
    }
}
