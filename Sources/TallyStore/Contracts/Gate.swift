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

    /// A source as it may be read, after the promises of a table had their say.
    ///
    /// Throws `E-broken-promise` when one of them blocks: nothing of the new files becomes visible.
    func admit(
        _ prepared: PreparedSource, _ table: PromisedTable, at now: Timestamp
    ) async throws(TallyError) -> PreparedSource {
        let folder = GateFolder(root: root, table: table.folder)
        var verdicts: [Fingerprint: GateVerdict] = [:]
        var new: [SourceSnapshot.File] = []
        for file in prepared.snapshot.files where verdicts[file.digest] == nil {
            if let known = try folder.verdict(file.digest) { verdicts[file.digest] = known } else { new.append(file) }
        }
        var (warnings, coverage) = ([String](), [String]())
        if !new.isEmpty {
            let judged = try await judge(new, prepared, table, verdicts, folder, now)
            for verdict in judged.verdicts { verdicts[verdict.digest] = verdict }
            (warnings, coverage) = (judged.warnings, judged.coverage)
        }
        return prepared.admitted(verdicts, decisions: warnings, coverage: coverage)
    }

    private struct Judged {
        var verdicts: [GateVerdict] = []
        var warnings: [String] = []
        var coverage: [String] = []
    }

    /// Judges files that enter for the first time, and records the verdicts.
    private func judge(
        _ new: [SourceSnapshot.File], _ prepared: PreparedSource, _ table: PromisedTable,
        _ known: [Fingerprint: GateVerdict], _ folder: GateFolder, _ now: Timestamp
    ) async throws(TallyError) -> Judged {
        let timeZone = prepared.source.timeZone
        let files = TableReference(rows: .files(new.map(\.path), prepared.format), timeZone: timeZone)
        let previous = known.isEmpty ? nil : known.values.reduce(0) { $0 + $1.rows - $1.setAside }
        let context = table.context(try await engine.describe(files), now: now, previousRows: previous)
        let promises = table.object.promises
        let single = promises.filter { CheckCatalogue[$0.check]?.level == .row }
        let findings = try await TableCheck(single, context: context, sampleRows: 5)
            .run(over: table.rows(of: files, context, engine: engine))
        let setsAside = Self.setsAside(findings, table.contract)
        var judged = Judged()
        var split: [(SourceSnapshot.File, RowSplit.Result)] = []
        let splitter = RowSplit(
            root: root, engine: engine, table: table, context: context, promises: setsAside, format: prepared.format)
        for file in new {
            if setsAside.isEmpty { continue }
            split.append((file, try await splitter.run(file, folder: folder, at: now)))
        }
        let visible = Self.visible(prepared, known, split)
        // How old the data are is no fault of the files that enter.
        let whole = promises.filter { promise in
            CheckCatalogue[promise.check].map { $0.level != .row && $0.level != .moment } ?? true
        }
        let all =
            try await wholeFindings(whole, table, visible, prepared, previous, now)
            + promises.filter { CheckCatalogue[$0.check]?.level == .moment }.map(Self.left)
        try await refuse(findings + all, table, now, split)
        let rows = try await counts(new, prepared)
        let digest = Fingerprint(of: table.contract.json)
        for file in new {
            let result = split.first { $0.0.digest == file.digest }?.1
            let verdict = GateVerdict(
                digest: file.digest, path: file.path, promises: digest, decidedAt: now,
                rows: result?.rows ?? rows[file.path] ?? 0, setAside: result?.setAside ?? 0,
                accepted: result?.accepted, acceptedDigest: result?.acceptedDigest,
                acceptedSize: result?.acceptedSize ?? 0, quarantined: result?.quarantined)
            try folder.record(verdict)
            judged.verdicts.append(verdict)
        }
        judged.warnings = Self.warnings(findings + all, table, judged.verdicts)
        judged.coverage = ["\(table.name): \(Coverage(findings + all).text)"]
        let total = (previous ?? 0) + judged.verdicts.reduce(0) { $0 + $1.rows - $1.setAside }
        try await record(findings + all, table, judged.verdicts, total: total, now)
        return judged
    }

    /// What is said of a promise about the age of data.
    private static func left(_ promise: Promise) -> Finding {
        Finding(
            promise: promise, verdict: .unproven, observed: "the age of data is for `tally verify` to judge",
            promised: "\(promise.check) in time", evidence: .none)
    }

    /// The promises whose failing rows are set aside: broken ones within their limits.
    private static func setsAside(_ findings: [Finding], _ contract: Contract) -> [Promise] {
        findings.compactMap { finding in
            action(finding, contract) == .quarantine ? finding.promise : nil
        }
    }

    /// What is done about a finding; nil when it is not broken.
    ///
    /// Promises about all rows have no rows of their own to set aside: for them quarantine is block.
    static func action(_ finding: Finding, _ contract: Contract) -> Reaction.Action? {
        guard finding.verdict == .broken else { return nil }
        let action = contract.reaction(to: finding.promise)
            .action(failing: finding.evidence.failing ?? 0, of: finding.evidence.rows ?? 0)
        let isSingle = CheckCatalogue[finding.promise.check]?.level == .row
        return action == .quarantine && !isSingle ? .block : action
    }

    /// The files whose rows would be visible: those let in before, and the new ones or what is left of them.
    private static func visible(
        _ prepared: PreparedSource, _ known: [Fingerprint: GateVerdict],
        _ split: [(SourceSnapshot.File, RowSplit.Result)]
    ) -> [String] {
        prepared.snapshot.files.map { file in
            known[file.digest]?.accepted ?? split.first { $0.0.digest == file.digest }?.1.accepted ?? file.path
        }
    }

    private func wholeFindings(
        _ promises: [Promise], _ table: PromisedTable, _ visible: [String], _ prepared: PreparedSource,
        _ previous: Int?, _ now: Timestamp
    ) async throws(TallyError) -> [Finding] {
        guard !promises.isEmpty else { return [] }
        let reference = TableReference(
            rows: .files(visible, prepared.format), timeZone: prepared.source.timeZone)
        let context = table.context(
            try await engine.describe(reference), now: now, previousRows: previous,
            tables: [table.object.name: reference])
        return try await TableCheck(promises, context: context, sampleRows: 0)
            .run(over: table.rows(of: reference, context, engine: engine))
    }

    /// Stops everything when a promise blocks, and takes back what was already written aside.
    private func refuse(
        _ findings: [Finding], _ table: PromisedTable, _ now: Timestamp,
        _ split: [(SourceSnapshot.File, RowSplit.Result)]
    ) async throws(TallyError) {
        let stopping = findings.filter { finding in
            let action = Self.action(finding, table.contract)
            return action == .block || action == .rollback
        }
        guard let first = stopping.first else { return }
        for result in split.map(\.1) {
            for path in [result.accepted, result.quarantined].compactMap({ $0 }) { FileName.remove(root + "/" + path) }
        }
        try await record(findings, table, [], total: nil, now)
        let others = stopping.count > 1 ? ", and \(stopping.count - 1) more promises are broken" : ""
        let owner = table.contract.owner.map { " (\($0))" } ?? ""
        let place = first.promise.location.map { "\($0.file):\($0.line): " } ?? ""
        let isRollback = Self.action(first, table.contract) == .rollback
        throw TallyError(
            .brokenPromise,
            "\(place)\(first.promise.id): \(first.message)\(others); promised by \(table.contract.id) "
                + "\(table.contract.version)\(owner)",
            subject: table.name,
            help: (isRollback ? "readers stay with the generation before; " : "nothing of the new files is visible; ")
                + "repair the data, or change `onViolation`; `tally verify` shows all findings")
    }

    private func counts(
        _ new: [SourceSnapshot.File], _ prepared: PreparedSource
    ) async throws(TallyError) -> [String: Int] {
        var counts: [String: Int] = [:]
        for file in new {
            let table = TableReference(
                rows: .files([file.path], prepared.format), timeZone: prepared.source.timeZone)
            let result = try await engine.measure(MeasureRequest(table: table, measures: [.rows]))
            if case .count(let rows)? = result.values.first { counts[file.path] = rows }
        }
        return counts
    }

    private static func warnings(
        _ findings: [Finding], _ table: PromisedTable, _ verdicts: [GateVerdict]
    ) -> [String] {
        var warnings = findings.compactMap { finding -> String? in
            switch action(finding, table.contract) {
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
        guard finding.verdict == .unproven, !finding.isExecuted,
            let level = CheckCatalogue[finding.promise.check]?.level, level != .elsewhere, level != .moment
        else { return nil }
        return "\(table.name): \(finding.promise.id): \(finding.message)"
    }

    /// Records the decision with its findings.
    private func record(
        _ findings: [Finding], _ table: PromisedTable, _ verdicts: [GateVerdict], total: Int?, _ now: Timestamp
    ) async throws(TallyError) {
        let actions = findings.compactMap { Self.action($0, table.contract) }
        let decision = Reaction.Action.allCases.last { actions.contains($0) } ?? .accept
        let coverage = Coverage(findings)
        let summary = JSON.object([
            ("decision", .string(decision.rawValue)), ("contract", .string(table.contract.id)),
            ("version", .string(table.contract.version)), ("coverage", coverage.json),
            ("rows", .exact(Int64(verdicts.reduce(0) { $0 + $1.rows }))),
            ("setAside", .exact(Int64(verdicts.reduce(0) { $0 + $1.setAside }))),
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

extension PreparedSource {
    /// The source with copies in place of the files of which rows were set aside.
    func admitted(_ verdicts: [Fingerprint: GateVerdict], decisions more: [String], coverage lines: [String])
        -> PreparedSource
    {
        var renamed: [String: String] = [:]
        var later: [SourceSnapshot.File] = []
        let files = snapshot.files.map { file -> SourceSnapshot.File in
            guard let verdict = verdicts[file.digest] else { return file }
            // Rows that were let in later could not have been used before.
            later += verdict.replayed.map { rows in
                SourceSnapshot.File(
                    path: rows.path, size: rows.size, digest: rows.digest,
                    firstSeen: max(rows.at, file.firstSeen ?? rows.at), stamp: "")
            }
            guard let path = verdict.accepted, let digest = verdict.acceptedDigest else { return file }
            renamed[file.path] = path
            return SourceSnapshot.File(
                path: path, size: verdict.acceptedSize, digest: digest, firstSeen: file.firstSeen, stamp: "")
        }
        let kept = groups.map { group in
            ViewJoin.FileGroup(paths: group.paths.map { renamed[$0] ?? $0 }, firstSeen: group.firstSeen)
        }
        let added = later.map { ViewJoin.FileGroup(paths: [$0.path], firstSeen: $0.firstSeen) }
        var admitted = PreparedSource(
            source: source,
            snapshot: SourceSnapshot(source: snapshot.source, takenAt: snapshot.takenAt, files: files + later),
            groups: kept + added, format: format, warnings: warnings)
        admitted.decisions = decisions + more
        admitted.coverage = coverage + lines
        return admitted
    }
}
