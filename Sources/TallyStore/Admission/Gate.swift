// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Lets the rows of a source in, or sets them aside, or stops them all, as its promises say (SEMANTICS 7).
///
/// A file is judged once, by its bytes, when they first enter; the verdict is recorded and replayed by every later run, in
/// training and serving alike. Promises about single rows judge the new files; promises about all rows judge what would be
/// visible. Where rows were set aside, a copy of the others stands in for the file.
struct Gate: Sendable {
    let root: String
    let engine: any OfflineEngine
    let registry: any Registry
    /// Whether nothing may be decided: only what was let in before counts.
    var isReading = false

    /// Returns the source as the promises of a table let it in; judges files that are new.
    ///
    /// Throws `E-broken-promise` when one of them blocks: nothing of the new files becomes visible.
    func admit(
        _ prepared: PreparedSource, _ table: PromisedTable, at now: Timestamp
    ) async throws(TallyError) -> PreparedSource {
        let folder = GateFolder(root: root, table: table.folder)
        var (known, new) = try Self.partition(prepared, folder, table.making)
        guard !isReading else { return try readable(prepared, table, known, new) }
        var told: [String] = []
        if !new.isEmpty || folder.isUnfinished || known.values.contains(where: { !$0.isSealed }) {
            // One command decides at a time; what another one decided meanwhile counts.
            let lock = try await folder.lock()
            defer { withExtendedLifetime(lock) {} }
            folder.finishKilled()
            (known, new) = try Self.partition(prepared, folder, table.making)
            try await expectRecorded(known.values.filter { !$0.isSealed }, of: table)
            told = try folder.seal(&known).map { ["\(table.name): \($0)"] } ?? []
            if !new.isEmpty {
                var admitted = try await judge(new, prepared, table, known, folder, now)
                admitted.decisions = told + admitted.decisions
                return admitted
            }
        }
        var admitted = try prepared.admitted(known, table.making, root: root)
        admitted.decisions += told
        return try admitted.refusingNothing()
    }

    /// A source without the files that nobody has judged yet; `E-not-materialized` when that are all.
    private func readable(
        _ prepared: PreparedSource, _ table: PromisedTable, _ known: [Fingerprint: GateVerdict], _ new: [NewFile]
    ) throws(TallyError) -> PreparedSource {
        guard !known.isEmpty || new.isEmpty else {
            throw TallyError(
                .notMaterialized, "no run has let any of its files in yet", subject: table.name,
                help: "run `tally materialize`, which holds them against what is promised")
        }
        let judged = prepared.leavingOut(Set(new.map { ExactPath($0.path) }))
        return try judged.admitted(known, table.making, root: root).refusingNothing()
    }

    /// Returns the source as its recorded verdicts admit it, where nothing is promised any more: what was set aside stays aside.
    func replay(
        _ prepared: PreparedSource, folder name: String, making: Fingerprint? = nil
    ) throws(TallyError) -> PreparedSource {
        guard FileName.exists(root + "/" + GateFolder.parent + "/" + name) else { return prepared }
        let known = try Self.partition(prepared, GateFolder(root: root, table: name), making).known
        var admitted = try prepared.admitted(known, making, root: root)
        if let told = GateFolder.unsealed(known.values) { admitted.decisions.append("\(name): \(told)") }
        return try admitted.refusingNothing()
    }

    /// What the promises about all rows say of those that are visible, and of the rows of one more file.
    func findings(
        _ prepared: PreparedSource, adding path: String, _ table: PromisedTable, _ now: Timestamp
    ) async throws(TallyError) -> [Finding] {
        let folder = GateFolder(root: root, table: table.folder)
        let (known, new) = try Self.partition(prepared, folder, table.making)
        // Files that never entered are judged when they do.
        let admitted = try prepared.admitted(known, table.making, root: root)
        let paths = admitted.snapshot.files.map(\.path).filter { path in !new.contains { $0.path == path } }
        return try await wholeFindings(
            paths + [path], admitted, table, JudgedText(engine, folder),
            known.values.reduce(0) { $0 + $1.visibleRows }, now)
    }

