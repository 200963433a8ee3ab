// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// Fills the online store from the sources, view by view, and serves releases whose views are all filled.
public struct Materializer: Sendable {
    private let registry: any Registry
    private let store: any OnlineStore
    private let engine: any OfflineEngine
    private let sources: SourcePreparer
    private let clock: @Sendable () -> Timestamp
    private let user: String

    /// The folder, relative to the repository, for rows that do not fit into memory.
    private static let scratchFolder = ".tally/scratch"
    private static let recordedTogether = 100

    /// Fills a store with what an engine reads.
    public init(
        registry: any Registry, store: any OnlineStore, engine: any OfflineEngine, sources: SourcePreparer,
        clock: @escaping @Sendable () -> Timestamp, user: String
    ) {
        self.registry = registry
        self.store = store
        self.engine = engine
        self.sources = sources
        self.clock = clock
        self.user = user
    }

    /// Fills the views of a request as they are applied; each becomes visible as a whole, one after the other.
    ///
    /// Throws `E-misuse` for an `until` ahead of the clock, `E-not-found` for an unknown view or before anything was applied, what reading and storing throw, and
    /// `E-interrupted` when the task is cancelled: a view is then as it was before its turn.
    public func run(_ request: MaterializationRequest) async throws(TallyError) -> MaterializationOutcome {
        if let until = request.until, !request.allowsFuture, until.isAhead(of: clock()) {
            throw TallyError(
                .misuse, "the fill is to take in what is known up to \(until), which lies ahead",
                help:
                    "leave the instant out to fill up to now; `\(.materialize(until: until, acceptFuture: true))` takes it"
            )
        }
        let state = try await registry.state()
        let applied = try RecordedDefinitions(project: state.project ?? "", nodes: state.definitions.map(\.node))
        var reports: [MaterializationReport] = []
        var views: [ServedView] = []
        for view in try Self.views(request.views, in: applied.set) { views.append(try ServedView(view, in: applied)) }
        // Read before the sources are looked at: a fill that comes in between is a conflict, not overwritten.
        var generations = Dictionary(uniqueKeysWithValues: try await store.generations().map { ($0.storage, $0) })
        let reading = sources.clockReading
        // Views of one source are filled from one look at it, and a query is asked once.
        let prepared = try await sources.prepare(views.map(\.compiled), at: clock())
        // Runs are recorded together: with ten thousand views, a wait for the disk each is most of the time.
        var unrecorded: [RunRecord] = []
        do throws(TallyError) {
            for view in views {
                guard let source = prepared[view.name] else {
                    throw TallyError(.internal, "its source was not prepared", subject: "view \(view.name)")
                }
                let storage = view.fingerprints.storage
                let report = try await fill(view, source, over: generations[storage], request, reading)
                generations[storage] = report.generation
                reports.append(report)
                if report.kind != .upToDate { unrecorded.append(report.record) }
                guard unrecorded.count >= Self.recordedTogether else { continue }
                try await registry.record(unrecorded)
                unrecorded = []
            }
        } catch {
            // What was filled stays filled, whatever stopped the next view. Who waited for the registry in vain does not again.
            if error.code != .busy { try? await registry.record(unrecorded) }
            throw error
        }
        try await registry.record(unrecorded)
        let promoted = try await Promotion(registry: registry, store: store).run(at: clock(), by: user)
        let coverage = views.flatMap { prepared[$0.name]?.coverage ?? [] }.uniqued()
        let days = zip(views, reports).compactMap { view, report in
            report.counts.days > 0 ? DayNotes.days(report.counts.days, view.compiled.source) : nil
        }
        let gaps = views.flatMap { view in prepared[view.name]?.gapNotes(of: view.compiled.readColumns) ?? [] }
        let notes = (DayNotes.all(of: views.map(\.compiled)) + days + gaps).uniqued()
        return MaterializationOutcome(
            reports: reports, promoted: promoted, notes: notes, coverage: coverage)
    }

    private static func views(_ names: [String], in set: DefinitionSet) throws(TallyError) -> [FeatureView] {
        guard !set.views.isEmpty else {
            throw TallyError(.notFound, "no feature view is applied", help: "run `\(.apply)` first")
        }
        var views: [FeatureView] = []
        for name in names.isEmpty ? set.views.keys.sorted() : Set(names).sorted() {
            guard let view = set.views[name] else {
                throw TallyError(
                    .notFound, "no feature view '\(name)' is applied",
                    help: nearestName(to: name, among: set.views.keys).map { "did you mean '\($0)'?" }
                        ?? "`\(.list())` shows the views; `\(.apply)` records new ones")
            }
            views.append(view)
        }
        return views
    }

