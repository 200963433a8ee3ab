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

    /// Copies some rows, batch by batch; the number of rows that were written.
    func copy(
        _ read: [ScanRequest.Column], to request: WriteRequest, engine: any OfflineEngine,
        picking: (Int) -> Bool, extend: (Batch, [Int], Int) throws(TallyError) -> Batch
    ) async throws(TallyError) -> Int {
        var (written, start) = (0, 0)
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await engine.scan(ScanRequest(table: reference, columns: read)) {
                (batch) async throws(TallyError) in
                let picked = (0..<batch.count).filter { picking(start + $0) }
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
}
