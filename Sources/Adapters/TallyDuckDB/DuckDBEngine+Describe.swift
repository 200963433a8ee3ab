// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyReading

extension DuckDBEngine {
    /// The files behind a table and their columns, those of all files by name.
    ///
    /// Parquet files and queries are described without reading rows: a column has the type that holds the values of every
    /// file, and one about which files disagree has none. Text says nothing of its types: a column is of the type that was
    /// declared, else of what its values look like over all rows, else text (`docs/reading.md`).
    /// The files alone are listed and not looked into; a query has none.
    /// Throws `E-invalid-data` for a name that stands twice in a file and for lines that are no rows, `E-unreadable` for a
    /// file that is none.
    public func describe(
        _ table: TableReference, _ extent: TableDescription.Extent
    ) async throws(TallyError) -> TableDescription {
        switch extent {
        case .columns: break
        case .files:
            guard case .files(let patterns, let format) = table.rows else {
                return TableDescription(files: [], columns: [])
            }
            return TableDescription(files: try files(of: patterns, format), columns: [])
        }
        return try await withSession(.ordered, "describe", sandbox: Sandbox(table), isRepeatable: { true }) {
            (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                try session.engine.description(of: table, connection)
            }
        }
    }

    /// What `describe` says, on a connection.
    func description(of table: TableReference, _ connection: Connection) throws(TallyError) -> TableDescription {
        switch table.rows {
        case .query(let sql):
            let query = try connection.userQuery(sql)
            do throws(DuckFailure) {
                let run = try run(ofQuery: query, .plain, connection)
                return TableDescription(files: [], columns: run.columns.map(\.described))
            } catch {
                throw QueryProblem.error(of: query, error, connection)
            }
        case .files(let patterns, let format):
            let subject = patterns.joined(separator: ", ")
            let files = try files(of: patterns, format)
            guard !files.isEmpty else { return TableDescription(files: [], columns: []) }
            switch format {
            case .csv, .json:
                return TableDescription(files: files, columns: try textColumns(files, format, table, subject: subject))
            case .parquet:
                let runs = try runs(
                    ofFiles: files, format, table.text, partitions: table.partitions, zone: nil, isOrdered: false,
                    subject: subject, connection)
                let folders = ByName(folderColumns(files, table).map { ($0.name, $0) })
                let empty = try table.takesTextAsText ? ByName([]) : emptyColumns(runs, subject: subject, connection)
                let gaps = ColumnGaps(runs, empty: empty)
                let columns = MergedColumns(runs, of: files.count).columns.map { column in
                    let folder = column.nativeType == nil ? nil : folders[column.name]
                    return folder ?? column.described(gap: gaps.gap(of: column.name))
                }
                let types = ByName(table.types.map { ($0.name, $0.type) })
                return TableDescription(files: files, columns: columns.map { $0.declared(as: types[$0.name]) })
            }
        }
    }

    /// The files behind patterns, sorted; an empty file of JSON lines has no rows and counts as none.
    func files(of patterns: [String], _ format: Source.FileFormat) throws(TallyError) -> [String] {
        let files = try FileGlob.list(patterns, root: root).files.filter { format != .json || !isEmpty($0) }
        if format == .parquet { try Self.expectNameable(files, root: root) }
        return files
    }

    /// Throws for a path that DuckDB cannot be given: it takes a backslash for an escape where a path has to be spelled as a
    /// pattern, and then finds no file of that name.
    private static func expectNameable(_ files: [String], root: String) throws(TallyError) {
        for file in files {
            let path = file.path(from: root).utf8
            guard path.contains(UInt8(ascii: "\\")), path.contains(where: { "*?[".utf8.contains($0) }) else { continue }
            throw TallyError(
                .invalidData, "its path has a backslash and one of * ? [, and cannot be opened", subject: file,
                help: "rename the file or the folder")
        }
    }

    /// The columns of text files: declared types, then what the values look like.
    private func textColumns(
        _ files: [String], _ format: Source.FileFormat, _ table: TableReference, subject: String
    ) throws(TallyError) -> [TableDescription.Column] {
        let failures = ReadingFailures()
        let look = TextLook(format, options: table.text, declared: table.types, failures: failures)
        for file in files {
            let partitions = try table.partitions.map { (pattern) throws(TallyError) in
                _ = try HivePartitions.names(ofPath: file, under: pattern)
                return HivePartitions.values(ofPath: file, under: pattern)
            }
            if table.takesTextAsText, format == .csv {
                look.add(
                    header: try TextLook.header(try opened(file), named: file, table.text), of: file,
                    partitions: partitions ?? [])
                continue
            }
            try look.add(file, partitions: partitions ?? []) { () throws(TallyError) in try opened(file) }
            if let error = failures.error(subject: nil) { throw error }
        }
        let declared = ByName(table.types.map { ($0.name, $0.type) })
        return look.columns.map { name, type, hasValues, isObjects in
            let type = table.takesTextAsText && declared[name] == nil ? .string : type
            return TableDescription.Column(
                name: name, type: type, nativeType: isObjects ? "JSON" : type.duckName, isText: true,
                isValueless: !hasValues, gap: look.gap(of: name))
        }
    }

    /// The columns of each Parquet file that hold nulls only.
    private func emptyColumns(
        _ runs: [TableRun], subject: String, _ connection: Connection
    ) throws(TallyError) -> ByName<Set<[UInt8]>> {
        do throws(DuckFailure) {
            return try valuelessColumns(
                runs.flatMap { run in
                    let own = run.columns.filter { $0.folder == nil }.map { ($0.name, $0.engineName) }
                    return run.files.map { ($0, own) }
                }, connection)
        } catch {
            throw error.wrapped("read the statistics of the files", subject: subject)
        }
    }

    private func opened(_ file: String) throws(TallyError) -> ByteSource {
        try PackedFile.bytes(of: absolute(file), named: file)
    }

    private func isEmpty(_ file: String) -> Bool {
        (try? OpenFile.reading(absolute(file)).stamp().size) == 0
    }
}

extension TableRun.Column {
    /// The column of one table.
    var described: TableDescription.Column {
        MergedColumns.Column(
            name: name, nativeType: nativeType, conflict: nil, isValueless: !hasValues, isExact: isExact
        ).described(gap: nil)
    }
}

extension MergedColumns.Column {
    /// The column as the engine describes it.
    func described(gap: ColumnGap?) -> TableDescription.Column {
        guard let nativeType else {
            return TableDescription.Column(
                name: name, type: nil, nativeType: conflict ?? "", conflict: conflict, gap: gap)
        }
        if isValueless {
            return TableDescription.Column(
                name: name, type: .string, nativeType: nativeType, isValueless: true, gap: gap)
        }
        let native = NativeType(name: nativeType)
        return TableDescription.Column(
            name: name, type: native.dataType, nativeType: nativeType, carrier: native.carriedType,
            exactType: isExact && native == .plain("TIMESTAMP WITH TIME ZONE") ? NativeType.zonedNanoseconds : nil,
            gap: gap, file: file)
    }
}

extension TableDescription.Column {
    /// The column as what was declared for it, where no file has a value of it.
    fileprivate func declared(as type: DataType?) -> TableDescription.Column {
        guard isValueless, !isText, let type else { return self }
        return TableDescription.Column(
            name: name, type: type, nativeType: nativeType, isValueless: true, gap: gap)
    }
}