    private func fill(
        _ view: ServedView, _ prepared: PreparedSource, over before: OnlineGeneration?,
        _ request: MaterializationRequest, _ reading: ClockReading?
    ) async throws(TallyError) -> MaterializationReport {
        let startedAt = clock()
        // The instant of this view's rows: a clock that jumped since the sources were looked at must not give it.
        try sources.expectSteadyClock(since: reading)
        let plan = FillPlan(
            prepared, before: before, until: request.until, now: startedAt, isFull: request.isFull)
        if plan.kind == .upToDate, let before {
            return report(
                on: view, plan, generation: before, counts: MaterializationReport.Counts(),
                warnings: prepared.listed.map { Advice($0) } + plan.warnings + prepared.decisions, startedAt: startedAt)
        }
        let times = TimeTally()
        let intake: Intake
        do throws(TallyError) {
            intake = try await read(prepared, for: view, plan, times: times, memory: request.memory)
        } catch {
            throw prepared.looked?.cause(of: error) ?? error
        }
        try prepared.looked?.expectUnchanged()
        try sources.expectSteadyClock(since: reading)
        var counts = intake.counts
        counts.irregularLocalTimes = times.irregular
        let present = plan.kind == .full ? [:] : try await cells(of: view, intake.refusedKeys)
        let entries = Mutex(try intake.finish(over: present))
        let wanted = OnlineGeneration(
            storage: view.fingerprints.storage, number: 0, view: view.name, snapshot: prepared.snapshot,
            until: plan.until, horizon: plan.horizon, filledAt: startedAt, keys: 0)
        let outcome = try await store.fill(
            OnlineFill(
                mode: plan.kind == .full ? .replace : .merge, law: view.compiled.view.law, generation: wanted,
                after: before?.number)
        ) { () throws(TallyError) in
            try entries.withLock { (entries) throws(TallyError) in try entries.next() }
        }
        counts.written = outcome.written
        counts.unchanged = outcome.unchanged
        counts.removed = outcome.removed
        counts.pending = entries.withLock { $0.pending }
        counts.older += entries.withLock { $0.older }
        let warnings =
            prepared.listed.map { Advice($0) } + plan.warnings + prepared.decisions
            + Self.warnings(on: view, counts: counts, source: prepared, until: plan.until).map { Advice($0) }
        return report(
            on: view, plan, generation: outcome.generation, counts: counts, warnings: warnings, startedAt: startedAt)
    }

    private func read(
        _ prepared: PreparedSource, for view: ServedView, _ plan: FillPlan, times: TimeTally, memory: Int
    ) async throws(TallyError) -> Intake {
        let source = view.compiled.source
        var columns = source.eventTime.map { [$0] } ?? []
        if case .column(let known) = source.knownTime { columns.append(known) }
        var intake = Intake(
            view.compiled, fill: plan, budget: memory, folder: sources.root + "/" + Self.scratchFolder)
        for reading in plan.readings {
            var after: ScanRequest.After?
            if let taken = reading.after {
                let delay = if case .after(let span) = source.knownTime { span.microseconds } else { Int64(0) }
                let (time, overflow) = taken.microseconds.subtractingReportingOverflow(delay)
                // Files that were first seen after what was taken in are new as a whole.
                let isLate = reading.firstSeen.map { $0 > taken } ?? false
                if !overflow, !isLate {
                    after = ScanRequest.After(columns: columns, time: Timestamp(microseconds: time))
                }
            }
            let request = ScanRequest(
                table: TableReference(source, .paths(reading.paths, prepared.format)),
                columns: ViewReading.columns(of: view.compiled, for: .fill), after: after, subject: "view \(view.name)",
                times: times)
            try await engine.scan(request) { (batch) async throws(TallyError) in
                try intake.take(batch, reading)
            }
        }
        return intake
    }

