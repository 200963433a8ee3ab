// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension InMemoryEngine {
    /// Joins by SEMANTICS 1 to 3 word for word: compares every spine row with every source row of its entity.
    public func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        var results: [JoinResult] = []
        for view in request.views { results.append(try join(view, request)) }
        return results
    }

    /// A source row as a spine row sees it.
    private struct SourceRow {
        let key: EntityKey?
        let event: Int64?
        /// The nanoseconds cut from the event time.
        let cut: Int32
        let known: Int64?
        /// Whether it declares a known time before its event time.
        let isKnownBeforeEvent: Bool
        /// The number of times that were rounded up, and of values that were rounded down.
        let rounded: (up: Int, down: Int)
        /// The columns that the view makes.
        let made: [Value]
        /// The order of section 2 behind the times: the features, then what else comes along.
        let bytes: [UInt8]
        let rest: [UInt8]
    }

    private func join(_ view: ViewJoin, _ request: JoinRequest) throws(TallyError) -> JoinResult {
        let timeToLive: TimeSpan?
        switch view.law {
        case .latestRow(let limit): timeToLive = limit
        case .window: throw TallyError(.internal, "this engine joins no windows", subject: view.subject)
        }
        let rows = try sourceRows(view)
        var keys: [Column] = []
        for key in view.columns.keys { keys.append(try Self.column(key.name, as: key.type, of: request.keys)) }
        let spineKeys = (0..<request.times.count).map { row in EntityKey(keys.map { $0[row] }) }
        var counts = JoinResult.Counts()
        counts.sourceRows = rows.count
        let entities = Set(spineKeys.compactMap { $0 })
        let isTimed = view.eventTime != nil
        let latest = (0..<request.times.count).compactMap { request.times[$0].instant }.max() ?? .min
        counts.knownBeforeEvent = rows.count { row in
            row.isKnownBeforeEvent && (row.event ?? .max) <= latest && row.key.map { entities.contains($0) } == true
        }
        for row in rows where (row.event ?? .max) <= latest && row.key.map({ entities.contains($0) }) == true {
            let isMidnight = (row.event ?? 0) % 86_400_000_000 == 0 && row.cut == 0
            counts.isAlwaysMidnight = isMidnight && counts.isAlwaysMidnight != false
        }
        for row in rows where row.key.map({ entities.contains($0) }) == true {
            if isTimed, row.event.map({ $0 > latest }) ?? true { continue }
            counts.timesRoundedUp += row.rounded.up
            counts.valuesRoundedDown += row.rounded.down
        }
        let usable = rows.filter { row in
            if let bound = view.knownUntil, let known = row.known, known > bound.microseconds { return false }
            guard isTimed, row.event == nil || row.known == nil else { return true }
            if let key = row.key, entities.contains(key) { counts.sourceRowsWithoutTime += 1 }
            return false
        }
        let groups = Dictionary(grouping: usable, by: \.key)
        var statuses: [JoinResult.Status] = []
        var winners: [SourceRow?] = []
        for (row, key) in spineKeys.enumerated() {
            let (status, winner) = Self.latest(
                of: key.flatMap { groups[$0] } ?? [], at: request.times[row].instant, view, timeToLive: timeToLive,
                counts: &counts)
            statuses.append(status)
            winners.append(winner)
        }
        let made = view.columns.made.enumerated().map { index, entry in
            Column(
                type: entry.type,
                values: zip(winners, statuses).map { $1 == .matched ? $0?.made[index].canonical ?? .null : .null })
        }
        return JoinResult(
            features: Batch(schema: view.columns.made, columns: made, count: spineKeys.count), statuses: statuses,
            eventTimes: Self.times(winners.map { isTimed ? $0?.event : nil }),
            knownTimes: Self.times(winners.map { isTimed ? $0?.known : nil }), counts: counts)
    }

    /// Returns an entity's last visible row in the order of SEMANTICS 2, with its status.
    private static func latest(
        of rows: [SourceRow], at time: Int64?, _ view: ViewJoin, timeToLive: TimeSpan?,
        counts: inout JoinResult.Counts
    ) -> (JoinResult.Status, SourceRow?) {
        let visible = rows.filter { row in
            guard let time else { return false }
            guard let event = row.event, let known = row.known else { return true }
            return (view.ignoresKnownTime ? event : known) <= time
        }
        guard let time, let winner = visible.max(by: precedes) else {
            counts.notFound += 1
            return (.notFound, nil)
        }
        if let event = winner.event, let limit = timeToLive?.microseconds {
            let (age, overflow) = time.subtractingReportingOverflow(event)
            if overflow || age > limit {
                counts.outsideMaxAge += 1
                return (.outsideMaxAge, winner)
            }
        }
        counts.matched += 1
        let sharing = visible.filter {
            $0.event == winner.event && $0.cut == winner.cut && $0.known == winner.known
        }
        if sharing.count > 1 { counts.repeated += 1 }
        if sharing.contains(where: { $0.bytes != winner.bytes }) { counts.tied += 1 }
        if let known = winner.known, known > time { counts.leaked += 1 }
        return (.matched, winner)
    }

    private static func precedes(_ left: SourceRow, _ right: SourceRow) -> Bool {
        let (leftEvent, rightEvent) = (left.event ?? .min, right.event ?? .min)
        if leftEvent != rightEvent { return leftEvent < rightEvent }
        if left.cut != right.cut { return left.cut < right.cut }
        let (leftKnown, rightKnown) = (left.known ?? .min, right.known ?? .min)
        if leftKnown != rightKnown { return leftKnown < rightKnown }
        if left.bytes != right.bytes { return left.bytes.lexicographicallyPrecedes(right.bytes) }
        return left.rest.lexicographicallyPrecedes(right.rest)
    }

    private func sourceRows(_ view: ViewJoin) throws(TallyError) -> [SourceRow] {
        var rows: [SourceRow] = []
        for group in view.files {
            for path in group.paths { rows += try sourceRows(view, in: path, firstSeen: group.firstSeen) }
        }
        return rows
    }

    private func sourceRows(
        _ view: ViewJoin, in path: String, firstSeen: Timestamp?
    ) throws(TallyError) -> [SourceRow] {
        let file = try file(path)
        var keys: [Column] = []
        for key in view.columns.keys {
            let column = ScanRequest.Column(name: key.name, type: key.type)
            keys.append(try Self.column(column, of: file) ?? Column(type: key.type, values: []))
        }
        var inputs: [Column] = []
        for input in view.columns.inputs {
            let isTime = view.isTimeInput(input.name)
            let column = ScanRequest.Column(
                name: input.name, type: input.type, day: isTime ? .end : nil, rounding: isTime ? .up : .down)
            inputs.append(try Self.column(column, of: file) ?? Column(type: input.type, values: []))
        }
        var events: Column?
        var declared: Column?
        if let name = view.eventTime {
            events = try Self.times(name, of: file, .up, day: .start)
            switch view.knownTime {
            case .after: break
            case .undeclared: declared = try Self.times(name, of: file, .up, day: .end)
            case .column(let name): declared = try Self.times(name, of: file, .up, day: .end)
            }
        }
        let made = try view.columns.make(
            of: Batch(schema: view.columns.inputs, columns: inputs, count: file.count))
        let features = view.columns.features.count
        let eventCuts = view.eventTime.flatMap { Self.cuts($0, of: file, .up) }
        let cuts = Self.allCuts(view, file)
        return (0..<file.count).map { row in
            let values = made.row(row)
            let event = events?[row].instant
            return SourceRow(
                key: EntityKey(keys.map { $0[row] }), event: event, cut: eventCuts?[row] ?? 0,
                known: event.flatMap {
                    Self.known(view, event: $0, declared: declared?[row].instant, firstSeen: firstSeen)
                },
                isKnownBeforeEvent: event.flatMap { event in declared?[row].instant.map { $0 < event } } ?? false,
                rounded: (
                    cuts.count { $0.rounding == .up && $0.column[row] != 0 },
                    cuts.count { $0.rounding == .down && $0.column[row] != 0 }
                ), made: values,
                bytes: CanonicalEncoding.row(Array(values.prefix(features))),
                rest: CanonicalEncoding.row(Array(values.dropFirst(features))))
        }
    }

    /// Effective `k = max(declared k, e, first seen)`; nil without a declared one.
    private static func known(
        _ view: ViewJoin, event: Int64, declared: Int64?, firstSeen: Timestamp?
    ) -> Int64? {
        let stated: Int64
        switch view.knownTime {
        case .after(let delay):
            let (sum, overflow) = event.addingReportingOverflow(delay.microseconds)
            stated = overflow ? .max : sum
        case .undeclared, .column:
            guard let declared else { return nil }
            stated = declared
        }
        return max(stated, event, firstSeen?.microseconds ?? .min)
    }

    private static func times(_ instants: [Int64?]) -> Column {
        Column(type: .timestamp, values: instants.map { $0.map { .timestamp(Timestamp(microseconds: $0)) } ?? .null })
    }
}

extension Value {
    fileprivate var instant: Int64? {
        if case .timestamp(let time) = self { time.microseconds } else { nil }
    }
}
