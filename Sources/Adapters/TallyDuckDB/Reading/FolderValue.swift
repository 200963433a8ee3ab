// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyReading

/// What a folder says of every row of the Parquet files in it, read as any text is (`HivePartitions`).
struct FolderValue {
    /// How folders are read.
    struct Reading {
        /// The pattern of the paths; nil where folders mean nothing.
        let pattern: String?
        let options: TextOptions
        /// Whether a text that is no value of its type is null.
        let isLenient: Bool

        /// The folders of a file that are columns, as they are spelled.
        func folders(of file: String) -> [String] {
            pattern.map { HivePartitions.folders(ofPath: file, under: $0) } ?? []
        }

        /// The columns that the folders of a file give; a null is a column without values.
        func columns(of file: String) -> [TableRun.Column] {
            guard let pattern else { return [] }
            return HivePartitions.values(ofPath: file, under: pattern).map { name, value in
                TableRun.Column(
                    name: name, engineName: name, nativeType: value == nil ? TableRun.Column.valueless : "VARCHAR",
                    folder: FolderValue(text: value ?? "", file: file, reading: self))
            }
        }
    }

    let text: String
    /// A file in the folder, for messages.
    let file: String
    let reading: Reading
}

extension ColumnPlanner {
    /// Reads a column that a folder gives: one value, which SQL repeats.
    func plan(
        _ name: String, ofFolder folder: FolderValue, as type: DataType, rounding: TextColumn.Rounding, day: DayEdge,
        tellsReadability: Bool
    ) throws(TallyError) -> ColumnPlan {
        let options = folder.reading.options
        let pattern = try TimePattern(of: name, as: type, options, subject: folder.file)
        let column = TextColumn(name: name, type: type, pattern: pattern, rounding: rounding, day: day)
        let read = TextValue(folder.text, as: column, options: options, clock: zone?.clock)
        if tellsReadability {
            return ColumnPlan(
                name: name, expression: read.problem == nil ? "true" : "false", type: .bool, time: nil, isThere: false)
        }
        if let problem = read.problem, !folder.reading.isLenient {
            throw TallyError(
                .invalidData, "column \(name): the value in the name of the folder \(problem)", subject: folder.file,
                help: "declare the column as what it is, or rename the folder", underlying: "'\(folder.text)'")
        }
        if read.isIrregular, type == .timestamp, !givesInstants {
            // Our own clock reads it row by row, so that such times are counted.
            let wall = TextValue(folder.text, as: column, options: options, clock: nil)
            if case .timestamp(let wall) = wall.value {
                return ColumnPlan(
                    name: name, expression: "make_timestamp(\(wall.microseconds)::BIGINT)", type: type,
                    time: TimeReader(unit: TimeUnit(scale: .microseconds, isZoned: false), zone: zone),
                    isThere: false)
            }
        }
        return ColumnPlan(
            name: name, expression: read.value.sql(as: type), type: type, time: Self.instants(type), isThere: false)
    }
}

extension TableRun {
    /// The run with the columns that its folders give as columns of SQL, each read as a type.
    func withFolders(as types: [(name: String, type: DataType)], zone: ZoneTable?) throws(TallyError) -> TableRun {
        let planner = ColumnPlanner(run: self, zone: zone, subject: files.first, givesInstants: true)
        var own = columns.filter { $0.folder == nil }
        var names = EngineNames(own.map(\.engineName))
        var selected: [SQL] = ["*"]
        for (name, type) in types where column(ReadabilityColumn.parse(name)?.column ?? name)?.folder != nil {
            let engineName = names.take(name)
            let expression = try planner.plan(name, as: type).expression
            selected.append("\(expression) AS \(engineName.asIdentifier)")
            own.append(Column(name: name, engineName: engineName, nativeType: type.duckName))
        }
        return TableRun(
            files: files, columns: own, text: nil,
            table: "(SELECT \(selected.joined(separator: ", ")) FROM \(table))", copies: copies, formats: formats)
    }
}

extension DuckDBEngine {
    /// The columns that the folders of Parquet files give: of declared types, else of what their values look like.
    func folderColumns(_ files: [String], _ table: TableReference) -> [TableDescription.Column] {
        guard let pattern = table.partitions else { return [] }
        let look = TextLook(.parquet, options: table.text, declared: table.types, failures: ReadingFailures())
        for file in files { look.add(partitions: HivePartitions.values(ofPath: file, under: pattern)) }
        return look.columns.map { name, type, hasValues, _ in
            TableDescription.Column(
                name: name, type: type, nativeType: type.duckName, isText: true, isValueless: !hasValues)
        }
    }
}

extension TimePattern {
    /// The pattern that a column's times are read by; nil for ISO 8601, and for a column of no times.
    ///
    /// `E-invalid-data` for a pattern that is not understood, as a contract may hold: any other form would be a guess.
    init?(of column: String, as type: DataType, _ options: TextOptions, subject: String?) throws(TallyError) {
        guard type.leaf == .timestamp || type.leaf == .date, let text = options.format(of: column) else { return nil }
        guard let pattern = TimePattern(text) else {
            throw TallyError(
                .invalidData,
                "column \(column): its times are declared to be written as '\(text)', which is not read here",
                subject: subject,
                help: "\(TimePattern.help); 'eventTime: {column: …, format: …}' is stronger than a contract")
        }
        self = pattern
    }
}

extension Value {
    /// The value as SQL, of exactly DuckDB's type for a type of ours.
    func sql(as type: DataType) -> SQL {
        switch self {
        case .null: return "CAST(NULL AS \(type.sqlType))"
        case .bool(let value): return value ? "true" : "false"
        case .int32(let value): return "CAST('\(value)' AS INTEGER)"
        case .int64(let value): return "CAST('\(value)' AS BIGINT)"
        case .float32(let value): return "CAST('\(value)' AS FLOAT)"
        case .float64(let value): return "CAST('\(value)' AS DOUBLE)"
        // SQL ends at a NUL.
        case .string(let text): return text.utf8.contains(0) ? "decode(\(Array(text.utf8).sql))" : text.asLiteral
        case .bytes(let bytes): return bytes.sql
        case .timestamp(let time): return "make_timestamptz(\(time.microseconds)::BIGINT)"
        case .date(let date): return "(DATE '1970-01-01' + CAST('\(date.days)' AS INTEGER))"
        case .array(let values):
            guard case .array(let element) = type else { return "CAST(NULL AS \(type.sqlType))" }
            return "CAST([\(values.map { $0.sql(as: element) }.joined(separator: ", "))] AS \(type.sqlType))"
        }
    }
}

extension [UInt8] {
    /// The bytes as SQL.
    fileprivate var sql: SQL { "CAST(\(SQL.escaped(self)) AS BLOB)" }
}