    /// The stored cells of some keys.
    private func cells(of view: ServedView, _ keys: [OnlineKey]) async throws(TallyError) -> [OnlineKey: OnlineCell] {
        guard !keys.isEmpty else { return [:] }
        var cells: [OnlineKey: OnlineCell] = [:]
        try await store.read([OnlineLookup(storage: view.fingerprints.storage, keys: keys)]) { _ in
        } _: { (_, index, bytes) throws(TallyError) in
            do throws(OnlineCell.Corruption) {
                cells[keys[index]] = try OnlineCell(bytes, key: keys[index])
            } catch {
                throw TallyError(error, view: view.name, key: keys[index])
            }
        }
        return cells
    }

    private static func warnings(
        on view: ServedView, counts: MaterializationReport.Counts, source prepared: PreparedSource, until: Timestamp
    ) -> [String] {
        var found: [String] = []
        if counts.hidden > 0 {
            let files = prepared.lateFiles
            found.append(
                "\(counts.hidden) rows that declare to be known at \(until) are left out, since their files were first seen "
                    + "later (\(files.first ?? "")\(files.count > 1 ? " and \(files.count - 1) more" : "")); "
                    + "`firstSeen: declared` in source \(prepared.source.name) takes its declared times as true")
        }
        if let text = RepeatedHour.warning(counts.irregularLocalTimes, zone: view.compiled.source.timeZone) {
            found.append(text)
        }
        if counts.withoutTime > 0 { found.append("\(counts.withoutTime) rows have no time, and nobody can see them") }
        if counts.withoutKey > 0 {
            found.append("\(counts.withoutKey) rows have a null key, and nobody can ask for them")
        }
        if counts.knownBeforeEvent > 0 {
            found.append(
                "\(counts.knownBeforeEvent) rows declare a known time before their event time, which was taken instead")
        }
        if view.compiled.source.eventTime == nil, counts.older > 0 {
            found.append(
                "\(counts.older) rows repeat a key; their source has no event time, so their bytes decide which counts")
        }
        if counts.isAlwaysMidnight == true, counts.days == 0, view.compiled.isKnownAtOnce {
            found.append(DayNotes.midnights(view.compiled.source))
        }
        found += RoundedTimes.warnings(up: counts.timesRoundedUp, down: counts.valuesRoundedDown)
        if counts.findings > 0 {
            found.append("\(counts.findings) rows divide by zero, overflow or fail a cast, and give null")
        }
        return found.map { "view \(view.name): \($0)" }
    }

    private func report(
        on view: ServedView, _ plan: FillPlan, generation: OnlineGeneration, counts: MaterializationReport.Counts,
        warnings: [Advice], startedAt: Timestamp
    ) -> MaterializationReport {
        MaterializationReport(
            view: view.name, kind: plan.kind, generation: generation, counts: counts, startedAt: startedAt,
            duration: max(.zero, TimeSpan(from: startedAt, to: clock())),
            warnings: warnings)
    }
}

extension MaterializationReport {
    /// The record for the registry; its identity is the digest of the generation.
    var record: RunRecord {
        RunRecord(
            command: "materialize", subject: view, startedAt: startedAt, duration: duration,
            identity: Fingerprint(of: generation.json), summary: json,
            detail: .fill(generation: Int64(generation.number)))
    }

    /// An object of everything.
    public var json: JSON {
        let rounded = [("timesRoundedUp", counts.timesRoundedUp), ("valuesRoundedDown", counts.valuesRoundedDown)]
        let numbers: [(String, Int)] =
            [
                ("read", counts.read), ("later", counts.later), ("known", counts.known),
                ("withoutTime", counts.withoutTime), ("withoutKey", counts.withoutKey),
                ("knownBeforeEvent", counts.knownBeforeEvent), ("findings", counts.findings), ("older", counts.older),
                ("written", counts.written), ("unchanged", counts.unchanged), ("removed", counts.removed),
                ("pending", counts.pending), ("hidden", counts.hidden),
                ("irregularLocalTimes", counts.irregularLocalTimes),
            ] + rounded.filter { $0.1 > 0 }
        return .object([
            ("view", .string(view)), ("kind", .string(kind.rawValue)),
            ("generation", .int(Int64(generation.number))), ("keys", .int(Int64(generation.keys))),
            ("until", .string(generation.until.description)),
            ("snapshot", .string(generation.snapshot.fingerprint.hex)),
            ("counts", .object(numbers.map { ($0.0, .int(Int64($0.1))) })),
            ("microseconds", .exact(duration.microseconds)),
            ("warnings", .array(warnings.map { .string($0.description) })),
        ])
    }
}
