// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
internal import TallyModel

/// A row that breaks a promise, with the file it is in.
public struct PlacedRow: Sendable, Hashable {
    /// The row, and its values.
    public let failing: FailingRow
    /// The file, spelled like the source's path without a leading `./`; nil for a query, or where files do not say how many rows they have.
    public let file: String?
    /// The row's place in the file, from 0; in the table where there is no file.
    public let row: Int
}

/// Finds the files that rows of a table are in.
struct RowPlaces {
    let engine: any OfflineEngine
    let table: TableReference
    /// The table's files in the order of its rows.
    let files: [String]
    /// The types as which columns of text are read.
    let types: [ColumnSchema]

    /// The rows with their files, in the same order: as many files are counted as it takes.
    func placed(_ rows: [Int: [FailingRow]]) async throws(TallyError) -> [Int: [PlacedRow]] {
        let last = rows.values.flatMap { $0 }.map(\.row).max()
        let starts = try await starts(upTo: last ?? -1)
        return rows.mapValues { failing in
            failing.map { one in
                guard let index = starts.lastIndex(where: { $0 <= one.row }), files.indices.contains(index) else {
                    return PlacedRow(failing: one, file: nil, row: one.row)
                }
                return PlacedRow(failing: one, file: Self.spelled(files[index]), row: one.row - starts[index])
            }
        }
    }

    /// A path as people write it, without the `./` of a working directory.
    private static func spelled(_ path: String) -> String { path.behind("./") ?? path }

    /// Returns the number of each file's first row, up to the file with a given row; none when they are not known.
    private func starts(upTo row: Int) async throws(TallyError) -> [Int] {
        guard row >= 0, !files.isEmpty, case .files(_, let format) = table.rows else { return [] }
        var starts = [0]
        while starts.count < files.count {
            let file = TableReference(
                rows: .paths([files[starts.count - 1]], format), timeZone: table.timeZone, text: table.text,
                partitions: table.partitions
            ).readingUnreadableAsNull
            let request = MeasureRequest(table: file, types: types, measures: [.rows])
            guard case .count(let rows)? = try await engine.measure(request).values.first else { return [] }
            let next = (starts.last ?? 0) + rows
            if next > row { return starts }
            starts.append(next)
        }
        return starts
    }
}
