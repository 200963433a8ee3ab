// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A source as one run reads it: exactly these files, each with the time the store first saw it.
public struct PreparedSource: Sendable, Hashable {
    /// The source.
    public let source: Source
    /// The files of the source now.
    public let snapshot: SourceSnapshot
    /// Its files, grouped by first-seen time.
    public let groups: [ViewJoin.FileGroup]
    /// The files' format.
    public let format: Source.FileFormat
    /// Things worth saying about the files that stop nothing.
    public let warnings: [String]
    /// The files that the path passes over, in words.
    var listed: [String] = []
    /// The description of the files; nil for a query.
    var description: TableDescription?
    /// What Parquet files are described as, with the looks at them that lie before; nil where files came in between.
    var settled: SettledDescription?
    /// Files that the store made of rows which were let in later, and which could not have been used before.
    var replayed = Set<ExactPath>()
    /// Whether files of rows of one age stand in for files whose rows are not equally old.
    var isByRow = false
    /// The source's own files as they were looked at; nil for a query, whose result has its digest for a name.
    var looked: LookedFiles?
    /// The decisions about rows that entered in this run.
    var decisions: [Advice] = []
    /// The number of promises that were checked on rows that entered in this run, one line for each table with
    /// promises.
    var coverage: [String] = []

    /// Describes a source.
    public init(
        source: Source, snapshot: SourceSnapshot, groups: [ViewJoin.FileGroup], format: Source.FileFormat,
        warnings: [String]
    ) {
        self.source = source
        self.snapshot = snapshot
        self.groups = groups
        self.format = format
        self.warnings = warnings
    }

    /// The files as they count by declared times; nil when first-seen times hide nothing.
    var declaredGroups: [ViewJoin.FileGroup]? {
        guard source.eventTime != nil, groups.contains(where: isLate) else { return nil }
        return groups.map { isLate($0) ? ViewJoin.FileGroup(paths: $0.paths) : $0 }
    }

    /// Files whose rows count as known only since they were first seen.
    var lateFiles: [String] { declaredGroups == nil ? [] : groups.filter(isLate).flatMap(\.paths).sorted() }

    /// Returns the notes about those of the given columns that whole files have no value of.
    func gapNotes(of columns: [String]) -> [String] {
        (description?.gapNotes(of: columns) ?? []).map { "source \(source.name): \($0)" }
    }

    private func isLate(_ group: ViewJoin.FileGroup) -> Bool {
        group.firstSeen != nil && !group.paths.allSatisfy { replayed.contains(ExactPath($0)) }
    }

    /// For a manifest: files that arrived after the first snapshot, with the time they were first seen; `assumed` where
    /// the declared times are taken as true instead.
    var firstSeenMember: (String, JSON)? {
        if source.firstSeen == .declared { return (source.name, .string("assumed")) }
        let late = snapshot.files.compactMap { file in
            file.firstSeen.map { (file.path, JSON.string($0.description)) }
        }
        return late.isEmpty || groups.allSatisfy { $0.firstSeen == nil } ? nil : (source.name, .object(late))
    }
}

/// What files are described as, and how they were found before that.
///
/// It says what their bytes say if the digests that were taken in between, and these looks, are found again later.
struct SettledDescription: Sendable, Hashable {
    let description: TableDescription
    let looked: LookedFiles
}

/// Looks at sources before they are read: lists their files, records what they consist of, and writes queries down.
public struct SourcePreparer: Sendable {
    let root: String
    private let engine: any OfflineEngine
    private let recorder: SnapshotRecorder
    private let gate: Gate
    private let clockGuard: ClockGuard?
    /// The memory of earlier looks, for a reader; nil for a run that records what it finds.
    private let memory: LookMemory?

    /// The folder, relative to the repository, that holds the results of `query:` sources.
    public static let queryFolder = ".tally/snapshots"

    /// Prepares sources of the repository at `root`; without a guard every clock is believed.
    public init(root: String, engine: any OfflineEngine, registry: any Registry, clock: ClockGuard? = nil) {
        self.init(root: root, engine: engine, registry: registry, clock: clock, memory: nil)
    }