    /// A file that enters for the first time, and what its verdict goes by.
    private struct NewFile {
        let file: SourceSnapshot.File
        let key: Fingerprint
        var path: String { file.path }
    }

    /// Parts the files into those that have a verdict and those that are new.
    private static func partition(
        _ prepared: PreparedSource, _ folder: GateFolder, _ making: Fingerprint?
    ) throws(TallyError) -> (known: [Fingerprint: GateVerdict], new: [NewFile]) {
        var known: [Fingerprint: GateVerdict] = [:]
        var new: [NewFile] = []
        for (file, key) in prepared.keyedFiles(making) {
            if let verdict = try folder.verdict(key) {
                known[key] = verdict
            } else {
                new.append(NewFile(file: file, key: key))
            }
        }
        return (known, new)
    }

    /// Judges files that enter for the first time, and records the verdicts.
    private func judge(
        _ new: [NewFile], _ prepared: PreparedSource, _ table: PromisedTable, _ known: [Fingerprint: GateVerdict],
        _ folder: GateFolder, _ now: Timestamp
    ) async throws(TallyError) -> PreparedSource {
        let looked = try look(at: new)
        let files = TableReference(prepared.source, .paths(new.map(\.path), prepared.format))
        let visible = known.values.reduce(0) { $0 + $1.visibleRows }
        // A file that was written anew is no longer among the known ones, and was there before all the same.
        let previous = try await EarlierRuns(registry).visibleRows(of: table.name)
        let reader = JudgedText(engine, folder)
        let context = table.context(
            try await table.description(of: files, engine: reader), now: now, previousRows: previous)
        let check = TableCheck(
            table.object.promises.filter { CheckCatalogue.isAboutRows($0, context) }, context: context, sampleRows: 5)
        let whole = TableCheck(Self.wholePromises(table), context: context)
        reader.keep(
            table.judged(check.columns.union(whole.columns), context, withTexts: Self.maySetAside(table)))
        var findings = try await check.run(over: table.rows(of: files, context, engine: reader))
        let splitter = RowSplit(
            root: root, engine: reader, table: table, context: context,
            promises: Decision(on: findings, by: table.contract).setAside, format: prepared.format)
        let digest = Fingerprint(of: table.contract.withoutWords.json)
        try begin(new, splitter, folder, now)
        var verdicts: [GateVerdict] = []
        var admitted: PreparedSource
        do throws(TallyError) {
            for file in new {
                let run = folder.runName(file.key, at: now)
                let result =
                    splitter.promises.isEmpty
                    ? RowSplit.Result(rows: try await count(file.path, prepared, reader))
                    : try await splitter.run(file.path, run: run, folder: folder)
                if let accepted = result.accepted, let judgement = result.judgement, !Self.wholePromises(table).isEmpty
                {
                    try await reader.letIn(accepted, of: file.path) { !judgement.isBroken($0) }
                }
                verdicts.append(
                    GateVerdict(
                        digest: file.key, making: table.making, path: file.path, promises: digest, decidedAt: now,
                        result))
            }
            admitted = try prepared.admitted(
                known.merging(verdicts.map { ($0.digest, $0) }) { $1 }, table.making, root: root)
            let paths = admitted.snapshot.files.map(\.path)
            if !paths.isEmpty { findings += try await wholeFindings(paths, admitted, table, reader, previous, now) }
            try await refuse(findings, table, previous, now)
            try expectUnchanged(new, looked)
        } catch {
            folder.finish([])
            throw error
        }
        for verdict in verdicts { try folder.record(verdict) }
        folder.finish(verdicts)
        admitted.decisions += Self.warnings(findings, table, verdicts)
        admitted.coverage.append("\(table.name): \(Coverage(findings).text)")
        let total = visible + verdicts.reduce(0) { $0 + $1.visibleRows }
        try await record(findings, table, verdicts, previous: previous, total: total, now)
        return try admitted.refusingNothing()
    }

