// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyReading

/// Files that are read as one table by one SQL text: all text files of a table, or Parquet files of one schema.
struct TableRun {
    /// One column as the files of the run have it.
    struct Column {
        /// The name in the files.
        let name: String
        /// The name that DuckDB knows it by.
        let engineName: String
        /// DuckDB's type; `"NULL"` for a column without any value.
        let nativeType: String
        /// Whether its values are nanoseconds in UTC, which DuckDB cuts.
        var isExact = false
        /// What is read in its place, where a file may have numbers that are none of its type; nil for any other.
        var guarded: SQL?
        /// What the folders of the run's files say in place of the files; nil for a column of the files.
        var folder: FolderValue?

        static let valueless = "\"NULL\""
        var hasValues: Bool { nativeType != Self.valueless }
    }

    /// The files as the table names them.
    let files: [String]
    /// The columns in order; for text only those whose names the files' first lines give.
    let columns: [Column]
    /// The table of text files; nil for Parquet and queries.
    let text: TextTable?
    /// The table as it stands behind FROM.
    let table: SQL
    /// The copies that the table reads, which must live as long as their rows are read.
    var copies: [NanosecondCopy] = []
    /// How columns of Parquet files and queries are read whose times were declared with a pattern; nil where none was.
    var formats: FormattedTimes?
    /// Whether none of its files has a row.
    var isRowless = false
    /// The places of the columns by name; the first of each name.
    private let places: [[UInt8]: Int]