    /// Makes a preparer for readers: it records nothing, judges nothing, and runs no query.
    ///
    /// Files count as they were recorded; what is new since counts as first seen by this reader, and where promises
    /// decide, only rows that they admitted count. A query counts as it answered the last run. Throws
    /// `E-not-materialized` where no run looked at a query, or let anything in.
    public static func reading(root: String, engine: any OfflineEngine, registry: any Registry) -> SourcePreparer {
        SourcePreparer(root: root, engine: engine, registry: registry, clock: nil, memory: LookMemory())
    }

    private init(
        root: String, engine: any OfflineEngine, registry: any Registry, clock: ClockGuard?, memory: LookMemory?
    ) {
        clockGuard = clock
        self.root = root
        self.engine = engine
        self.memory = memory
        recorder = SnapshotRecorder(registry: registry, snapshotter: Snapshotter(root: root))
        gate = Gate(root: root, engine: engine, registry: registry, isReading: memory != nil)
    }

    private func snapshot<Seen: Sendable>(
        _ source: Source, _ files: [String], _ now: Timestamp, seeing: @Sendable () async throws(TallyError) -> Seen
    ) async throws(TallyError) -> (snapshot: SourceSnapshot, seen: Seen) {
        guard let memory else {
            let history = RowHistory(source, root: root, engine: engine)
            return try await recorder.take(
                source: source.name, files: files, now: now, completing: history?.completion, seeing: seeing)
        }
        let seen = try await seeing()
        return (try await recorder.look(source: source.name, files: files, now: now, memory), seen)
    }

    /// Lists and records a source's files; `E-not-found` when there are none, `E-clock` where the clock jumped.
    public func prepare(_ source: Source, at now: Timestamp) async throws(TallyError) -> PreparedSource {
        try clockGuard?.check()
        let reading = clockGuard?.present
        let prepared = try await look(at: source, now)
        // A look takes long: a clock that jumped meanwhile is not noted as the right one.
        try expectSteadyClock(since: reading)
        clockGuard?.note()
        return prepared
    }

    /// What the clocks say, for a run that looks at them again; nil where every clock is believed.
    var clockReading: ClockReading? { clockGuard?.present }

    /// Throws `E-clock` where the clock jumped since a reading.
    func expectSteadyClock(since reading: ClockReading?) throws(TallyError) {
        if let reading { try clockGuard?.expectSteady(since: reading) }
    }

    private func look(at source: Source, _ now: Timestamp) async throws(TallyError) -> PreparedSource {
        switch source.location {
        case .files(let path, let format):
            let files = try await engine.files(of: TableReference(of: source))
            let listing = try FileGlob.list([path], root: root)
            guard !files.isEmpty else { throw listing.noFiles(subject: "source \(source.name)") }
            let looked = LookedFiles(files, root: root)
            let (snapshot, description) = try await snapshot(source, files, now) {
                () async throws(TallyError) -> TableDescription? in
                // Members of JSON come and go, and only reading all lines would tell which; what other files lack is cheap to see.
                guard format != .json else { return nil }
                let table = TableReference(
                    rows: .files([path], format), timeZone: source.timeZone, text: source.text, takesTextAsText: true,
                    partitions: source.partitionPattern)
                return try await engine.describe(table)
            }
            var prepared = PreparedSource(
                source: source, snapshot: snapshot, groups: PreparedSource.groups(snapshot.files, of: source),
                format: format,
                warnings: Self.warnings(source, snapshot))
            prepared.listed = listing.notes.map { "source \(source.name): \($0)" }
            prepared.description = description
            if format == .parquet, description?.files.map(ExactPath.init) == files.map(ExactPath.init) {
                prepared.settled = description.map { SettledDescription(description: $0, looked: looked) }
            }
            prepared.looked = looked.with(snapshot)
            // What was remembered of rows stays in the snapshot, and counts only as long as the source asks for it.
            return source.matchesRows ? try prepared.byRow(root: root, now: now) : prepared
        case .query(let sql):
            let last = memory == nil ? nil : try await lastAnswer(of: source)
            let files = if let last { last.files.map(\.path) } else { [try await writeDown(sql, of: source)] }
            let snapshot = try await snapshot(source, files, now) {}.snapshot
            if let last, !snapshot.files.elementsEqual(last.files, by: { $0.digest == $1.digest }) {
                throw TallyError(
                    .corrupt, "is not what the query answered the last run", subject: files.first ?? source.name,
                    help: "run `\(.materialize())`, which asks the query again")
            }
            // A query gives its whole history anew each time: when its file was written tells nothing about a row.
            return PreparedSource(
                source: source, snapshot: snapshot, groups: [ViewJoin.FileGroup(paths: files)], format: .parquet,
                warnings: [])
        }
    }

