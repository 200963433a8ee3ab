// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The rows of a file while it is split, and how they are read.
struct SplitRows {
    let reference: TableReference
    let path: String
    /// The file's own columns.
    let columns: [TableDescription.Column]
    /// The values in the names of the path's folders; a copy does not hold them, since it lies in folders of the same
    /// names.
    let folders: [(name: String, value: String?)]
    /// The rows' positions in their first file, for rows that were set aside before; nil for that file itself.
    var places: [Value]?

    /// Looks at the columns of a file.
    init(
        _ path: String, _ reference: TableReference, _ format: Source.FileFormat, engine: any OfflineEngine
    ) async throws(TallyError) {
        self.path = path
        self.reference = reference
        let folders = reference.partitions.map { HivePartitions.values(ofPath: path, under: $0) } ?? []
        self.folders = folders
        columns = try await engine.describe(reference.namingTexts).columns.filter { column in
            if folders.contains(where: { $0.name.utf8.elementsEqual(column.name.utf8) }) { return false }
            // What no type carries stands in the line of JSON that is kept with the row.
            return !SetAsideFile.reasonColumns.contains(column.name) && (format != .json || column.carrier != nil)
        }
    }

    /// A file that some of the rows are written to.
    struct Output {
        let request: WriteRequest
        /// Whether a row is among them.
        let picking: (Int) -> Bool
        /// The rows as they are written, of those that were picked of a batch: their places in it, and where it begins.
        var extend: (Batch, [Int], Int) throws(TallyError) -> Batch = { (rows, _, _) in rows }
    }

    /// The columns of a Parquet file with all that their values hold: those that no type of ours carries whole as texts.
    static func readExactly(_ columns: [TableDescription.Column]) -> [ScanRequest.Column] {
        columns.map { ScanRequest.Column(name: $0.name, type: $0.exactType == nil ? nil : .string) }
    }

    /// Copies rows to some files in one pass, batch by batch; the number of rows that were written to each.
    func copy(
        _ read: [ScanRequest.Column], to outputs: [Output], engine: any OfflineEngine
    ) async throws(TallyError) -> [Int] {
        var written = outputs.map { _ in 0 }
        try await open(outputs, [], engine) { (sinks) async throws(TallyError) in
            var start = 0
            try await engine.scan(ScanRequest(table: reference, columns: read)) {
                (batch) async throws(TallyError) in
                for (index, output) in outputs.enumerated() {
                    let picked = (0..<batch.count).filter { output.picking(start + $0) }
                    guard !picked.isEmpty else { continue }
                    try await sinks[index].send(try output.extend(batch.selecting(picked), picked, start))
                    written[index] += picked.count
                }
                start += batch.count
            }
        }
        return written
    }

    /// Opens one file within the other, and then has the rows sent.
    private func open(
        _ outputs: [Output], _ sinks: [BatchSink], _ engine: any OfflineEngine,
        _ send: ([BatchSink]) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        guard sinks.count < outputs.count else { return try await send(sinks) }
        try await engine.write(outputs[sinks.count].request) { (sink) async throws(TallyError) in
            try await open(outputs, sinks + [sink], engine, send)
            return [:]
        }
    }
}
