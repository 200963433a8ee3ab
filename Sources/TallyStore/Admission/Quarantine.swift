// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
public import TallyModel

/// The rows that were set aside: lists them, admits them later, or discards them.
public struct Quarantine: Sendable {
    /// The rows that were set aside of one file.
    public struct Entry: Sendable, Hashable {
        /// The table: a source's name, or `view.` and a view's name.
        public let table: String
        /// The file the rows came from, as it was called then.
        public let file: String
        /// The name of the run, under which its files lie.
        public let run: String
        /// The number of rows in the file.
        public let rows: Int
        /// The number of rows that were set aside.
        public let setAside: Int
        /// The number of those that are still set aside.
        public let waiting: Int
        /// The number of those that were admitted later.
        public let replayed: Int
        /// The number of those that were discarded for good.
        public let discarded: Int
        /// The time of the decision.
        public let decidedAt: Timestamp
        /// The file that holds the waiting rows, relative to the repository; nil when none wait.
        public let path: String?
        /// Whether the verdict has a checksum; false for one that an earlier version wrote.
        public let isSealed: Bool
        let digest: Fingerprint

        /// An object of everything.
        public var json: JSON {
            .object([
                ("table", .string(table)), ("run", .string(run)), ("file", .string(file)),
                ("rows", .exact(Int64(rows))), ("setAside", .exact(Int64(setAside))),
                ("waiting", .exact(Int64(waiting))), ("replayed", .exact(Int64(replayed))),
                ("discarded", .exact(Int64(discarded))), ("decidedAt", .string(decidedAt.description)),
                ("path", .optional(path)),
            ])
        }
    }

    private let root: String
    private let engine: any OfflineEngine
    private let registry: any Registry
    private let clock: ClockGuard?

    /// Opens the quarantine of the repository at `root`; without a guard every clock is believed.
    public init(root: String, engine: any OfflineEngine, registry: any Registry, clock: ClockGuard? = nil) {
        self.clock = clock
        self.root = root
        self.engine = engine
        self.registry = registry
    }

    /// Returns an entry for each file of which rows were ever set aside, by table and time; of one table when it is
    /// named.
    ///
    /// Throws `E-corrupt` for a verdict that cannot be read.
    public func entries(table: String? = nil) throws(TallyError) -> [Entry] {
        var entries: [Entry] = []
        for name in GateFolder.tables(root: root) where table == nil || table == name {
            for verdict in try GateFolder(root: root, table: name).verdicts() where verdict.setAside > 0 {
                entries.append(entry(name, verdict))
            }
        }
        return entries
    }

    private func entry(_ table: String, _ verdict: GateVerdict) -> Entry {
        let folder = GateFolder(root: root, table: table)
        return Entry(
            table: table, file: verdict.path, run: folder.runName(verdict.digest, at: verdict.decidedAt),
            rows: verdict.rows, setAside: verdict.setAside, waiting: verdict.waiting,
            replayed: verdict.replayed.reduce(0) { $0 + $1.rows }, discarded: verdict.discarded,
            decidedAt: verdict.decidedAt, path: verdict.quarantined, isSealed: verdict.isSealed, digest: verdict.digest)
    }

    /// The rows that wait in one file: place in their file, rules, and what was observed; at most so many.
    public func rows(of entry: Entry, limit: Int) async throws(TallyError) -> [(
        row: Int, rule: String, observed: String
    )] {
        guard let path = entry.path else { return [] }
        if let verdict = try GateFolder(root: root, table: entry.table).verdict(entry.digest) {
            try GateFolder.expectWaiting(verdict, root: root)
        }
        let request = ScanRequest(
            table: TableReference(rows: .paths([path], .parquet)),
            columns: [
                ScanRequest.Column(name: SetAsideFile.rowColumn, type: .int64),
                ScanRequest.Column(name: SetAsideFile.ruleColumn, type: .string),
                ScanRequest.Column(name: SetAsideFile.observedColumn, type: .string),
            ])
        var rows: [(row: Int, rule: String, observed: String)] = []
        try await engine.scan(request) { (batch) in
            for row in 0..<min(batch.count, limit - rows.count) {
                guard case .int64(let place) = batch.columns[0][row] else { continue }
                rows.append((Int(place), batch.columns[1][row].text, batch.columns[2][row].text))
            }
        }
        return rows
    }

    /// Lets waiting rows in that keep the promises as they are now; with `accepts` all of them, whatever they break.
    ///
    /// They are known from now on, and from no earlier time: a training set of the past does not see them, as serving did
    /// not. Rows that still break a promise wait on. Every row ends in exactly one place, and the verdict changes last.
    /// Throws `E-clock` where the clock jumped.
    public func replay(
        _ entry: Entry, of promised: PromisedTable, accepts: Bool, at now: Timestamp
    ) async throws(TallyError) -> Entry {
        try clock?.check()
        let reading = clock?.present
        let folder = GateFolder(root: root, table: entry.table)
        let lock = try await folder.lock()
        defer { withExtendedLifetime(lock) {} }
        folder.finishKilled()
        guard let verdict = try folder.verdict(entry.digest), let path = verdict.quarantined else {
            return try current(entry, folder)
        }
        try Self.expectSameMaking(verdict, promised)
        let changed: GateVerdict?
        do throws(TallyError) {
            changed = try await letIn(verdict, path, of: promised, accepts: accepts, folder, at: now)
            if let reading { try clock?.expectSteady(since: reading) }
        } catch {
            folder.finish([verdict])
            throw error
        }
        guard let changed else {
            folder.finish([verdict])
            return self.entry(entry.table, verdict)
        }
        try folder.record(changed)
        folder.finish([changed])
        let result = self.entry(entry.table, changed)
        clock?.note()
        try await note("replay", result, rows: changed.visibleRows - verdict.visibleRows, at: now)
        return result
    }

