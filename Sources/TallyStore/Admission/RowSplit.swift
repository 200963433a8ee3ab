// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel
internal import TallyReading

/// Splits a file into the rows that keep some promises and the rows that break one.
///
/// One pass judges the rows, one writes those that keep the promises as they stand, one those that do not; every row goes to
/// exactly one of the two files, and the counts are compared, so that none is lost or doubled.
struct RowSplit {
    /// Where the rows of a file went.
    struct Result {
        let rows: Int
        var setAside = 0
        var accepted: String?
        var acceptedDigest: Fingerprint?
        var acceptedSize: Int64 = 0
        var quarantined: KeptFile?
        /// Which rows those are; nil of what was recorded.
        var judgement: RowJudgement?
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
    /// The row as it stood, of a file of JSON lines.
    static let lineColumn = "tally_line"
    private static let reasonColumns: Set<String> = [ruleColumn, observedColumn, rowColumn, lineColumn]

    /// A file while it is split.
    private struct Input {
        let reference: TableReference
        let path: String
        /// The file's own columns.
        let columns: [TableDescription.Column]
        /// Where its rows stood in the file they came from, of rows that were set aside before; nil for that file itself.
        let places: [Value]?
        /// What the folders of the path say, which no copy repeats: it lies in folders of the same names.
        let folders: [(name: String, value: String?)]
    }

    /// Splits a file; a file without failing rows stays as it is.
    func run(_ path: String, run: String, folder: GateFolder) async throws(TallyError) -> Result {
        let reference = TableReference(table.source, .paths([path], format))
        return try await split(reference, path, places: nil, run: run, folder: folder)
    }

    /// Splits rows that were set aside before into those that keep the promises now and those that still break one.
    ///
    /// The rows are in the file at `path`; `reference` is where they are read, which is their texts for CSV.
    func again(
        _ path: String, read reference: TableReference, run: String, folder: GateFolder
    ) async throws(TallyError) -> Result {
        var places: [Value] = []
        let request = ScanRequest(
            table: TableReference(rows: .paths([path], .parquet)),
            columns: [ScanRequest.Column(name: Self.rowColumn, type: .int64)])
        try await engine.scan(request) { (batch) in places += batch.columns[0].values }
        return try await split(reference, path, places: places, run: run, folder: folder)
    }

    /// Writes the rows of a file that were set aside as the CSV they came from: each value as the text it was.
    static func writeTexts(
        of path: String, to texts: String, root: String, engine: any OfflineEngine, options: TextOptions
    ) async throws(TallyError) {
        let reference = TableReference(rows: .paths([path], .parquet))
        let own = try await engine.describe(reference).columns.filter { !reasonColumns.contains($0.name) }
        _ = try await writeCSV(
            ScanRequest(table: reference, columns: own.map { ScanRequest.Column(name: $0.name, type: nil) }),
            to: root + "/" + texts, engine: engine, options: options
        ) { _ in true }
    }

    /// Writes some rows of a table of texts as CSV in the dialect that reads them again; the number of rows written.
    private static func writeCSV(
        _ request: ScanRequest, to path: String, engine: any OfflineEngine, options: TextOptions,
        picking: (Int) -> Bool
    ) async throws(TallyError) -> Int {
        let text = CSVText(options)
        let file = try AtomicWriter(path)
        try file.append(text.start + (try text.record(request.columns.map(\.alias))))
        var (written, row) = (0, 0)
        try await engine.scan(request) { (batch) throws(TallyError) in
            var bytes: [UInt8] = []
            for index in 0..<batch.count {
                defer { row += 1 }
                guard picking(row) else { continue }
                bytes += try text.record(batch.columns.map { $0.validity[index] ? $0[index].text : nil })
                written += 1
            }
            try file.append(bytes)
        }
        try file.commit()
        return written
    }

