// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// Reads one group of a view's files into the kernel.
@safe final class ViewScan {
    private let view: ViewJoin
    private let keys: SourceKeys
    private let events: TimeColumnReader?
    private let declared: TimeColumnReader?
    private let known: KnownTimes?
    private let latest: Int64
    private let payload: [PayloadReader]
    private let inputs: [any ColumnBuilder]
    /// Where in the selected columns each of them is.
    private let places: Places
    /// What each expression gives.
    private let types: [VectorType]
    /// The selected expressions, each once.
    let expressions: [SQL]
    /// How the keys, the event time and a column of known times are read.
    let keyPlans: [ColumnPlan]
    let eventPlan: ColumnPlan?
    let knownPlan: ColumnPlan?

    /// Columns that may lose nanoseconds, each place and way of rounding once.
    private var rounded: [Rounded] = []
    /// Times at which something happened that were rounded up, and values that lost nanoseconds, so far.
    private(set) var (roundedUp, roundedDown) = (0, 0)

    private struct Places {
        var keys: [Int] = []
        var event: Int?
        /// The nanoseconds that rounding cuts from event times, where they are a column of their own.
        var eventCuts: Int?
        var known: Int?
        var inputs: [Int] = []
    }

    /// Plans the columns; `hasKnownTime` tells whether the kernel wants known times.
    init(
        _ view: ViewJoin, _ group: ViewJoin.FileGroup, _ spine: SpineSide, _ planner: ColumnPlanner,
        hasKnownTime: Bool
    ) throws(TallyError) {
        self.view = view
        latest = spine.latestTime?.microseconds ?? .min
        var expressions: [SQL] = []
        var types: [VectorType] = []
        func place(expression: SQL, _ type: VectorType) -> Int {
            if let known = expressions.firstIndex(where: { $0.isSame(as: expression) }) { return known }
            expressions.append(expression)
            types.append(type)
            return expressions.count - 1
        }
        func place(_ plan: ColumnPlan) -> Int { place(expression: plan.expression, plan.vectorType) }
        var places = Places()
        var keyPlans: [ColumnPlan] = []
        for key in view.columns.keys { keyPlans.append(try planner.plan(key.name, as: key.type)) }
        places.keys = keyPlans.map(place)
        keys = SourceKeys(spine, keyPlans)
        self.keyPlans = keyPlans
        var (eventPlan, knownPlan): (ColumnPlan?, ColumnPlan?)
        if let name = view.eventTime {
            eventPlan = try planner.plan(name, as: .timestamp, .up, day: .start)
            switch view.knownTime {
            case .after: break
            case .undeclared:
                if planner.mayHoldDays(name) { knownPlan = try planner.plan(name, as: .timestamp, .up, day: .end) }
            case .column(let name): knownPlan = try planner.plan(name, as: .timestamp, .up, day: .end)
            }
        }
        places.event = eventPlan.map(place)
        places.eventCuts = eventPlan?.cuts.map { place(expression: $0.expression, .int32) }
        places.known = knownPlan.map(place)
        events = eventPlan?.time.map { TimeColumnReader($0, keepsCuts: true) }
        declared = knownPlan?.time.map { TimeColumnReader($0) }
        (self.eventPlan, self.knownPlan) = (eventPlan, knownPlan)
        known =
            hasKnownTime
            ? KnownTimes(view.knownTime, declared: declared, firstSeen: group.firstSeen, latest: spine.latestTime) : nil
        var inputPlans: [ColumnPlan] = []
        for input in view.columns.inputs {
            let isTime = view.isTimeInput(input.name)
            inputPlans.append(
                try planner.plan(input.name, as: input.type, isTime ? .up : .down, day: isTime ? .end : nil))
        }
        places.inputs = inputPlans.map(place)
        if view.columns.hasTransform {
            payload = view.columns.made.map { PayloadReader($0.type, nil) }
            inputs = inputPlans.map { makeBuilder($0.type, $0.time) }
        } else {
            payload = inputPlans.map { PayloadReader($0.type, $0.time) }
            inputs = []
        }
        self.places = places
        rounded = Rounded.columns(of: keyPlans + inputPlans + [eventPlan, knownPlan].compactMap(\.self), place)
        self.types = types
        self.expressions = expressions.isEmpty ? ["0"] : expressions
    }

    /// A column of times that may be finer than microseconds.
    private struct Rounded {
        /// Where its times are, or what is cut from them.
        let place: Int
        let type: DataType
        /// Says what is cut from a time; nil where the place says it.
        let reader: TimeReader?
        let rounding: Timestamp.Rounding

        func isCut(_ vector: Vector, _ row: Int) -> Bool {
            if let reader { return reader.cut(of: vector, row, as: type) != 0 }
            return unsafe vector.values(as: Int32.self)[row] != 0
        }

        /// The columns behind plans, each once, also where one of them is event and known time.
        static func columns(of plans: [ColumnPlan], _ place: (SQL, VectorType) -> Int) -> [Rounded] {
            var found: [Rounded] = []
            for plan in plans {
                let column: Rounded
                if let cuts = plan.cuts {
                    column = Rounded(
                        place: place(cuts.expression, .int32), type: plan.type, reader: nil, rounding: cuts.rounding)
                } else if let reader = plan.time, reader.cutsNanoseconds {
                    column = Rounded(
                        place: place(plan.expression, plan.vectorType), type: plan.type, reader: reader,
                        rounding: reader.rounding)
                } else {
                    continue
                }
                if found.contains(where: { $0.place == column.place && $0.rounding == column.rounding }) { continue }
                found.append(column)
            }
            return found
        }
    }