    /// Splits the waiting rows in the file at `path` again, and returns the new verdict; nil when all still wait.
    ///
    /// What it writes is noted, and nothing is recorded.
    private func letIn(
        _ verdict: GateVerdict, _ path: String, of promised: PromisedTable, accepts: Bool, _ folder: GateFolder,
        at now: Timestamp
    ) async throws(TallyError) -> GateVerdict? {
        let looked = LookedFiles([path], root: root)
        try GateFolder.expectWaiting(verdict, root: root)
        let format: Source.FileFormat =
            if case .files(_, let format) = promised.source.location { format } else { .parquet }
        let run = folder.runName(verdict.digest, at: now) + "-replayed-\(verdict.replayed.count + 1)"
        let below = RowSplit.folders(of: path, in: TableReference(of: promised.source))
        let texts = "\(folder.path)/accepted/\(below)\(run)-texts.csv"
        try folder.begin([path, texts])
        defer { FileName.remove(root + "/" + texts) }
        if format == .csv {
            try folder.makeFolder(FileName.folder(of: texts))
            try await SetAsideFile.writeTexts(
                of: path, to: texts, root: root, engine: engine, options: promised.source.text)
        }
        let table = TableReference(
            promised.source, format == .csv ? .paths([texts], .csv) : .paths([path], .parquet))
        let context = promised.context(try await engine.describe(table), now: now, previousRows: nil)
        let admission = Admission(table: promised, now: now, previousRows: nil)
        let splitter = RowSplit(
            root: root, engine: engine, table: promised, context: context,
            promises: accepts ? [] : admission.keepingOut(context), format: format)
        let places = splitter.outputs(of: path, in: table, run: run, folder: folder)
        try folder.begin([path, texts, places.accepted, places.quarantined])
        let result = try await splitter.again(path, read: table, run: run, folder: folder)
        guard result.rows == verdict.waiting else {
            throw TallyError(
                .corrupt, "it has \(result.rows) rows, and \(verdict.waiting) wait by the verdict", subject: path,
                help: "restore it from a backup, or give the rows up with `\(.quarantineDiscard)`")
        }
        try looked.expectUnchanged()
        let letIn = result.rows - result.setAside
        guard letIn > 0, let accepted = result.accepted, let digest = result.acceptedDigest else { return nil }
        if !accepts { try await expectKept(promised, adding: accepted, at: now) }
        var changed = verdict
        changed.replayed.append(
            GateVerdict.Replayed(
                path: accepted, digest: digest, size: result.acceptedSize, rows: letIn,
                at: max(now, verdict.decidedAt)))
        changed.wait(in: result.quarantined)
        return changed
    }

    /// Gives the waiting rows of a file up for good.
    public func discard(_ entry: Entry, at now: Timestamp) async throws(TallyError) -> Entry {
        try clock?.check()
        let folder = GateFolder(root: root, table: entry.table)
        let lock = try await folder.lock()
        defer { withExtendedLifetime(lock) {} }
        folder.finishKilled()
        guard var verdict = try folder.verdict(entry.digest), let path = verdict.quarantined else {
            return try current(entry, folder)
        }
        let rows = verdict.waiting
        verdict.discarded += rows
        verdict.wait(in: nil)
        try folder.begin([path])
        try folder.record(verdict)
        folder.finish([verdict])
        let changed = self.entry(entry.table, verdict)
        clock?.note()
        try await note("discard", changed, rows: rows, at: now)
        return changed
    }

    /// Throws `E-conflict` for rows that were judged by values which the view makes no more.
    private static func expectSameMaking(_ verdict: GateVerdict, _ promised: PromisedTable) throws(TallyError) {
        guard verdict.making != promised.making else { return }
        throw TallyError(
            .conflict, "the view makes its values in another way since, and judged its files anew",
            subject: promised.name, help: "`\(.quarantineDiscard)` gives the old ones up")
    }

    /// Throws `E-broken-promise` when admitting rows that keep their own promises would break one about all rows.
    private func expectKept(
        _ promised: PromisedTable, adding path: String, at now: Timestamp
    ) async throws(TallyError) {
        let preparer = SourcePreparer(root: root, engine: engine, registry: registry)
        // A view sees what the contract of its source lets in.
        let prepared =
            if let view = promised.view {
                try await preparer.prepare(view.source, contract: view.contract, at: now)
            } else {
                try await preparer.prepare(promised.source, at: now)
            }
        let decision = try await Gate(root: root, engine: engine, registry: registry)
            .decision(on: prepared, adding: path, promised, at: now)
        switch decision.outcome {
        case .admits, .setsAside: return
        case .refuses(let refusal):
            let first = refusal.finding
            throw TallyError(
                .brokenPromise, "with these rows \(first.promise.id) would be broken: \(first.message)",
                subject: promised.name, help: "nothing was let in; --accept lets them in whatever they break")
        }
    }

    /// Returns the entry again, since another command may have changed it.
    private func current(_ entry: Entry, _ folder: GateFolder) throws(TallyError) -> Entry {
        try folder.verdict(entry.digest).map { self.entry(entry.table, $0) } ?? entry
    }

    private func note(_ what: String, _ entry: Entry, rows: Int, at now: Timestamp) async throws(TallyError) {
        let summary = JSON.object([
            ("decision", .string(what)), ("rows", .exact(Int64(rows))), ("entry", entry.json),
        ])
        try await registry.record(
            .run(
                RunRecord(
                    command: "quarantine", subject: entry.table, startedAt: now, duration: .zero,
                    identity: Fingerprint(of: summary), summary: summary)))
    }
}