    private func split(
        _ reference: TableReference, _ path: String, places: [Value]?, run: String, folder: GateFolder
    ) async throws(TallyError) -> Result {
        let isAgain = places != nil
        guard format != .json || isAgain || path.lowercased().hasSuffix("json") || path.lowercased().hasSuffix("jsonl")
        else {
            throw TallyError(
                .misuse, "rows of compressed JSON files cannot be set aside one by one", subject: path,
                help: "unpack the file, keep the source in Parquet or CSV, or choose block instead of quarantine")
        }
        let folders = reference.partitions.map { HivePartitions.values(ofPath: path, under: $0) } ?? []
        let own = try await engine.describe(reference.namingTexts).columns.filter { column in
            if folders.contains(where: { $0.name.utf8.elementsEqual(column.name.utf8) }) { return false }
            // What no type carries stands in the line of JSON that is kept with the row.
            return !Self.reasonColumns.contains(column.name) && (format != .json || column.carrier != nil)
        }
        let input = Input(reference: reference, path: path, columns: own, places: places, folders: folders)
        let judged = try await RowJudgement.of(input.reference, promises, table, context, engine: engine)
        let failing = judged.failing
        guard failing > 0 || isAgain else {
            return Result(rows: judged.rows)
        }
        let (accepted, quarantined) = outputs(of: path, in: reference, run: run, folder: folder)
        for file in [accepted, quarantined] { try folder.makeFolder(FileName.folder(of: file)) }
        let kept =
            format == .json
            ? try await writeLines(input, judged, accepted: accepted)
            : try await write(input, judged, accepted: accepted)
        let aside = failing > 0 ? try await write(input, judged, setAside: quarantined) : 0
        guard kept + aside == judged.rows, aside == failing else {
            FileName.remove(root + "/" + accepted)
            FileName.remove(root + "/" + quarantined)
            throw TallyError(
                .internal, "\(kept) rows let in and \(aside) set aside are not the \(judged.rows) rows read",
                subject: path, help: "the file changed meanwhile: run the command again")
        }
        let copy = try KeptFile(at: accepted, root: root)
        return Result(
            rows: judged.rows, setAside: failing, accepted: accepted, acceptedDigest: copy.digest,
            acceptedSize: copy.size, quarantined: failing > 0 ? try KeptFile(at: quarantined, root: root) : nil,
            judgement: judged)
    }

    /// The files that a file is split into: rows that are let in, and rows that are set aside.
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

    /// Writes the rows that keep the promises; those of a text file keep their texts.
    private func write(
        _ input: Input, _ judged: RowJudgement, accepted path: String
    ) async throws(TallyError) -> Int {
        if format == .csv {
            // Each text as it was: only so can it be read again.
            let read = input.columns.map { ScanRequest.Column(name: $0.name, type: .string) }
            return try await Self.writeCSV(
                ScanRequest(table: input.reference, columns: read), to: root + "/" + path, engine: engine,
                options: table.source.text
            ) { !judged.isBroken($0) }
        }
        let read = input.columns.map { ScanRequest.Column(name: $0.name, type: $0.exactType == nil ? nil : .string) }
        let columns = zip(input.columns, read).map { column, asked in
            WriteRequest.Column(
                schema: ColumnSchema(name: column.name, type: asked.type ?? column.carrier ?? .string),
                nativeType: column.exactType ?? column.nativeType)
        }
        let request = WriteRequest(path: root + "/" + path, format: format, columns: columns)
        return try await copy(input, read, to: request) { (rows, start) in
            (0..<rows.count).filter { !judged.isBroken(start + $0) }
        } extend: { rows, _, _ in
            rows
        }
    }

    /// Writes the lines of the rows that keep the promises, byte by byte as they stood.
    private func writeLines(
        _ input: Input, _ judged: RowJudgement, accepted path: String
    ) async throws(TallyError) -> Int {
        var kept = 0
        guard input.places != nil else {
            var lines = try JSONLines(file(input.path))
            try AtomicFile.write(to: root + "/" + path) { (sink) throws(TallyError) in
                var row = 0
                while let line = try lines.next() {
                    if !judged.isBroken(row) {
                        try sink(line + [UInt8(ascii: "\n")])
                        kept += 1
                    }
                    row += 1
                }
            }
            guard lines.count == judged.rows else {
                FileName.remove(root + "/" + path)
                throw TallyError(
                    .invalidData, "it has \(lines.count) lines and \(judged.rows) rows", subject: input.path,
                    help: "write one object a line, uncompressed")
            }
            return kept
        }
        // Rows that were set aside before carry their lines; there are few of them.
        var bytes: [UInt8] = []
        var row = 0
        let line = ScanRequest.Column(name: Self.lineColumn, type: .string)
        try await engine.scan(ScanRequest(table: input.reference, columns: [line])) { (batch) in
            for index in 0..<batch.count {
                if !judged.isBroken(row) {
                    bytes += Array(batch.columns[0][index].text.utf8) + [UInt8(ascii: "\n")]
                    kept += 1
                }
                row += 1
            }
        }
        try AtomicFile.write(bytes, to: root + "/" + path)
        return kept
    }

    /// The path of a file of the source, which may lie outside of the repository.
    private func file(_ path: String) -> String { path.path(from: root) }