    /// Which of the selected expressions are the keys.
    var keyPlaces: [Int] { places.keys }

    /// Wall times so far that the clock skipped or showed twice, of event and known times and of what is read beside them.
    var irregular: Int {
        let times = (events?.irregular ?? 0) + (declared?.irregular ?? 0)
        let read = view.columns.hasTransform ? inputs.map(\.irregular) : payload.map(\.irregular)
        // A column that is read as a time of the row too is counted once.
        let own = [places.event, places.known]
        return zip(read, places.inputs).reduce(times) { own.contains($1.1) ? $0 : $0 + $1.0 }
    }

    /// Whether each row so far of the spine's entities up to its last time happened at 00:00 of a day; nil without rows.
    private(set) var isAlwaysMidnight: Bool?

    /// Looks at the event times until one is not at midnight: for most sources that is the first.
    private func noteMidnights(
        _ vector: Vector, _ event: (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?),
        _ entities: UnsafePointer<UInt32>, count: Int
    ) {
        guard isAlwaysMidnight != false, let unit = eventPlan?.time?.unit else { return }
        let raw = unsafe vector.values(as: Int64.self)
        for row in 0..<count {
            guard
                unsafe entities[row] != SpineIndex.noEntity && event.values[row] <= latest
                    && isPresent(event.validity, row)
            else { continue }
            let (microseconds, nanoseconds) = unsafe unit.floored(raw[row])
            isAlwaysMidnight = microseconds % 86_400_000_000 == 0 && nanoseconds == 0
            if isAlwaysMidnight == false { return }
        }
    }

    /// Rows so far whose time is a day, which is known when it is over.
    var days: Int { known?.days ?? 0 }

    /// Rows so far that declare a known time before their event time.
    var knownBeforeEvent: Int { known?.beforeEvent ?? 0 }

    /// Feeds a chunk of the selected columns to a join.
    func consume(_ chunk: Chunk, into join: AsOfJoin) throws(TallyError) {
        let count = chunk.count
        let vectors: [Vector]
        do throws(DuckFailure) {
            vectors = try chunk.vectors(as: types)
        } catch {
            throw error.wrapped("read the source", subject: view.subject)
        }
        let entities = unsafe keys.lookUp(places.keys.map { vectors[$0] }, count: count)
        var event: (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?)?
        var knownTime: (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?)?
        if let events, let place = places.event {
            let found = unsafe events.read(vectors[place], count: count)
            unsafe event = found
            unsafe noteMidnights(vectors[place], found, entities, count: count)
            if let known {
                unsafe knownTime = known.read(places.known.map { vectors[$0] }, found, entities, count: count)
            }
        }
        unsafe countRounded(vectors, count, entities, event)
        if let bound = view.knownUntil, let times = unsafe knownTime ?? event {
            // A row without a time is counted as such, whatever number stands in its place.
            for row in 0..<count
            where unsafe times.values[row] > bound.microseconds && isPresent(times.validity, row) {
                unsafe entities[row] = SpineIndex.noEntity
            }
        }
        let cuts = unsafe places.eventCuts.map { unsafe UnsafePointer(vectors[$0].values(as: Int32.self)) }
        let columns = try unsafe lend(vectors, count)
        unsafe join.consume(
            SourceChunk(
                count: count, entities: entities, eventTimes: event?.values, eventValidity: event?.validity ?? nil,
                knownTimes: knownTime?.values, knownValidity: knownTime?.validity ?? nil,
                cutNanoseconds: cuts ?? events?.cutNanoseconds, columns: columns))
        // The vectors that were lent belong to the chunk.
        withExtendedLifetime(chunk) {}
    }

    /// Counts what rounding cut in rows that some spine row may see.
    private func countRounded(
        _ vectors: [Vector], _ count: Int, _ entities: UnsafePointer<UInt32>,
        _ event: (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?)?
    ) {
        guard !rounded.isEmpty else { return }
        for row in 0..<count where unsafe entities[row] != SpineIndex.noEntity {
            if let event = unsafe event {
                guard unsafe event.values[row] <= latest, unsafe isPresent(event.validity, row) else { continue }
            }
            for column in rounded where column.isCut(vectors[column.place], row) {
                switch column.rounding {
                case .up: roundedUp += 1
                case .down: roundedDown += 1
                }
            }
        }
    }

    private func lend(_ vectors: [Vector], _ count: Int) throws(TallyError) -> [PayloadColumn] {
        guard view.columns.hasTransform else {
            return unsafe zip(payload, places.inputs).map { reader, place in
                unsafe reader.lend(vectors[place], count: count)
            }
        }
        for (builder, place) in zip(inputs, places.inputs) { builder.append(vectors[place], 0..<count) }
        let batch = Batch(schema: view.columns.inputs, columns: inputs.map { $0.take() }, count: count)
        let made = try view.columns.make(of: batch)
        guard made.schema == view.columns.made, made.count == count else {
            throw TallyError(.internal, "a transformation made other columns or rows", subject: view.subject)
        }
        return unsafe zip(payload, made.columns).map { reader, column in unsafe reader.lend(column) }
    }
}
