// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Splits a file into the rows that keep some promises and the rows that break one, in one pass.
///
/// Every row goes to exactly one of the two files; the counts are compared, so that none is lost or doubled.
struct RowSplit {
    /// Where the rows of a file went.
    struct Result {
        let rows: Int
        let setAside: Int
        let accepted: String?
        let acceptedDigest: Fingerprint?
        let acceptedSize: Int64
        let quarantined: String?
    }

    let root: String
    let engine: any OfflineEngine
    let table: PromisedTable
    let context: TableContext
    /// The promises whose failing rows are set aside.
    let promises: [Promise]
    let format: Source.FileFormat

    /// The columns beside the file's own in a file of rows that were set aside.
    static let ruleColumn = "tally_rule"
    static let observedColumn = "tally_observed"
    static let rowColumn = "tally_row"

    /// The rules of one promise.
    private struct Judge {
        let promise: Promise
        let rules: [RowRule]
    }

    /// Splits a file; a file without failing rows stays as it is.
    func run(_ file: SourceSnapshot.File, folder: GateFolder, at now: Timestamp) async throws(TallyError) -> Result {
        let reference = TableReference(rows: .files([file.path], format), timeZone: table.source.timeZone)
        let run = folder.runName(file.digest, at: now)
        return try await split(reference, file.path, run: run, folder: folder, keepsWhole: true)
    }

    /// Splits rows that were set aside before into those that keep the promises now and those that still break one.
    func again(_ path: String, run: String, folder: GateFolder) async throws(TallyError) -> Result {
        let reference = TableReference(rows: .files([path], .parquet), timeZone: table.source.timeZone)
        return try await split(reference, path, run: run, folder: folder, keepsWhole: false)
    }

    private func split(
        _ reference: TableReference, _ path: String, run: String, folder: GateFolder, keepsWhole: Bool
    ) async throws(TallyError) -> Result {
        guard format != .json else {
            throw TallyError(
                .misuse, "rows of JSON files cannot be set aside one by one", subject: table.name,
                help: "keep the source in Parquet or CSV, or choose block instead of quarantine")
        }
        let judges = try makeJudges()
        let own = try await engine.describe(reference).columns.filter { !Self.reasonColumns.contains($0.name) }
        var total = 0
        var failing = 0
        try await pass(reference, own, judges, isAgain: !keepsWhole) { (rows, masks, _) in
            total += rows.count
            failing += Self.union(masks, rows.count).failing
        }
        guard failing > 0 || !keepsWhole else {
            return Result(
                rows: total, setAside: 0, accepted: nil, acceptedDigest: nil, acceptedSize: 0, quarantined: nil)
        }
        let ending = format == .csv ? "csv" : "parquet"
        let accepted = "\(folder.path)/accepted/\(run).\(ending)"
        let quarantined = "\(folder.path)/\(run).parquet"
        try folder.makeFolder(folder.path + "/accepted")
        let counts = try await write(
            reference, own, judges, to: (accepted, quarantined), path, isAgain: !keepsWhole)
        guard counts.accepted + counts.aside == total, counts.aside == failing else {
            FileName.remove(root + "/" + accepted)
            FileName.remove(root + "/" + quarantined)
            throw TallyError(
                .internal,
                "\(counts.accepted) rows let in and \(counts.aside) set aside are not the \(total) rows read",
                subject: path, help: "the file changed meanwhile: run the command again")
        }
        if failing == 0 { FileName.remove(root + "/" + quarantined) }
        return Result(
            rows: total, setAside: failing, accepted: accepted,
            acceptedDigest: try Snapshotter(root: root).digest(ofFile: accepted),
            acceptedSize: try folder.size(of: accepted), quarantined: failing == 0 ? nil : quarantined)
    }

    private static let reasonColumns: Set<String> = [ruleColumn, observedColumn, rowColumn]

    private func makeJudges() throws(TallyError) -> [Judge] {
        var judges: [Judge] = []
        for promise in promises {
            var rules: [RowRule] = []
            for test in CheckCatalogue.prepare(promise, for: context).rowTests {
                guard case .success(let rule) = RowRule.compile(test, columns: context.schema) else {
                    throw TallyError(.internal, "a promise that was executed does not compile", subject: promise.id)
                }
                rules.append(rule)
            }
            judges.append(Judge(promise: promise, rules: rules))
        }
        return judges
    }

    private static let judgeMark = "tally!judge!"
    private static let placeMark = "tally!place"