    /// Notes the files that new files are split into, for who comes after a run that was killed.
    private func begin(
        _ new: [NewFile], _ splitter: RowSplit, _ folder: GateFolder, _ now: Timestamp
    ) throws(TallyError) {
        guard !splitter.promises.isEmpty else { return }
        let outputs = new.flatMap { file in
            let read = TableReference(splitter.table.source, .paths([file.path], splitter.format))
            let run = folder.runName(file.key, at: now)
            let outputs = splitter.outputs(of: file.path, in: read, run: run, folder: folder)
            return [outputs.accepted, outputs.quarantined]
        }
        try folder.begin(outputs)
    }

    /// Makes the finding of a promise about the age of data, which is not judged here.
    private static func ageFinding(of promise: Promise) -> Finding {
        Finding(
            promise: promise, verdict: .unproven, observed: "the age of data is for `tally verify` to judge",
            promised: "\(promise.check) in time", evidence: .none)
    }

    /// The promises about all rows, but for those about the age of data.
    private static func wholePromises(_ table: PromisedTable) -> [Promise] {
        table.object.promises.filter { promise in
            let level = CheckCatalogue[promise.check]?.level
            return level != .row && level != .moment
        }
    }

    /// Whether a promise may set rows aside, which then have to be kept as they stand.
    private static func maySetAside(_ table: PromisedTable) -> Bool {
        table.object.promises.contains { table.contract.reaction(to: $0).action == .quarantine }
    }

    /// What the promises about all rows say of those that would be visible.
    ///
    /// How old the data are is no fault of the files that enter.
    private func wholeFindings(
        _ paths: [String], _ admitted: PreparedSource, _ table: PromisedTable, _ reader: JudgedText, _ previous: Int?,
        _ now: Timestamp
    ) async throws(TallyError) -> [Finding] {
        let moments = table.object.promises.filter { CheckCatalogue[$0.check]?.level == .moment }
        var judged = Self.wholePromises(table)
        guard !judged.isEmpty else { return moments.map(Self.ageFinding) }
        let reference = TableReference(admitted.source, .paths(paths, admitted.format))
        let context = table.context(
            try await table.description(of: reference, engine: reader), now: now, previousRows: previous,
            tables: [table.object.name: reference])
        // Types of text were judged row by row as the files entered.
        judged.removeAll { CheckCatalogue.isAboutRows($0, context) }
        let check = TableCheck(judged, context: context, sampleRows: 0)
        reader.keep(table.judged(check.columns, context, withTexts: false))
        return try await check.run(over: table.rows(of: reference, context, engine: reader))
            + moments.map(Self.ageFinding)
    }

    /// Looks at files before they are judged.
    ///
    /// Their digests are held against them once more behind that: who exchanges a file and puts it back leaves a trace in its
    /// stamp, so that what is judged is what has the digest.
    private func look(at files: [NewFile]) throws(TallyError) -> LookedFiles {
        let looked = LookedFiles(files.map(\.path), root: root)
        try expectUnchanged(files, looked)
        return looked
    }

    /// Throws `E-unreadable` when a file is not what it was when its bytes were taken for what the verdict goes by, `E-conflict`
    /// when it was written to or exchanged since it was looked at.
    private func expectUnchanged(_ files: [NewFile], _ looked: LookedFiles) throws(TallyError) {
        try looked.expectUnchanged()
        let snapshotter = Snapshotter(root: root)
        for new in files where try !snapshotter.isUnchanged(new.file) {
            throw TallyError(
                .unreadable, "changed while it was judged", subject: new.path,
                help: "let its writer finish, then run the command again; nothing was decided about it")
        }
    }

