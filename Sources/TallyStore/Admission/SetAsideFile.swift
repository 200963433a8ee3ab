// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyContracts
internal import TallyModel

/// Writes the rows of a file that are set aside, each with the rules it breaks, the values that do, and its place in the file.
struct SetAsideFile {
    let root: String
    let engine: any OfflineEngine
    let table: PromisedTable
    let context: TableContext
    /// The format of the file that the rows came from.
    let format: Source.FileFormat

    /// The columns that a file of set-aside rows has in addition to the source's own.
    static let ruleColumn = "tally_rule"
    static let observedColumn = "tally_observed"
    static let rowColumn = "tally_row"
    /// The row as it stood, of a file of JSON lines.
    static let lineColumn = "tally_line"
    static let reasonColumns: Set<String> = [ruleColumn, observedColumn, rowColumn, lineColumn]

    /// Returns the positions that the rows of such a file had in the file they came from.
    static func places(in path: String, engine: any OfflineEngine) async throws(TallyError) -> [Value] {
        var places: [Value] = []
        let request = ScanRequest(
            table: TableReference(rows: .paths([path], .parquet)),
            columns: [ScanRequest.Column(name: rowColumn, type: .int64)])
        try await engine.scan(request) { (batch) in places += batch.columns[0].values }
        return places
    }

    /// Writes the rows of a file that were set aside as the CSV they came from: each value as the text it was.
    static func writeTexts(
        of path: String, to texts: String, root: String, engine: any OfflineEngine, options: TextOptions
    ) async throws(TallyError) {
        let reference = TableReference(rows: .paths([path], .parquet))
        let own = try await engine.describe(reference).columns.filter { !reasonColumns.contains($0.name) }
        _ = try await AcceptedFile.writeCSV(
            ScanRequest(table: reference, columns: own.map { ScanRequest.Column(name: $0.name, type: nil) }),
            to: root + "/" + texts, engine: engine, options: options
        ) { _ in true }
    }

    /// The columns beside the file's own.
    private var reasons: [ColumnSchema] {
        [
            ColumnSchema(name: Self.ruleColumn, type: .string),
            ColumnSchema(name: Self.observedColumn, type: .string),
            ColumnSchema(name: Self.rowColumn, type: .int64),
        ] + (format == .json ? [ColumnSchema(name: Self.lineColumn, type: .string)] : [])
    }

    /// The file of the rows that break a promise, each with the rules, the values that do, and its place in the file.
    ///
    /// Rows of a Parquet file are read for it as `SplitRows.readExactly` says.
    func columns(_ input: SplitRows, _ judged: RowJudgement, to path: String) -> SplitRows.Output {
        let columns = input.columns.map { column in
            // What stands in JSON is kept as its line; beside it the texts are for people.
            let isText = column.isText || column.exactType != nil
            return WriteRequest.Column(
                schema: ColumnSchema(name: column.name, type: isText ? .string : column.carrier ?? .string),
                nativeType: column.exactType ?? (isText ? nil : column.nativeType))
        }
        let request = WriteRequest(
            path: root + "/" + path, format: .parquet,
            columns: columns + reasons.map { WriteRequest.Column(schema: $0) },
            metadata: [
                "tallystick.table": table.name, "tallystick.file": input.path,
                "tallystick.replay": NextStep.quarantineReplay(table.folder).spelled(for: .commandLine),
            ])
        return SplitRows.Output(request: request, picking: { judged.isBroken($0) }) { rows, picked, start in
            explained(rows, picked, start, judged, input, lines: [])
        }
    }

    /// Writes the rows of a text file that break a promise; the number of rows written.
    func write(
        _ input: SplitRows, _ judged: RowJudgement, to path: String
    ) async throws(TallyError) -> Int {
        let isJSON = format == .json
        let lines = input.places != nil && isJSON ? [ScanRequest.Column(name: Self.lineColumn, type: .string)] : []
        let read = input.columns.map { column in
            ScanRequest.Column(name: column.name, type: column.isText || column.exactType != nil ? .string : nil)
        }
        var output = columns(input, judged, to: path)
        if isJSON, input.places == nil {
            let written = Mutex(try JSONLines(input.path.path(from: root)))
            output.extend = { (rows, picked, start) throws(TallyError) in
                let texts = try written.withLock { (written) throws(TallyError) -> [Value] in
                    var texts: [Value] = []
                    for index in picked {
                        try written.skip(to: start + index)
                        texts.append(.string(String(decoding: try written.next() ?? [], as: UTF8.self)))
                    }
                    return texts
                }
                return explained(rows, picked, start, judged, input, lines: texts)
            }
        }
        return try await input.copy(read + lines, to: [output], engine: engine)[0]
    }

    /// Adds the reasons to rows that are set aside.
    private func explained(
        _ rows: Batch, _ picked: [Int], _ start: Int, _ judged: RowJudgement, _ input: SplitRows, lines: [Value]
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
