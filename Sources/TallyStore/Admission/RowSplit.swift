// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Splits a file into the rows that keep some promises and the rows that break one.
///
/// One pass judges the rows, unless that was done, and one writes those that keep the promises as they stand and those that
/// do not (of text, which is read from a copy in columns, one each). Every row goes to exactly one of the two files, and the
/// counts are compared, so that none is lost or doubled.
struct RowSplit {
    /// The files into which the rows of a file went, with counts.
    struct Result {
        let rows: Int
        var setAside = 0
        var accepted: String?
        var acceptedDigest: Fingerprint?
        var acceptedSize: Int64 = 0
        var quarantined: KeptFile?
        /// The rows that are set aside; nil for a recorded verdict.
        var judgement: RowJudgement?
    }

    let root: String
    let engine: any OfflineEngine
    let table: PromisedTable
    let context: TableContext
    /// The promises whose failing rows are set aside.
    let promises: [Promise]
    let format: Source.FileFormat

    /// Splits a file as its rows were judged, or judges them; a file without failing rows stays as it is.
    func run(
        _ path: String, _ known: RowJudgement?, run: String, folder: GateFolder
    ) async throws(TallyError) -> Result {
        guard format != .json || Self.hasPlainLines(path) else {
            throw TallyError(
                .misuse, "rows of compressed JSON files cannot be set aside one by one", subject: path,
                help: "unpack the file, keep the source in Parquet or CSV, or choose block instead of quarantine")
        }
        let reference = TableReference(table.source, .paths([path], format))
        let judged = if let known { known } else { try await judge(reference) }
        guard judged.failing > 0 else { return Result(rows: judged.rows) }
        let rows = try await SplitRows(path, reference, format, engine: engine)
        return try await write(rows, judged, run: run, folder: folder)
    }

    /// Whether a file of JSON lines is not packed, so that its lines can be taken one by one.
    static func hasPlainLines(_ path: String) -> Bool {
        let name = path.lowercased()
        return ["json", "jsonl"].contains { name.hasSuffix($0) }
    }

    /// Splits rows that were set aside before into those that keep the promises now and those that still break one.
    ///
    /// The rows are in the file at `path`; `reference` is where they are read, which is their texts for CSV.
    func again(
        _ path: String, read reference: TableReference, run: String, folder: GateFolder
    ) async throws(TallyError) -> Result {
        var rows = try await SplitRows(path, reference, format, engine: engine)
        rows.places = try await SetAsideFile.places(in: path, engine: engine)
        return try await write(rows, try await judge(reference), run: run, folder: folder)
    }

    private func judge(_ reference: TableReference) async throws(TallyError) -> RowJudgement {
        try await RowJudgement.of(table.rows(of: reference, context, engine: engine), by: promises, context)
    }

    private func write(
        _ rows: SplitRows, _ judged: RowJudgement, run: String, folder: GateFolder
    ) async throws(TallyError) -> Result {
        let failing = judged.failing
        let (accepted, quarantined) = outputs(of: rows.path, in: rows.reference, run: run, folder: folder)
        for file in [accepted, quarantined] { try folder.makeFolder(FileName.folder(of: file)) }
        let acceptedFile = AcceptedFile(root: root, engine: engine, options: table.source.text)
        let setAsideFile = SetAsideFile(root: root, engine: engine, table: table, context: context, format: format)
        let kept: Int
        var aside = 0
        switch format {
        case .parquet:
            // Both are read alike, so that one pass over the file is enough.
            var outputs = [acceptedFile.columns(rows, judged, to: accepted)]
            if failing > 0 { outputs.append(setAsideFile.columns(rows, judged, to: quarantined)) }
            let written = try await rows.copy(SplitRows.readExactly(rows.columns), to: outputs, engine: engine)
            (kept, aside) = (written[0], written.dropFirst().reduce(0, +))
        case .csv: kept = try await acceptedFile.writeTexts(rows, judged, to: accepted)
        case .json: kept = try await acceptedFile.writeLines(rows, judged, to: accepted)
        }
        if format != .parquet, failing > 0 { aside = try await setAsideFile.write(rows, judged, to: quarantined) }
        guard kept + aside == judged.rows, aside == failing else {
            FileName.remove(root + "/" + accepted)
            FileName.remove(root + "/" + quarantined)
            throw TallyError(
                .internal, "\(kept) rows let in and \(aside) set aside are not the \(judged.rows) rows read",
                subject: rows.path, help: "the file changed meanwhile: run the command again")
        }
        let copy = try KeptFile(at: accepted, root: root)
        return Result(
            rows: judged.rows, setAside: failing, accepted: accepted, acceptedDigest: copy.digest,
            acceptedSize: copy.size, quarantined: failing > 0 ? try KeptFile(at: quarantined, root: root) : nil,
            judgement: judged)
    }

    /// Returns the files into which a file is split: admitted rows, and rows that are set aside.
    func outputs(
        of path: String, in reference: TableReference, run: String, folder: GateFolder
    ) -> (accepted: String, quarantined: String) {
        let below = Self.folders(of: path, in: reference)
        return ("\(folder.path)/accepted/\(below)\(run).\(format.rawValue)", "\(folder.path)/\(below)\(run).parquet")
    }

    /// The folders of a path that are columns, as the start of a path: a copy in such folders has the same columns.
    static func folders(of path: String, in table: TableReference) -> String {
        table.partitions.map { HivePartitions.folders(ofPath: path, under: $0).map { $0 + "/" }.joined() } ?? ""
    }
}
