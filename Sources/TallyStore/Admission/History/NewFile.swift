// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyHistory
internal import TallyModel

/// A file whose rows have no record yet, and how its content is read.
struct NewFile {
    let file: SourceSnapshot.File
    /// The file alone, as a table of texts where it is text.
    let table: TableReference
    /// What is read of it, whatever a definition says of types and nulls: what is in the file.
    private(set) var columns: [RowRecord.Column]
    private let format: Source.FileFormat

    /// Looks at the columns of a file; nil for one whose rows cannot be told apart or written one by one: with columns that no
    /// type of ours carries, or of packed lines of JSON.
    init?(
        _ file: SourceSnapshot.File, of source: Source, _ format: Source.FileFormat, engine: any OfflineEngine
    ) async throws(TallyError) {
        guard format != .json || RowSplit.hasPlainLines(file.path) else { return nil }
        self.file = file
        self.format = format
        // Declared nulls and patterns are what a definition makes of a text, and may change without the file.
        let text = TextOptions(delimiter: source.text.delimiter, encoding: source.text.encoding)
        table = TableReference(
            rows: .paths([file.path], format), text: text, takesTextAsText: true, partitions: source.partitionPattern)
        let found = try await engine.describe(table).columns
        guard found.allSatisfy({ $0.isText || $0.carrier != nil }) else { return nil }
        columns = Self.sorted(found.map { RowRecord.Column(name: $0.name, type: Self.kind(of: $0)) })
    }

    /// Returns the file with columns that files before it had: a member that a line of JSON lacks is null in it.
    func considering(_ earlier: [RowRecord.Column]) -> NewFile {
        guard format == .json else { return self }
        var file = self
        file.columns = Self.sorted((columns + earlier).uniqued())
        return file
    }

    private static func sorted(_ columns: [RowRecord.Column]) -> [RowRecord.Column] {
        columns.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Whether rows that were digested over some columns can be found among the file's rows.
    func has(_ asked: [RowRecord.Column]) -> Bool { Set(asked).isSubset(of: columns) }

    /// Throws `E-invalid-data` where the file, as it was written anew, lacks a column that it had, or has it in another type.
    ///
    /// Nobody can tell then which of its rows were there before.
    func expect(_ earlier: [RowRecord.Column], _ source: Source) throws(TallyError) {
        guard let lost = earlier.first(where: { !columns.contains($0) }) else { return }
        let now = columns.first { $0.name.isSame(as: lost.name) }
        let found = now.map { "it is now \($0.type), and was \(lost.type)" } ?? "it is gone"
        throw TallyError(
            .invalidData,
            "was written anew with other columns than it had, so that no row tells whether it was there before; "
                + "column \(lost.name): \(found)", subject: file.path,
            help:
                "give the file that column as it was, or declare in source \(source.name) what holds: `history: files` takes "
                + "all rows of the file for known from now on, `firstSeen: declared` takes their declared times as true"
        )
    }

    /// Hands over the digests of the rows over some columns, in the order of the rows.
    func scan(
        _ asked: [RowRecord.Column], _ key: DigestKey, engine: any OfflineEngine,
        _ body: ([RowDigest]) throws(TallyError) -> Void
    ) async throws(TallyError) {
        let read = asked.map { ScanRequest.Column(name: $0.name, type: $0.isText ? .string : nil) }
        var digester = RowDigester(key)
        try await engine.scan(ScanRequest(table: table, columns: read)) { (batch) throws(TallyError) in
            try body(digester.digests(of: batch))
        }
    }

    /// The kind of a column's values: those of one kind are compared by what they are, whatever width they are stored with.
    private static func kind(of column: TableDescription.Column) -> String {
        if column.isText { return RowRecord.Column.text }
        if let exact = column.exactType { return RowRecord.Column.text + " of " + exact }
        guard let type = column.type else { return "engine's " + column.nativeType }
        switch type {
        case .int32, .int64: return "integer"
        case .float32, .float64: return "float"
        case .bool, .string, .bytes, .timestamp, .date, .array: return type.description
        }
    }
}

extension RowRecord.Column {
    static let text = "text"
    fileprivate var isText: Bool { type.hasPrefix(Self.text) }
}