    /// Writes the rows that break a promise, each with the rules, the values that do, and its place in the file.
    private func write(
        _ input: Input, _ judged: RowJudgement, setAside path: String
    ) async throws(TallyError) -> Int {
        let isJSON = format == .json
        let lines = input.places != nil && isJSON ? [ScanRequest.Column(name: Self.lineColumn, type: .string)] : []
        let read = input.columns.map { column in
            // What stands in JSON is kept as its line; beside it the texts are for people.
            return ScanRequest.Column(name: column.name, type: column.isText || column.exactType != nil ? .string : nil)
        }
        let columns = zip(input.columns, read).map { column, asked in
            WriteRequest.Column(
                schema: ColumnSchema(name: column.name, type: asked.type ?? column.carrier ?? .string),
                nativeType: column.exactType ?? (asked.type == nil ? column.nativeType : nil))
        }
        let reasons =
            [
                ColumnSchema(name: Self.ruleColumn, type: .string),
                ColumnSchema(name: Self.observedColumn, type: .string),
                ColumnSchema(name: Self.rowColumn, type: .int64),
            ] + (isJSON ? [ColumnSchema(name: Self.lineColumn, type: .string)] : [])
        let request = WriteRequest(
            path: root + "/" + path, format: .parquet,
            columns: columns + reasons.map { WriteRequest.Column(schema: $0) },
            metadata: [
                "tallystick.table": table.name, "tallystick.file": input.path,
                "tallystick.replay": "tally quarantine replay \(table.folder)",
            ])
        guard isJSON, input.places == nil else {
            return try await copy(input, read + lines, to: request) { (rows, start) in
                (0..<rows.count).filter { judged.isBroken(start + $0) }
            } extend: { rows, picked, start in
                explained(rows, picked, start, judged, reasons, input, lines: [])
            }
        }
        var written = try JSONLines(file(input.path))
        return try await copy(input, read, to: request) { (rows, start) in
            (0..<rows.count).filter { judged.isBroken(start + $0) }
        } extend: { (rows, picked, start) throws(TallyError) in
            var texts: [Value] = []
            for index in picked {
                try written.skip(to: start + index)
                texts.append(.string(String(decoding: try written.next() ?? [], as: UTF8.self)))
            }
            return explained(rows, picked, start, judged, reasons, input, lines: texts)
        }
    }

    /// Copies some rows of a file, batch by batch; the number of rows that were written.
    private func copy(
        _ input: Input, _ read: [ScanRequest.Column], to request: WriteRequest,
        picking: (Batch, Int) -> [Int], extend: (Batch, [Int], Int) throws(TallyError) -> Batch
    ) async throws(TallyError) -> Int {
        var (written, start) = (0, 0)
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await engine.scan(ScanRequest(table: input.reference, columns: read)) {
                (batch) async throws(TallyError) in
                let picked = picking(batch, start)
                if !picked.isEmpty {
                    let rows = batch.selecting(picked)
                    try await sink.send(try extend(rows, picked, start))
                }
                written += picked.count
                start += batch.count
            }
            return [:]
        }
        return written
    }

    private func explained(
        _ rows: Batch, _ picked: [Int], _ start: Int, _ judged: RowJudgement, _ reasons: [ColumnSchema],
        _ input: Input, lines: [Value]
    ) -> Batch {
        let broken = picked.map { judged.promises(brokenAt: start + $0) }
        let observed = broken.enumerated().map { index, promises in
            promises.map { promise in
                let name = promise.column.map { context.physicalName($0) }
                return name.flatMap { name in
                    let folder = input.folders.first { $0.name.utf8.elementsEqual(name.utf8) }
                    return rows[name]?[index].text ?? folder?.value
                } ?? ""
            }.joined(separator: "; ")
        }
        let places = picked.map { input.places?[start + $0] ?? .int64(Int64(start + $0)) }
        let own = rows.schema.indices.filter { !Self.reasonColumns.contains(rows.schema[$0].name) }
        var columns =
            own.map { rows.columns[$0] } + [
                Column(type: .string, values: broken.map { .string($0.map(\.id).joined(separator: "; ")) }),
                Column(type: .string, values: observed.map { .string($0) }), Column(type: .int64, values: places),
            ]
        if format == .json { columns.append(rows[Self.lineColumn] ?? Column(type: .string, values: lines)) }
        return Batch(schema: own.map { rows.schema[$0] } + reasons, columns: columns, count: rows.count)
    }
}