    /// Stops everything when a promise blocks.
    private func refuse(
        _ findings: [Finding], _ table: PromisedTable, _ previous: Int?, _ now: Timestamp
    ) async throws(TallyError) {
        let stopping = Decision(on: findings, by: table.contract).stopping
        guard let response = stopping.first else { return }
        let first = response.finding
        try await record(findings, table, [], previous: previous, total: nil, now)
        let others = stopping.count > 1 ? ", and \(stopping.count - 1) more promises are broken" : ""
        let owner = table.contract.owner.map { " (\($0))" } ?? ""
        let place = first.promise.location.map { "\($0.file):\($0.line): " } ?? ""
        let isRollback = response.action == .rollback
        throw TallyError(
            .brokenPromise,
            "\(place)\(first.promise.id): \(first.message)\(others); promised by \(table.contract.id) "
                + "\(table.contract.version)\(owner)",
            subject: table.name,
            help: (isRollback ? "readers stay with the generation before; " : "nothing of the new files is visible; ")
                + "repair the data, or change `onViolation`; `tally verify` shows all findings")
    }

    private func count(
        _ path: String, _ prepared: PreparedSource, _ reader: JudgedText
    ) async throws(TallyError) -> Int {
        let table = TableReference(prepared.source, .paths([path], prepared.format))
        let result = try await reader.measure(MeasureRequest(table: table, measures: [.rows]))
        guard case .count(let rows)? = result.values.first else {
            throw TallyError(.internal, "the engine did not count the rows", subject: path)
        }
        return rows
    }

    private static func warnings(
        _ findings: [Finding], _ table: PromisedTable, _ verdicts: [GateVerdict]
    ) -> [String] {
        var warnings = Decision(on: findings, by: table.contract).responses.compactMap { response -> String? in
            let finding = response.finding
            return switch response.action {
            case .warn, .serveDefault: "\(table.name): \(finding.promise.id): \(finding.message)"
            case .accept, .quarantine, .block, .rollback: nil
            case nil: unproven(finding, table)
            }
        }
        let aside = verdicts.filter { $0.setAside > 0 }
        if !aside.isEmpty {
            let rows = aside.reduce(0) { $0 + $1.setAside }
            let all = aside.reduce(0) { $0 + $1.rows }
            warnings.append(
                "\(table.name): \(rows) of \(all) rows were set aside; `tally quarantine show \(table.folder)` lists them"
            )
        }
        return warnings
    }

    /// What is said of a promise that could not be held against what entered; nil for one that was, or that is kept elsewhere.
    private static func unproven(_ finding: Finding, _ table: PromisedTable) -> String? {
        guard finding.verdict == .unproven, let level = CheckCatalogue[finding.promise.check]?.level,
            level != .elsewhere, level != .moment
        else { return nil }
        return "\(table.name): \(finding.promise.id) is unproven, \(finding.message)"
    }

    /// Records the decision with its findings.
    private func record(
        _ findings: [Finding], _ table: PromisedTable, _ verdicts: [GateVerdict], previous: Int?, total: Int?,
        _ now: Timestamp
    ) async throws(TallyError) {
        let decision = Decision(on: findings, by: table.contract).action
        let coverage = Coverage(findings)
        let summary = JSON.object([
            ("decision", .string(decision.rawValue)), ("contract", .string(table.contract.id)),
            ("version", .string(table.contract.version)), ("coverage", coverage.json),
            ("rows", .exact(Int64(verdicts.reduce(0) { $0 + $1.rows }))),
            ("setAside", .exact(Int64(verdicts.reduce(0) { $0 + $1.setAside }))),
            ("previousRows", previous.map { .exact(Int64($0)) } ?? .null),
            ("visibleRows", total.map { .exact(Int64($0)) } ?? .null),
            ("files", .array(verdicts.map(\.json))),
            ("findings", .array(findings.filter { $0.verdict != .kept }.map(\.json))),
        ])
        try await registry.record(
            .run(
                RunRecord(
                    command: "admit", subject: table.name, startedAt: now, duration: .zero,
                    identity: Fingerprint(of: summary), summary: summary)))
    }
}
