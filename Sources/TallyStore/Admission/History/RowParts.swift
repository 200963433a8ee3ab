// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyHistory
internal import TallyModel

/// Parts files by the age of their rows: where they are not all equally old, each age gets a file of its own, in the format
/// of the file and with its very values.
///
/// A file that was made before and holds the very same rows is taken again, so that a file that only grew costs what grew.
struct RowParts {
    let comparison: RowComparison
    /// The records of the new files, in their order.
    let records: [SeenRows.MadeFile]
    private var history: RowHistory { comparison.history }

    /// Returns what is known of the rows of each file.
    func all() async throws(TallyError) -> [SeenRows] {
        var spans: [[SeenSpan]] = []
        for record in records { spans.append(try self.spans(of: record)) }
        var counts: [[UInt32: Int]] = []
        for file in spans {
            var count: [UInt32: Int] = [:]
            for span in file { count[span.seen, default: 0] += Int(span.count) }
            counts.append(count)
        }
        var rows: [SeenRows] = []
        for (index, record) in records.enumerated() {
            let parts = try await parts(index, spans[index], counts)
            rows.append(SeenRows(record: record, parts: parts))
        }
        return rows
    }

    private func spans(of record: SeenRows.MadeFile) throws(TallyError) -> [SeenSpan] {
        let reader = try RowRecordReader(history.root + "/" + record.path)
        var spans: [SeenSpan] = []
        while true {
            let more = try reader.nextSpans()
            if more.isEmpty { return spans }
            spans += more
        }
    }

    private func parts(
        _ index: Int, _ spans: [SeenSpan], _ counts: [[UInt32: Int]]
    ) async throws(TallyError) -> [SeenRows.Part] {
        let own = counts[index]
        guard own.count > 1 else {
            let number = own.keys.first ?? 0
            let firstSeen = own.isEmpty ? comparison.new[index].file.firstSeen : comparison.snapshots[Int(number)]
            return [SeenRows.Part(firstSeen: firstSeen, rows: own[number] ?? 0, file: nil)]
        }
        var files: [UInt32: SeenRows.MadeFile] = [:]
        for (number, count) in own where counts.count(where: { $0[number] != nil }) == 1 {
            files[number] = earlier(comparison.snapshots[Int(number)], rows: count)
        }
        let missing = own.keys.filter { files[$0] == nil }.sorted()
        for (number, file) in try await write(missing, of: index, spans, own) { files[number] = file }
        return own.keys.sorted().map { number in
            SeenRows.Part(
                firstSeen: comparison.snapshots[Int(number)], rows: own[number] ?? 0, file: files[number])
        }
    }

    /// A file that was made before of all rows of an age, where all of them are still there.
    private func earlier(_ firstSeen: Timestamp?, rows: Int) -> SeenRows.MadeFile? {
        guard comparison.isAlike, comparison.withdrawn[firstSeen] == nil else { return nil }
        let parts = comparison.gone.flatMap { $0.rows?.parts ?? [] }.filter { $0.firstSeen == firstSeen }
        guard parts.count == 1, let part = parts.first, part.rows == rows else { return nil }
        return part.file
    }

    /// Writes the rows of some ages to a file each.
    private func write(
        _ numbers: [UInt32], of index: Int, _ spans: [SeenSpan], _ counts: [UInt32: Int]
    ) async throws(TallyError) -> [(UInt32, SeenRows.MadeFile)] {
        guard !numbers.isEmpty else { return [] }
        let path = comparison.new[index].file.path
        let reference = TableReference(history.source, .paths([path], history.format))
        let rows = try await SplitRows(path, reference, history.format, engine: history.engine)
        let below = RowSplit.folders(of: path, in: reference)
        var written: [(UInt32, SeenRows.MadeFile)] = []
        var paths: [String] = []
        for _ in numbers { paths.append(try history.folder.incoming(history.format.rawValue, below: below)) }
        let kept: [Int]
        switch history.format {
        case .parquet:
            let accepted = AcceptedFile(root: history.root, engine: history.engine, options: history.source.text)
            let outputs = zip(numbers, paths).map { number, path in
                accepted.columns(rows, to: path, picking: Self.picking(number, spans))
            }
            kept = try await rows.copy(SplitRows.readExactly(rows.columns), to: outputs, engine: history.engine)
        case .csv, .json:
            var counts: [Int] = []
            for (number, path) in zip(numbers, paths) {
                counts.append(try await writeText(rows, to: path, picking: Self.picking(number, spans)))
            }
            kept = counts
        }
        for (place, number) in numbers.enumerated() {
            guard kept[place] == counts[number] else {
                throw TallyError(
                    .internal, "\(kept[place]) rows were copied of the \(counts[number] ?? 0) of an age", subject: path,
                    help: "the file changed meanwhile: run the command again")
            }
            written.append((number, try history.folder.keep(paths[place], as: "rows")))
        }
        return written
    }

    private func writeText(
        _ rows: SplitRows, to path: String, picking: (Int) -> Bool
    ) async throws(TallyError) -> Int {
        guard history.format == .csv else {
            return try AcceptedFile.writeLines(
                rows.path.path(from: history.root), to: history.root + "/" + path, picking: picking
            ).kept
        }
        let read = rows.columns.map { ScanRequest.Column(name: $0.name, type: .string) }
        return try await AcceptedFile.writeCSV(
            ScanRequest(table: rows.reference, columns: read), to: history.root + "/" + path, engine: history.engine,
            options: history.source.text, picking: picking)
    }

    /// Whether rows are of an age; they are asked for one after the other.
    private static func picking(_ number: UInt32, _ spans: [SeenSpan]) -> (Int) -> Bool {
        var cursor = SpanCursor(spans)
        return { _ in cursor.next() == number }
    }
}