    /// Goes through a file: its own rows as they stand, for each promise which of them break it, and the rows' places.
    ///
    /// Rows that were set aside before still know their place in the file they came from.
    private func pass(
        _ reference: TableReference, _ own: [TableDescription.Column], _ judges: [Judge], isAgain: Bool,
        _ body: (Batch, [RowMask], [Value]) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        let carried = own.map { ScanRequest.Column(name: $0.name, type: nil) }
        let needed = Set(judges.flatMap { $0.rules.flatMap(\.inputs) })
        let read = context.found.filter { needed.contains($0.name) }
        let judged: [ScanRequest.Column] =
            if let view = table.view {
                view.tableRequest.map {
                    ScanRequest.Column(name: $0.name, alias: Self.judgeMark + $0.alias, type: $0.type)
                }
            } else {
                read.map { ScanRequest.Column(name: $0.name, alias: Self.judgeMark + $0.name, type: $0.readType) }
            }
        let place = isAgain ? [ScanRequest.Column(name: Self.rowColumn, alias: Self.placeMark, type: .int64)] : []
        let request = ScanRequest(table: reference, columns: carried + judged + place)
        var start = 0
        try await engine.scan(request) { (batch) async throws(TallyError) in
            let rows = Batch(
                schema: Array(batch.schema.prefix(own.count)), columns: Array(batch.columns.prefix(own.count)),
                count: batch.count)
            var typed = Batch(
                schema: zip(judged, batch.schema.dropFirst(own.count)).map {
                    ColumnSchema(name: String($0.0.alias.dropFirst(Self.judgeMark.count)), type: $0.1.type)
                }, columns: Array(batch.columns.dropFirst(own.count).prefix(judged.count)), count: batch.count)
            if let view = table.view { typed = try view.tableBatch(typed) }
            let masks = judges.map { judge in
                judge.rules.reduce(into: RowMask(count: batch.count)) { $0.formUnion($1.failures(in: typed)) }
            }
            let places = batch[Self.placeMark]?.values ?? (0..<batch.count).map { .int64(Int64(start + $0)) }
            start += batch.count
            try await body(rows, masks, places)
        }
    }

    private static func union(_ masks: [RowMask], _ count: Int) -> RowMask {
        masks.reduce(into: RowMask(count: count)) { $0.formUnion($1) }
    }

    /// Writes both files in one pass over the rows.
    private func write(
        _ reference: TableReference, _ own: [TableDescription.Column], _ judges: [Judge],
        to paths: (accepted: String, quarantined: String), _ file: String, isAgain: Bool
    ) async throws(TallyError) -> (accepted: Int, aside: Int) {
        let columns = own.map { column in
            WriteRequest.Column(
                schema: ColumnSchema(name: column.name, type: column.carrier ?? .string),
                nativeType: column.nativeType)
        }
        let reasons: [ColumnSchema] = [
            ColumnSchema(name: Self.ruleColumn, type: .string),
            ColumnSchema(name: Self.observedColumn, type: .string),
            ColumnSchema(name: Self.rowColumn, type: .int64),
        ]
        let metadata = [
            "tallystick.table": table.name, "tallystick.file": file,
            "tallystick.replay": "tally quarantine replay \(table.folder)",
        ]
        var (accepted, aside) = (0, 0)
        let keep = WriteRequest(path: root + "/" + paths.accepted, format: format, columns: columns)
        let put = WriteRequest(
            path: root + "/" + paths.quarantined, format: .parquet,
            columns: columns + reasons.map { WriteRequest.Column(schema: $0) }, metadata: metadata)
        try await engine.write(keep) { (kept) async throws(TallyError) in
            try await engine.write(put) { (set) async throws(TallyError) in
                try await pass(reference, own, judges, isAgain: isAgain) {
                    (rows, masks, places) async throws(TallyError) in
                    let broken = Self.union(masks, rows.count)
                    let good = (0..<rows.count).filter { !broken[$0] }
                    let bad = (0..<rows.count).filter { broken[$0] }
                    if !good.isEmpty { try await kept.send(rows.selecting(good)) }
                    if !bad.isEmpty { try await set.send(explained(rows, bad, masks, judges, reasons, places)) }
                    accepted += good.count
                    aside += bad.count
                }
                return [:]
            }
            return [:]
        }
        return (accepted, aside)
    }

    /// Rows with the rules they break, the values that do, and their place in the file.
    private func explained(
        _ rows: Batch, _ bad: [Int], _ masks: [RowMask], _ judges: [Judge], _ reasons: [ColumnSchema], _ places: [Value]
    ) -> Batch {
        let broken = bad.map { row in judges.indices.filter { masks[$0][row] }.map { judges[$0].promise } }
        let observed = zip(bad, broken).map { row, promises in
            promises.map { promise in
                let name = promise.column.map { context.physicalName($0) }
                return name.flatMap { rows[$0]?[row].text } ?? ""
            }.joined(separator: "; ")
        }
        let columns = [
            Column(type: .string, values: broken.map { .string($0.map(\.id).joined(separator: "; ")) }),
            Column(type: .string, values: observed.map { .string($0) }),
            Column(type: .int64, values: bad.map { places[$0] }),
        ]
        let picked = rows.selecting(bad)
        return Batch(schema: picked.schema + reasons, columns: picked.columns + columns, count: bad.count)
    }
}
