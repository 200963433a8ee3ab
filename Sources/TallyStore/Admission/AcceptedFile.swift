// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyReading

/// Writes the admitted rows of a file, with their texts unchanged, in the format of the file.
struct AcceptedFile {
    let root: String
    let engine: any OfflineEngine
    /// How the texts of CSV are written.
    let options: TextOptions

    /// Writes the rows that keep the promises as CSV; the number of rows written.
    func writeTexts(_ rows: SplitRows, _ judged: RowJudgement, to path: String) async throws(TallyError) -> Int {
        // Each text as it was: only so can it be read again.
        let read = rows.columns.map { ScanRequest.Column(name: $0.name, type: .string) }
        return try await Self.writeCSV(
            ScanRequest(table: rows.reference, columns: read), to: root + "/" + path, engine: engine,
            options: options
        ) { !judged.isBroken($0) }
    }

    /// Writes the rows that keep the promises as JSON lines; the number of rows written.
    func writeLines(_ rows: SplitRows, _ judged: RowJudgement, to path: String) async throws(TallyError) -> Int {
        rows.places == nil
            ? try writeOwnLines(rows, judged, to: path) : try await writeKeptLines(rows, judged, to: path)
    }

    /// The Parquet file of the rows that keep the promises, which are read as `SplitRows.readExactly` says.
    func columns(_ rows: SplitRows, _ judged: RowJudgement, to path: String) -> SplitRows.Output {
        columns(rows, to: path) { !judged.isBroken($0) }
    }

    /// The Parquet file of some rows, which are read as `SplitRows.readExactly` says.
    func columns(_ rows: SplitRows, to path: String, picking: @escaping (Int) -> Bool) -> SplitRows.Output {
        let columns = rows.columns.map { column in
            WriteRequest.Column(
                schema: ColumnSchema(
                    name: column.name, type: column.exactType == nil ? column.carrier ?? .string : .string),
                nativeType: column.exactType ?? column.nativeType)
        }
        return SplitRows.Output(
            request: WriteRequest(path: root + "/" + path, format: .parquet, columns: columns),
            picking: picking)
    }

    /// Writes the lines of the rows that keep the promises, byte by byte as they stood.
    private func writeOwnLines(
        _ rows: SplitRows, _ judged: RowJudgement, to path: String
    ) throws(TallyError) -> Int {
        let (kept, count) = try Self.writeLines(rows.path.path(from: root), to: root + "/" + path) {
            !judged.isBroken($0)
        }
        guard count == judged.rows else {
            FileName.remove(root + "/" + path)
            throw TallyError(
                .invalidData, "it has \(count) lines and \(judged.rows) rows", subject: rows.path,
                help: "write one object a line, uncompressed")
        }
        return kept
    }

    /// Writes the lines that rows carry which were set aside before; there are few of them.
    private func writeKeptLines(
        _ rows: SplitRows, _ judged: RowJudgement, to path: String
    ) async throws(TallyError) -> Int {
        var bytes: [UInt8] = []
        var (row, kept) = (0, 0)
        let line = ScanRequest.Column(name: SetAsideFile.lineColumn, type: .string)
        try await engine.scan(ScanRequest(table: rows.reference, columns: [line])) { (batch) in
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

    /// Writes some lines of a file byte by byte as they stand; the number of lines written, and of all.
    static func writeLines(
        _ source: String, to path: String, picking: (Int) -> Bool
    ) throws(TallyError) -> (kept: Int, count: Int) {
        var kept = 0
        var lines = try JSONLines(source)
        try AtomicFile.write(to: path) { (sink) throws(TallyError) in
            var row = 0
            while let line = try lines.next() {
                if picking(row) {
                    try sink(line + [UInt8(ascii: "\n")])
                    kept += 1
                }
                row += 1
            }
        }
        return (kept, lines.count)
    }

    /// Writes some rows of a table of texts as CSV in the dialect that reads them again; the number of rows written.
    static func writeCSV(
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
}
