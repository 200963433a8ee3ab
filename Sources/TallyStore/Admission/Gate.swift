// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Admits the files of a source, some of their rows, or none, by its promises (SEMANTICS 7).
///
/// A file is judged once, by its bytes, when they first enter; the verdict is recorded and replayed by every later run, in
/// training and serving alike. Where rows were set aside, a copy of the others stands in for the file. How rows are judged is
/// for `Admission` to know.
struct Gate: Sendable {
    let root: String
    let engine: any OfflineEngine
    let registry: any Registry
    /// Whether no new decision may be made, so that only rows admitted before are visible.
    var isReading = false

    /// Returns the source as the promises of a table let it in; judges files that are new.
    ///
    /// Throws `E-broken-promise` when one of them blocks: nothing of the new files becomes visible.
    func admit(
        _ prepared: PreparedSource, _ table: PromisedTable, at now: Timestamp
    ) async throws(TallyError) -> PreparedSource {
        let folder = GateFolder(root: root, table: table.folder)
        var files = try JudgedFiles(prepared, folder, making: table.making)
        guard !isReading else { return try readable(prepared, table, files, at: now) }
        var told: [Advice] = []
        if !files.new.isEmpty || folder.isUnfinished || files.known.values.contains(where: { !$0.isSealed }) {
            // One command decides at a time; what another one decided meanwhile counts.
            let lock = try await folder.lock()
            defer { withExtendedLifetime(lock) {} }
            folder.finishKilled()
            files = try JudgedFiles(prepared, folder, making: table.making)
            try await expectRecorded(files.known.values.filter { !$0.isSealed }, of: table)
            told = try folder.seal(&files.known).map { ["\(table.name): \($0)"] } ?? []
            if !files.new.isEmpty {
                let entry = FileAdmission(
                    root: root, engine: engine, registry: registry, prepared: prepared, table: table, files: files,
                    folder: folder, now: now)
                var admitted = try await entry.decide()
                admitted.decisions = told + admitted.decisions
                return admitted
            }
        }
        var admitted = try prepared.admitted(files.known, table.making, root: root, at: now)
        admitted.decisions += told
        return try admitted.refusingNothing()
    }

    /// Returns a source without its unjudged files; throws `E-not-materialized` when all files are unjudged.
    private func readable(
        _ prepared: PreparedSource, _ table: PromisedTable, _ files: JudgedFiles, at now: Timestamp
    ) throws(TallyError) -> PreparedSource {
        guard !files.known.isEmpty || files.new.isEmpty else {
            throw TallyError(
                .notMaterialized, "no run has let any of its files in yet", subject: table.name,
                help: "run `\(.materialize())`, which holds them against what is promised")
        }
        let judged = prepared.leavingOut(Set(files.new.map { ExactPath($0.path) }))
        return try judged.admitted(files.known, table.making, root: root, at: now).refusingNothing()
    }

    /// Returns the source as its recorded verdicts admit it, when no promise is left: rows that were set aside are left
    /// out.
    func replay(
        _ prepared: PreparedSource, folder name: String, making: Fingerprint? = nil, at now: Timestamp
    ) throws(TallyError) -> PreparedSource {
        guard FileName.exists(root + "/" + GateFolder.parent + "/" + name) else { return prepared }
        let files = try JudgedFiles(prepared, GateFolder(root: root, table: name), making: making)
        var admitted = try prepared.admitted(files.known, making, root: root, at: now)
        if let told = GateFolder.unsealed(files.known.values) { admitted.decisions.append("\(name): \(told)") }
        return try admitted.refusingNothing()
    }

    /// Decides about the rows of one more file by what the promises about all rows say of them and of those that are visible.
    func decision(
        on prepared: PreparedSource, adding path: String, _ table: PromisedTable, at now: Timestamp
    ) async throws(TallyError) -> Decision {
        let folder = GateFolder(root: root, table: table.folder)
        let files = try JudgedFiles(prepared, folder, making: table.making)
        // Files that never entered are judged when they do.
        let admitted = try prepared.admitted(files.known, table.making, root: root, at: now)
        let paths = admitted.snapshot.files.map(\.path).filter { path in !files.new.contains { $0.path == path } }
        let admission = Admission(table: table, now: now, previousRows: files.visibleRows)
        let visible = try await admission.visible(
            paths + [path], of: admitted, reader: JudgedText(engine, folder))
        return Decision(on: try await admission.setFindings(visible), by: table.contract)
    }
}
