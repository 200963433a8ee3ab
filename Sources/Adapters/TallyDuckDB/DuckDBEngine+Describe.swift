// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// The files behind a table and their common columns.
    ///
    /// Parquet files and queries are described without reading rows. CSV and JSON say nothing of their types: all their
    /// rows are looked at, so that a type never depends on a sample, and the files get the narrowest types that fit all.
    /// Throws `E-invalid-data` when files disagree about a column or lack one and when a text column has times with an
    /// offset beside times without, `E-unreadable` for a file that is none.
    public func describe(_ table: TableReference) async throws(TallyError) -> TableDescription {
        try await withSession(.ordered, "describe") { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                try session.engine.description(of: table, connection)
            }
        }
    }

    /// The same, on a connection; `times` are columns that will be read as timestamps, whatever their texts look like.
    func description(
        of table: TableReference, times: Set<String> = [], _ connection: Connection
    ) throws(TallyError) -> TableDescription {
        switch table.rows {
        case .query(let sql):
            do throws(DuckFailure) {
                return TableDescription(files: [], columns: try columns(of: "(\(sql.asSubquery))", connection))
            } catch {
                throw error.wrapped("describe the query", subject: nil)
            }
        case .files(let patterns, let format):
            let subject = patterns.joined(separator: ", ")
            let files: [String]
            do throws(DuckFailure) {
                // An empty file of JSON lines has no rows, and no columns that other files could lack.
                files = try self.files(matching: patterns, connection).filter { format != .json || !isEmpty($0) }
            } catch {
                throw error.wrapped("look for the files", subject: subject)
            }
            guard !files.isEmpty else { return TableDescription(files: [], columns: []) }
            return TableDescription(
                files: files, columns: try columns(ofFiles: files, format, times: times, subject: subject, connection))
        }
    }

    /// The common columns of some files, at least one; `times` are columns that will be read as timestamps.
    func columns(
        ofFiles files: [String], _ format: Source.FileFormat, times: Set<String>, subject: String,
        _ connection: Connection
    ) throws(TallyError) -> [TableDescription.Column] {
        do throws(DuckFailure) {
            let footers = format == .parquet ? try ParquetSchemas(files.map(absolute), connection) : nil
            if let disagreement = try disagreement(files, format, footers, connection) {
                throw DuckFailure(text: Self.disagreementMark + disagreement)
            }
            switch format {
            case .parquet:
                if let plain = footers?.columns(ofFile: absolute(files[0])) { return plain }
                let found = try columns(of: FileReader.sql([absolute(files[0])], format), connection)
                return footers?.marking(found, ofFile: absolute(files[0])) ?? found
            case .csv, .json:
                let columns = try columns(of: FileReader.sql(files.map(absolute), format), connection)
                return try withOffsets(columns, times, files, format, connection).map(\.asText)
            }
        } catch {
            if error.text.hasPrefix(Self.disagreementMark) {
                throw TallyError(
                    .invalidData, String(error.text.dropFirst(Self.disagreementMark.count)), subject: subject,
                    help: "write the column in one way everywhere, or read the files as two sources")
            }
            throw error.wrapped("read the schema of the files", subject: subject)
        }
    }

    private func isEmpty(_ file: String) -> Bool {
        (try? OpenFile.reading(absolute(file)).status().size) == 0
    }

    private static var disagreementMark: String { "disagreement: " }

    /// Matching files, sorted and each once, spelled like their patterns: relative ones relative to the repository.
    private func files(matching patterns: [String], _ connection: Connection) throws(DuckFailure) -> [String] {
        var files = Set<String>()
        for pattern in patterns {
            let isRelative = !pattern.hasPrefix("/")
            let prefix = root + "/"
            let glob = isRelative ? prefix.asGlobLiteral + pattern : pattern
            for row in try connection.texts("SELECT file FROM glob(\(glob.asLiteral))") {
                guard let file = row[0] else { continue }
                files.insert(isRelative && file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : file)
            }
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func columns(
        of table: String, _ connection: Connection
    ) throws(DuckFailure) -> [TableDescription.Column] {
        try connection.texts("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM \(table))").map { row in
            let native = NativeType(name: row[1] ?? "")
            return TableDescription.Column(
                name: row[0] ?? "", type: native.dataType, nativeType: row[1] ?? "", carrier: native.carriedType)
        }
    }

    /// What the first two files that differ disagree about; nil when all agree.
    private func disagreement(
        _ files: [String], _ format: Source.FileFormat, _ footers: ParquetSchemas?, _ connection: Connection
    ) throws(DuckFailure) -> String? {
        guard files.count > 1 else { return nil }
        var candidates = files
        if let footers {
            // Only files whose schema is spelled differently are looked at one by one.
            let kinds = Set(footers.oneOfEachKind(files.map(absolute)))
            guard kinds.count > 1 else { return nil }
            candidates = files.filter { kinds.contains(absolute($0)) }
        }
        var first: (file: String, columns: [TableDescription.Column])?
        for file in candidates {
            let found = try columns(of: FileReader.sql([absolute(file)], format), connection)
            guard let first else {
                first = (file, found)
                continue
            }
            if let text = Self.difference(first, (file, found), comparesTypes: format == .parquet) {
                return text
            }
        }
        return nil
    }

    private static func difference(
        _ left: (file: String, columns: [TableDescription.Column]),
        _ right: (file: String, columns: [TableDescription.Column]), comparesTypes: Bool
    ) -> String? {
        let types = Dictionary(right.columns.map { ($0.name, $0.nativeType) }, uniquingKeysWith: { first, _ in first })
        for column in left.columns {
            guard let type = types[column.name] else {
                return "column \(column.name) is in \(left.file) and not in \(right.file)"
            }
            if comparesTypes, type != column.nativeType {
                return "column \(column.name) is \(column.nativeType) in \(left.file) and \(type) in \(right.file)"
            }
        }
        let known = Set(left.columns.map(\.name))
        return right.columns.first { !known.contains($0.name) }
            .map { "column \($0.name) is in \(right.file) and not in \(left.file)" }
    }

    /// Whether the times in columns of text files have offsets; nil for a column without times.
    ///
    /// A column where some have one and some have none is refused: there is no one way to read it.
    private func offsets(
        in names: [String], _ files: [String], _ format: Source.FileFormat, _ connection: Connection
    ) throws(DuckFailure) -> [String: Bool] {
        let table = FileReader.sql(files.map(absolute), format, types: names.map { ($0, "VARCHAR") })
        let counts = names.flatMap { name in
            let text = name.asIdentifier
            let hasOffset = "regexp_matches(\(text), ':[0-9]{2}.*([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)\\s*$')"
            let isTime = "regexp_matches(\(text), '[0-9]-[0-9]{1,2}-[0-9]')"
            return [
                "CAST(count(*) FILTER (WHERE \(hasOffset)) AS VARCHAR)",
                "CAST(count(*) FILTER (WHERE \(isTime) AND NOT \(hasOffset)) AS VARCHAR)",
            ]
        }
        let found = try connection.texts("SELECT \(counts.joined(separator: ", ")) FROM \(table)").first ?? []
        var offsets: [String: Bool] = [:]
        for (index, name) in names.enumerated() {
            let (with, without) = (found[2 * index] != "0", found[2 * index + 1] != "0")
            if with, without {
                throw DuckFailure(
                    text: Self.disagreementMark + "column \(name) has times with an offset and times without one")
            }
            if with || without { offsets[name] = with }
        }
        return offsets
    }

    /// Times of text formats have an offset or not, whatever DuckDB takes them for: those with one are instants.
    private func withOffsets(
        _ columns: [TableDescription.Column], _ wanted: Set<String>, _ files: [String], _ format: Source.FileFormat,
        _ connection: Connection
    ) throws(DuckFailure) -> [TableDescription.Column] {
        let times = columns.filter { $0.type == .timestamp || ($0.type == .string && wanted.contains($0.name)) }
        guard !times.isEmpty else { return columns }
        let offsets = try offsets(in: times.map(\.name), files, format, connection)
        return columns.map { column in
            guard offsets[column.name] == true else { return column }
            return TableDescription.Column(
                name: column.name, type: .timestamp, nativeType: "TIMESTAMP WITH TIME ZONE")
        }
    }
}

extension TableDescription.Column {
    /// The same column of a text format, where types are guessed from values.
    fileprivate var asText: Self {
        Self(name: name, type: type, nativeType: nativeType, carrier: carrier, isText: true)
    }
}

extension String {
    /// A query as it may stand between parentheses: without a closing semicolon, and safe against a trailing comment.
    var asSubquery: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace || last == ";" { text = text.dropLast() }
        return text + "\n"
    }
}