    /// Returns the sources of some views as these views may read them: the rows that contracts and promises admit.
    ///
    /// By the view's name; each source is looked at once. Throws `E-broken-promise` when a promise stops new files.
    public func prepare(
        _ views: [CompiledView], at now: Timestamp
    ) async throws(TallyError) -> [String: PreparedSource] {
        var sources: [String: PreparedSource] = [:]
        var prepared: [String: PreparedSource] = [:]
        for view in views {
            let name = view.source.name
            if sources[name] == nil {
                sources[name] = try await prepare(view.source, contract: view.contract, at: now)
            }
            guard let source = sources[name] else { continue }
            guard let table = PromisedTable(view) else {
                prepared[view.view.name] = try gate.replay(
                    source, folder: view.gateFolder, making: view.making, at: now)
                continue
            }
            prepared[view.view.name] = try await gate.admit(source, table, at: now)
        }
        return prepared
    }

    /// A source as its contract lets it in.
    public func prepare(
        _ source: Source, contract: Contract?, at now: Timestamp
    ) async throws(TallyError) -> PreparedSource {
        let prepared = try await prepare(source, at: now)
        guard let contract, let table = PromisedTable(source, contract) else {
            return try gate.replay(prepared, folder: source.name, at: now)
        }
        return try await gate.admit(prepared, table, at: now)
    }

    private static func warnings(_ source: Source, _ snapshot: SourceSnapshot) -> [String] {
        let late = snapshot.files.filter { $0.firstSeen != nil && !(source.matchesRows && $0.rows?.record != nil) }
        guard let first = late.first, let seen = first.firstSeen, source.eventTime != nil,
            source.firstSeen == .recorded
        else { return [] }
        return [
            "source \(source.name): \(late.count) of \(snapshot.files.count) files are new or changed since the first "
                + "snapshot; their rows count as known from \(seen) on (\(first.path))"
        ]
    }

    private static func unwritable(_ source: Source, _ failure: OpenFile.Failure) -> TallyError {
        TallyError(
            .unwritable, "the result of its query could not be written: \(failure.message)",
            subject: "source \(source.name)", help: "check that \(queryFolder) is writable and has room",
            underlying: failure.message)
    }

    /// Returns the answer of a query that the last run recorded.
    private func lastAnswer(of source: Source) async throws(TallyError) -> SourceSnapshot {
        guard let last = try await recorder.latest(of: source.name), !last.files.isEmpty else {
            throw TallyError(
                .notMaterialized, "no run has asked its query yet, and reading does not",
                subject: "source \(source.name)",
                help: "run `\(.materialize())`")
        }
        return last
    }

    /// Writes a query's result to a file named by its content, and returns the path.
    private func writeDown(_ sql: String, of source: Source) async throws(TallyError) -> String {
        let folder = Self.queryFolder + "/" + source.name
        let incoming = folder + "/incoming-\(FileName.processNumber).parquet"
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(root + "/" + folder)
        } catch {
            throw Self.unwritable(source, error)
        }
        do throws(TallyError) {
            try await engine.writeQuery(sql, to: root + "/" + incoming, asMultiset: true)
        } catch {
            throw error.about("the query of source \(source.name)")
        }
        let digest = try Snapshotter(root: root).digest(ofFile: incoming)
        let kept = folder + "/" + digest.short + ".parquet"
        do throws(OpenFile.Failure) {
            try FileName.rename(root + "/" + incoming, to: root + "/" + kept)
        } catch {
            throw Self.unwritable(source, error)
        }
        return kept
    }
}