    init(
        files: [String], columns: [Column], text: TextTable?, table: SQL, copies: [NanosecondCopy] = [],
        formats: FormattedTimes? = nil, isRowless: Bool = false
    ) {
        self.files = files
        self.columns = columns
        self.text = text
        self.table = table
        self.copies = copies
        self.formats = formats
        self.isRowless = isRowless
        places = Dictionary(
            columns.enumerated().map { (Array($1.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The column of exactly this name.
    func column(_ name: String) -> Column? { places[Array(name.utf8)].map { columns[$0] } }

    /// Whether folders give columns.
    var hasFolders: Bool { columns.contains { $0.folder != nil } }
}

extension DuckDBEngine {
    /// The runs of a query: one, whose columns DuckDB describes.
    func run(
        ofQuery query: UserQuery, _ options: TextOptions = .plain, zone: ZoneTable? = nil, _ connection: Connection
    ) throws(DuckFailure) -> TableRun {
        let table: SQL = "(\(SQL(query)))"
        return TableRun(
            files: [], columns: try describedColumns(of: table, connection), text: nil, table: table,
            formats: FormattedTimes(options, zone, files: []))
    }

    /// The runs of some files, at least one file.
    ///
    /// Text files are one run. Parquet files are cut where their schemas differ; where the order of rows does not matter,
    /// files of one schema are one run wherever they stand. Where folders are columns, a run has one value of each. A file
    /// without rows is read for the columns that no other file has. Throws `E-invalid-data` for a name that stands twice in a file.
    func runs(
        ofFiles files: [String], _ format: Source.FileFormat, _ options: TextOptions, partitions pattern: String?,
        zone: ZoneTable?, isOrdered: Bool, isLenient: Bool = false, subject: String?, _ connection: Connection
    ) throws(TallyError) -> [TableRun] {
        var folders: [[(name: String, value: String?)]] = files.map { _ in [] }
        if let pattern {
            for (index, file) in files.enumerated() {
                _ = try HivePartitions.names(ofPath: file, under: pattern)
                folders[index] = HivePartitions.values(ofPath: file, under: pattern)
            }
        }
        switch format {
        case .csv, .json:
            let table = TextTable(
                zip(files, folders).map { TextTable.File(name: $0, path: absolute($0), partitions: $1) }, format,
                options: options,
                zone: zone, isOrdered: isOrdered, isLenient: isLenient, subject: subject)
            return [TableRun(files: files, columns: [], text: table, table: TextTableFunction.sql(table))]
        case .parquet:
            let reading = FolderValue.Reading(pattern: pattern, options: options, isLenient: isLenient)
            let schemas: ParquetSchemas
            var found: [TableRun]
            do throws(DuckFailure) {
                schemas = try ParquetSchemas(files.map(absolute), connection)
            } catch {
                throw error.wrapped("read the schema of the files", subject: subject)
            }
            for file in files {
                guard let (name, first, second) = schemas.repeatedName(in: absolute(file)) else { continue }
                throw TallyError(
                    .invalidData, "column '\(name)' is there twice, as columns \(first) and \(second)", subject: file,
                    help: "give the columns of a file names of their own")
            }
            do throws(DuckFailure) {
                found = try parquetRuns(files, schemas, reading, isOrdered: isOrdered, connection)
            } catch {
                throw error.wrapped("read the schema of the files", subject: subject)
            }
            for (file, values) in zip(files, folders) where !values.isEmpty {
                let columns = schemas.columns(of: absolute(file)).map(\.name)
                if let error = HivePartitions.collision(of: file, values.map(\.name), with: columns) { throw error }
            }
            if let formats = FormattedTimes(options, zone, files: files.map { ($0, absolute($0)) }) {
                for index in found.indices { found[index].formats = formats }
            }
            return found
        }
    }

    private func parquetRuns(
        _ files: [String], _ schemas: ParquetSchemas, _ reading: FolderValue.Reading, isOrdered: Bool,
        _ connection: Connection
    ) throws(DuckFailure) -> [TableRun] {
        let (read, saidElsewhere) = filesToRead(files, schemas)
        var kinds = read.map { Array(schemas.spelling(of: absolute($0)).utf8) }
        var valueless: ByName<Set<[UInt8]>> = ByName([])
        if Set(kinds).count > 1 {
            valueless = try valuelessColumns(
                read.map { ($0, schemas.columns(of: absolute($0)).map { ($0.name, $0.engineName) }) }, connection)
            for (file, columns) in saidElsewhere { valueless[file, default: []].formUnion(columns) }
            kinds = zip(read, kinds).map { file, kind in
                let empty = (valueless[file] ?? []).map { String(decoding: $0, as: UTF8.self) }
                return kind + Array("\u{3}\(empty.sorted().joined(separator: "\u{1}"))".utf8)
            }
        }
        kinds = zip(read, kinds).map { $1 + Array("\u{4}\(reading.folders(of: $0).joined(separator: "/"))".utf8) }
        var groups: [(kind: [UInt8], files: [String])] = []
        var places: [[UInt8]: Int] = [:]
        for (file, kind) in zip(read, kinds) {
            let known = isOrdered ? groups.last.flatMap { $0.kind == kind ? groups.count - 1 : nil } : places[kind]
            if let known {
                groups[known].files.append(file)
            } else {
                places[kind] = groups.count
                groups.append((kind, [file]))
            }
        }
        var runs: [TableRun] = []
        let hasRows = read.contains { !schemas.isEmpty(absolute($0)) }
        for group in groups {
            // A file without rows beside others says which columns there are, and of what type no value of theirs is.
            let isRowless = schemas.isEmpty(absolute(group.files[0]))
            let own = schemas.columns(of: absolute(group.files[0]))
            // Only DuckDB says what it makes of columns with parts.
            let described =
                own.contains { $0.type == nil }
                ? try describedColumns(of: FileReader.parquet([absolute(group.files[0])]), connection) : []
            let empty = valueless[group.files[0]] ?? []
            let columns = own.enumerated().map { (index, element) in
                let type = element.type ?? (index < described.count ? described[index].nativeType : "UNKNOWN")
                let isEmpty = isRowless && hasRows || empty.contains(Array(element.name.utf8))
                return column(element, of: type, isEmpty: isEmpty)
            }
            runs.append(
                TableRun(
                    files: group.files, columns: columns + reading.columns(of: group.files[0]), text: nil,
                    table: FileReader.table(group.files.map(absolute), columns),
                    isRowless: isRowless))
        }
        return runs
    }

    /// A column of Parquet files as it is read: behind a guard where its type has numbers that mean nothing.
    private func column(_ element: ParquetSchemas.Element, of type: String, isEmpty: Bool) -> TableRun.Column {
        var type = type
        let guarded =
            element.misread.map { ValueGuard.refusal(of: "column \(element.name)", $0) }
            ?? ValueGuard.guarded(element.engineName.asIdentifier, EngineType(type), of: "column \(element.name)")
        if element.type == nil, element.misread != nil {
            type = EngineType(type).renaming(element.misreadLeaves)?.name ?? type
        }
        return TableRun.Column(
            name: element.name, engineName: element.engineName,
            nativeType: isEmpty ? TableRun.Column.valueless : type, isExact: element.isExact, guarded: guarded)
    }

    /// The files that say something, in order: those with rows, and those without that have a column of their own; for the
    /// latter also the columns of which another file says the type.
    private func filesToRead(
        _ files: [String], _ schemas: ParquetSchemas
    ) -> (files: [String], saidElsewhere: [(file: String, columns: Set<[UInt8]>)]) {
        func names(_ file: String) -> Set<[UInt8]> {
            Set(schemas.columns(of: absolute(file)).map { Array($0.name.utf8) })
        }
        var known = Set<[UInt8]>()
        var read = Set<ExactPath>()
        for file in files where !schemas.isEmpty(absolute(file)) {
            known.formUnion(names(file))
            read.insert(ExactPath(file))
        }
        var saidElsewhere: [(file: String, columns: Set<[UInt8]>)] = []
        for file in files where !read.contains(ExactPath(file)) {
            let own = names(file)
            guard !own.isSubset(of: known) else { continue }
            saidElsewhere.append((file, own.intersection(known)))
            known.formUnion(own)
            read.insert(ExactPath(file))
        }
        return (read.isEmpty ? Array(files.prefix(1)) : files.filter { read.contains(ExactPath($0)) }, saidElsewhere)
    }

    /// The columns of each file that hold nulls only; each file comes with its columns, as it and as DuckDB call them.
    ///
    /// A footer says only where to look, as a column of nulls takes no time to be read: the rows have to say the same.
    func valuelessColumns(
        _ files: [(file: String, columns: [(name: String, engineName: String)])], _ connection: Connection
    ) throws(DuckFailure) -> ByName<Set<[UInt8]>> {
        var found: ByName<Set<[UInt8]>> = ByName([])
        for (file, columns) in files {
            let said = try FooterStatistics.reading(absolute(file))?.valueless ?? []
            let asked = columns.filter { said.contains(Array($0.name.utf8)) }
            guard !asked.isEmpty else { continue }
            let names = columns.map(\.engineName.asIdentifier).joined(separator: ", ")
            let counts = asked.map { "(count(\($0.engineName.asIdentifier)) = 0)::VARCHAR" as SQL }
            let row = try connection.texts(
                "SELECT \(counts.joined(separator: ", ")) FROM \(FileReader.parquet([absolute(file)])) AS named(\(names))"
            ).first
            found[file] = Set(zip(asked, row ?? []).filter { $1 == "true" }.map { Array($0.0.name.utf8) })
        }
        return found
    }

    /// The columns that DuckDB describes of a table in SQL.
    func describedColumns(of table: SQL, _ connection: Connection) throws(DuckFailure) -> [TableRun.Column] {
        try connection.texts("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM \(table))").map { row in
            TableRun.Column(name: row[0] ?? "", engineName: row[0] ?? "", nativeType: row[1] ?? "")
        }
    }
}
