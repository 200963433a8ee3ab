// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// The files behind a table and their common columns.
    ///
    /// Parquet files and queries are described without reading rows. CSV and JSON say nothing of their types: all their
    /// rows are looked at, so that a type never depends on a sample, and the files get the narrowest types that fit all.
    /// Throws `E-invalid-data` when files disagree about a column or lack one, `E-unreadable` for a file that is none.
    public func describe(_ table: TableReference) async throws(TallyError) -> TableDescription {
        try await withSession(.ordered, "describe") { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                try session.engine.description(of: table, connection)
            }
        }
    }

    /// The same, on a connection.
    func description(of table: TableReference, _ connection: Connection) throws(TallyError) -> TableDescription {
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
                files = try self.files(matching: patterns, connection)
            } catch {
                throw error.wrapped("look for the files", subject: subject)
            }
            guard !files.isEmpty else { return TableDescription(files: [], columns: []) }
            return TableDescription(
                files: files, columns: try columns(ofFiles: files, format, subject: subject, connection))
        }
    }

    /// The common columns of some files, at least one.
    func columns(
        ofFiles files: [String], _ format: Source.FileFormat, subject: String, _ connection: Connection
    ) throws(TallyError) -> [TableDescription.Column] {
        do throws(DuckFailure) {
            if let disagreement = try disagreement(files, format, connection) {
                throw DuckFailure(text: Self.disagreementMark + disagreement)
            }
            let described =
                switch format {
                case .parquet: Array(files.prefix(1))
                case .csv, .json: files
                }
            let columns = try columns(of: FileReader.sql(described.map(absolute), format), connection)
            switch format {
            case .parquet: return columns
            case .csv: return columns.map(\.asText)
            case .json: return try withOffsets(columns, files, connection).map(\.asText)
            }
        } catch {
            if error.text.hasPrefix(Self.disagreementMark) {
                throw TallyError(
                    .invalidData, String(error.text.dropFirst(Self.disagreementMark.count)), subject: subject,
                    help: "give the files one schema, or read them as two sources")
            }
            throw error.wrapped("read the schema of the files", subject: subject)
        }
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

    private func columns(
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
        _ files: [String], _ format: Source.FileFormat, _ connection: Connection
    ) throws(DuckFailure) -> String? {
        guard files.count > 1 else { return nil }
        var candidates = files
        if format == .parquet {
            // One query over all footers; only files whose schema is spelled differently are looked at one by one.
            let list = "[" + files.map { absolute($0).asGlobLiteral.asLiteral }.joined(separator: ", ") + "]"
            let rows = try connection.texts(
                """
                SELECT min(file_name) FROM (
                    SELECT file_name, string_agg(concat_ws('|', name, type, duckdb_type, num_children), ';'
                        ORDER BY name, type, duckdb_type) AS spelled
                    FROM parquet_schema(\(list)) WHERE name <> 'duckdb_schema' OR num_children IS NULL GROUP BY file_name)
                GROUP BY spelled
                """)
            let spelled = Set(rows.compactMap { $0[0] })
            guard spelled.count > 1 else { return nil }
            candidates = files.filter { spelled.contains(absolute($0)) }
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

    /// JSON's times are texts, with an offset or without: a column where any has one is a column of instants.
    private func withOffsets(
        _ columns: [TableDescription.Column], _ files: [String], _ connection: Connection
    ) throws(DuckFailure) -> [TableDescription.Column] {
        let times = columns.filter { $0.nativeType == "TIMESTAMP" }
        guard !times.isEmpty else { return columns }
        let table = FileReader.sql(files.map(absolute), .json, types: times.map { ($0.name, "VARCHAR") })
        let counts = times.map { column in
            "CAST(count(*) FILTER (WHERE regexp_matches(\(column.name.asIdentifier), ':[0-9]{2}.*([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)$'))"
                + " AS VARCHAR)"
        }
        let found = try connection.texts("SELECT \(counts.joined(separator: ", ")) FROM \(table)").first ?? []
        return columns.map { column in
            guard let index = times.firstIndex(of: column), found[index] != "0" else { return column }
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
