// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Decides about the files that enter a table for the first time, and splits their rows by the decision.
///
/// The table is locked while it does.
struct FileAdmission {
    let root: String
    let engine: any OfflineEngine
    let registry: any Registry
    let prepared: PreparedSource
    let table: PromisedTable
    let files: JudgedFiles
    let folder: GateFolder
    let now: Timestamp

    /// Judges the new files, records the verdicts, and returns the source as they admit it.
    ///
    /// Throws `E-broken-promise` when a promise stops them: then nothing is recorded but the findings.
    func decide() async throws(TallyError) -> PreparedSource {
        let looked = try look()
        // A file that was written anew is no longer among the known ones, and was there before all the same.
        let previous = try await EarlierRuns(registry).visibleRows(of: table.name)
        let admission = Admission(table: table, now: now, previousRows: previous)
        let known = settled.map { [reference(to: $0.description.files): $0.description] } ?? [:]
        let reader = JudgedText(engine, folder, known: known)
        let entering = reference(to: files.new.map(\.path))
        let judged = JudgedRows()
        let context = table.context(
            try await table.description(of: entering, engine: reader), now: now, previousRows: previous)
        let columns = admission.rowCheck(context).columns.union(admission.setCheck(context).columns)
        reader.keep(table.judged(columns, context, withTexts: admission.maySetAside))
        var verdicts: [GateVerdict] = []
        var admitted = prepared
        let report: AdmissionReport
        do throws(TallyError) {
            let rows = table.rows(of: entering, context, engine: reader)
            let decision = try await admission.decide(on: rows, context) { (promises) throws(TallyError) in
                try judged.rows(of: rows, in: each(context, reader), by: promises, context)
            } settingAside: { (promises) async throws(TallyError) in
                verdicts = try await split(
                    by: promises, context, reader, judged, keepsValues: !admission.setPromises.isEmpty)
                let known = files.known.merging(verdicts.map { ($0.digest, $0) }) { $1 }
                admitted = try prepared.admitted(known, table.making, root: root, at: now)
                return try await admission.visible(
                    admitted.snapshot.files.map(\.path), of: admitted, reader: reader)
            }
            report = AdmissionReport(
                table: table, decision: decision, verdicts: verdicts, previousRows: previous,
                visibleRows: files.visibleRows, now: now)
            switch decision.outcome {
            case .refuses(let refusal):
                try await registry.record(.run(report.refused))
                throw report.error(refusal)
            case .admits, .setsAside: break
            }
            try expectUnchanged(looked)
        } catch {
            folder.finish([])
            throw error
        }
        for verdict in verdicts { try folder.record(verdict) }
        folder.finish(verdicts)
        admitted.decisions += report.warnings
        admitted.coverage.append("\(table.name): \(report.coverage.text)")
        try await registry.record(.run(report.admitted))
        return try admitted.refusingNothing()
    }

    private func reference(to paths: [String]) -> TableReference {
        TableReference(prepared.source, .paths(paths, prepared.format))
    }

    /// What the new files are described as, where no other files are there.
    private var settled: SettledDescription? {
        prepared.settled.flatMap { $0.description.files.count == files.new.count ? $0 : nil }
    }

    /// The rows of each new file, in the order in which an engine hands over those of all.
    private func each(_ context: TableContext, _ reader: JudgedText) -> [JudgedRows.File] {
        files.new.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { path in
            JudgedRows.File(path: path, rows: table.rows(of: reference(to: [path]), context, engine: reader))
        }
    }

    /// Splits each file by the promises whose failing rows are set aside, and says what became of its rows.
    private func split(
        by promises: [Promise], _ context: TableContext, _ reader: JudgedText, _ judged: JudgedRows, keepsValues: Bool
    ) async throws(TallyError) -> [GateVerdict] {
        let splitter = RowSplit(
            root: root, engine: reader, table: table, context: context, promises: promises, format: prepared.format)
        let digest = Fingerprint(of: table.contract.withoutWords.json)
        try begin(splitter)
        var verdicts: [GateVerdict] = []
        for file in files.new {
            let run = folder.runName(file.key, at: now)
            let result =
                promises.isEmpty
                ? RowSplit.Result(rows: try await count(file.path, reader))
                : try await splitter.run(file.path, judged[file.path], run: run, folder: folder)
            if keepsValues, let accepted = result.accepted, let judgement = result.judgement {
                try await reader.letIn(accepted, of: file.path) { !judgement.isBroken($0) }
            }
            verdicts.append(
                GateVerdict(
                    digest: file.key, making: table.making, path: file.path, promises: digest, decidedAt: now, result))
        }
        return verdicts
    }

    /// Notes the files into which new files are split, so that the next run can remove them if this one is killed.
    private func begin(_ splitter: RowSplit) throws(TallyError) {
        guard !splitter.promises.isEmpty else { return }
        let outputs = files.new.flatMap { file in
            let run = folder.runName(file.key, at: now)
            let outputs = splitter.outputs(of: file.path, in: reference(to: [file.path]), run: run, folder: folder)
            return [outputs.accepted, outputs.quarantined]
        }
        try folder.begin(outputs)
    }

    private func count(_ path: String, _ reader: JudgedText) async throws(TallyError) -> Int {
        let result = try await reader.measure(MeasureRequest(table: reference(to: [path]), measures: [.rows]))
        guard case .count(let rows)? = result.values.first else {
            throw TallyError(.internal, "the engine did not count the rows", subject: path)
        }
        return rows
    }

    /// Records the state of files before they are judged.
    ///
    /// Their digests are held against them once more behind that: who exchanges a file and puts it back leaves a trace in its
    /// stamp, so that what is judged is what has the digest.
    private func look() throws(TallyError) -> LookedFiles {
        let looked = LookedFiles(files.new.map(\.path), root: root)
        try expectUnchanged(looked)
        // Their columns were taken before: who exchanged a file only while it was described left a trace, too.
        try settled?.looked.expectUnchanged()
        return looked
    }

    /// Throws `E-unreadable` when a file is not what it was when its bytes were taken for what the verdict goes by, `E-conflict`
    /// when it was written to or exchanged since it was looked at.
    private func expectUnchanged(_ looked: LookedFiles) throws(TallyError) {
        try looked.expectUnchanged()
        let snapshotter = Snapshotter(root: root)
        for new in files.new where try !snapshotter.isUnchanged(new.file) {
            throw TallyError(
                .unreadable, "changed while it was judged", subject: new.path,
                help: "let its writer finish, then run the command again; nothing was decided about it")
        }
    }
}

extension Admission {
    /// The rows of files as the promises about all rows see them.
    func visible(
        _ paths: [String], of admitted: PreparedSource, reader: JudgedText
    ) async throws(TallyError) -> Visible {
        guard !paths.isEmpty else { return .none }
        guard !setPromises.isEmpty else { return .unasked }
        let reference = TableReference(admitted.source, .paths(paths, admitted.format))
        let context = table.context(
            try await table.description(of: reference, engine: reader), now: now, previousRows: previousRows,
            tables: [table.object.name: reference])
        reader.keep(table.judged(setCheck(context).columns, context, withTexts: false))
        return .rows(table.rows(of: reference, context, engine: reader), context)
    }
}
