// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A query that a user wrote, as it is run: one statement that gives rows, whose relative paths start at the repository.
///
/// DuckDB's own parser looks at it first, without a look at any file. It may use the table functions that read and make
/// rows, and no others: some write files, some run SQL of their own, and some take addresses of memory.
struct UserQuery: Sendable {
    /// The query as it was written.
    let written: String
    /// The paths that it names, each from `/` on, and where they stand in the written text.
    private(set) var paths: [(path: String, offset: Int?)] = []
    /// Whether it may give names in folders without opening what has them.
    private(set) var listsFolders = false
    /// The Parquet files that it names, as it is run.
    private(set) var parquetPaths: [String] = []
    /// The statement as it is run, with guards around the files whose numbers DuckDB does not look at; nil without any.
    var guarded: String?
    /// What is wrong with it; nil for a query that may be run.
    var problem: TallyError?
    /// What stands in the text that is run in place of some of the written one, by its place in that.
    var edits: [(offset: Int, removed: Int, bytes: [UInt8])] = []
    /// Patterns and folders of Parquet files, and the files that are read in their place.
    var pins: [(path: String, files: [String])] = []
    /// Where paths of Parquet files stand, and those of other files that stand as tables.
    private(set) var places: [QueriedPath] = []
    /// The functions that read files.
    private(set) var calls: [FileCall] = []
    /// Where the tables stand that `SUMMARIZE` and `DESCRIBE` are about.
    private var shownPlaces: Set<Int64> = []
    /// Names that are tables, not files.
    private(set) var tables: Set<[UInt8]>
    private let givenTables: Set<[UInt8]>
    private let root: String

    /// The longest query: the parser's time grows faster than the text.
    static let mostBytes = 1 << 16

    /// Whether names in it stand for tables of ours, which DuckDB does not know by itself.
    var hasTables: Bool { !givenTables.isEmpty }

    /// Looks at a query; `tables` are names that it knows for tables.
    init(_ sql: String, root: String, tables: [String], _ connection: Connection) throws(DuckFailure) {
        written = sql
        self.root = FileName.resolved(root)
        givenTables = Set(tables.map { Array($0.lowercasedASCII.utf8) })
        self.tables = givenTables
        guard sql.utf8.count <= Self.mostBytes else {
            problem = TallyError(
                .invalidDefinitions, "has \(sql.utf8.count) bytes, and may have \(Self.mostBytes)", subject: nil,
                help: "read lists of values from a file", offset: 0)
            return
        }
        guard !sql.utf8.contains(0) else {
            problem = Self.isNone
            return
        }
        let text = try connection.texts("SELECT json_serialize_sql(\(sql.asLiteral))::VARCHAR").first?[0] ?? ""
        guard let tree = try? JSON(parsing: text) else {
            problem = Self.unreadable(StatementTree(text))
            return
        }
        if let statements = tree["statements"]?.arrayValue, statements.count == 1 {
            note(tablesIn: tree)
            walk(tree)
            edits.sort { $0.offset < $1.offset }
        } else if tree["error"]?.boolValue == false || tree["error_type"]?.stringValue == "parser" {
            // Such a text is refused before anything in it is looked up.
            problem = QueryProblem.error(of: self, DuckFailure(text: text), connection)
        } else {
            problem = Self.isNone
        }
    }

    /// What is said of a query whose tree is no JSON that we read.
    private static func unreadable(_ tree: StatementTree) -> TallyError {
        // The parser makes an infinity of such a number, and JSON has none.
        if let place = tree.placeOfEndlessNumber {
            return TallyError(
                .invalidDefinitions, "has a number that is too large for a DOUBLE", subject: nil,
                help: "write 'inf'::DOUBLE where infinity is meant", offset: place)
        }
        return TallyError(
            .invalidDefinitions, "is nested too deeply", subject: nil, help: "take it apart with WITH", offset: 0)
    }

    private static let isNone = TallyError(
        .invalidDefinitions, "is not one statement that gives rows", subject: nil,
        help: "write one SELECT; nothing else is run", offset: 0)

    /// The query as it may stand between parentheses: without a closing semicolon, and safe against a trailing comment.
    var subquery: String {
        var text = Array((guarded ?? statement).utf8)
        while let last = text.last, " \t\r\n;".utf8.contains(last) { text.removeLast() }
        return String(decoding: text, as: UTF8.self) + "\n"
    }

    /// The query with all its paths from `/` on.
    var statement: String {
        let bytes = Array(written.utf8)
        var text: [UInt8] = []
        var place = 0
        for (offset, removed, inserted) in edits {
            text += bytes[place..<offset] + inserted
            place = offset + removed
        }
        return String(decoding: text + bytes[place...], as: UTF8.self)
    }

    /// The place in the written text of a place in the statement that is run.
    func offset(ofStatement offset: Int) -> Int {
        var shift = 0
        for (place, removed, inserted) in edits {
            if offset < place + shift { break }
            if offset < place + shift + inserted.count { return place }
            shift += inserted.count - removed
        }
        return offset - shift
    }

    /// Where a path stands in the written text; nil for one that is not written as a whole.
    func offset(ofPath path: String) -> Int? { paths.first { $0.path.isSame(as: path) }?.offset }

    /// The one path that it names, as in a message; nil where it names none or several.
    var onlyFile: String? {
        guard paths.count == 1, let path = paths.first?.path else { return nil }
        let home = root + "/"
        return path.begins(with: home) ? String(decoding: path.utf8.dropFirst(home.utf8.count), as: UTF8.self) : path
    }

    /// What DuckDB says, with paths as they were written.
    func words(_ message: String) -> String {
        message.replacing("\"\(root)/", with: "\"")
    }
}

extension UserQuery {
    /// The table functions that a query may use, by name; true for those whose first argument is a path.
    ///
    /// `parquet_metadata` and `parquet_full_metadata` are none of them: what they make of a file may end the process
    /// (`FooterStatistics`).
    private static let functions: [String: Bool] = Dictionary(
        uniqueKeysWithValues: [
            "read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "parquet_schema",
            "parquet_file_metadata", "parquet_kv_metadata", "parquet_bloom_probe", "read_json", "read_json_auto",
            "read_json_objects", "read_json_objects_auto",
            "read_ndjson", "read_ndjson_auto", "read_ndjson_objects", "read_text", "read_blob", "glob",
        ].map { ($0, true) }
            + [
                "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "summary",
                "pg_timezone_names", "icu_calendar_names",
            ].map { ($0, false) })

    /// Endings of names that DuckDB takes for files where no table has them.
    private static let endings = [".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson"]

    /// Whether DuckDB may take a name for that of a file.
    private static func mayBeFile(_ name: String) -> Bool {
        let folded = name.lowercasedASCII
        return folded.contains("/") || endings.contains { folded.contains($0) }
    }

    /// Whether DuckDB takes a name for that of a file wherever no table has it.
    static func endsLikeFile(_ name: String) -> Bool {
        let plain = uncompressed(name.lowercasedASCII)
        return endings.contains { plain.ends(with: $0) || plain.contains($0 + "?") }
    }

    /// A name in small letters without the ending of a compressed file.
    static func uncompressed(_ name: String) -> String {
        [".gz", ".zst"].first { name.ends(with: $0) }
            .map { String(decoding: name.utf8.dropLast($0.utf8.count), as: UTF8.self) } ?? name
    }

    /// The name that SQL knows a table of Parquet files by, where a part of the statement is one; nil for any other part.
    func alias(ofParquet node: JSON) -> String? {
        let given = node["alias"]?.stringValue ?? ""
        if let function = node["function"] {
            let name = function["function_name"]?.stringValue ?? ""
            guard Self.parquetFunctions.contains(name.lowercasedASCII) else { return nil }
            return given.isEmpty ? name : given
        }
        let name = ["catalog_name", "schema_name", "table_name"]
            .compactMap { node[$0]?.stringValue }.filter { !$0.isEmpty }.joined(separator: ".")
        let folded = name.lowercasedASCII
        guard folded.contains(".parquet"), !tables.contains(Array(folded.utf8)) else { return nil }
        guard given.isEmpty else { return given }
        // As DuckDB names a table after its file, and one of many files after the function that reads them.
        guard !name.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return "parquet_scan" }
        return name.parts(by: "/").last?.parts(by: ".").first { !$0.isEmpty } ?? name
    }

    /// The functions that read Parquet files.
    static let parquetFunctions: Set<String> = ["read_parquet", "parquet_scan"]

    /// Names of common table expressions: they come before files.
    private mutating func note(tablesIn node: JSON) {
        for entry in node["cte_map"]?["map"]?.arrayValue ?? [] {
            guard let name = entry["key"]?.stringValue else { continue }
            guard !Self.mayBeFile(name) else {
                // It would mean the file wherever its `WITH` does not reach, its own text included, and the text elsewhere.
                problem =
                    problem
                    ?? TallyError(
                        .invalidDefinitions, "the name '\(name)' of WITH looks like a file's", subject: nil,
                        help: "give it a name without a slash and without an ending such as .parquet")
                continue
            }
            tables.insert(Array(name.lowercasedASCII.utf8))
        }
        for child in Self.children(of: node) { note(tablesIn: child) }
    }

    private mutating func walk(_ node: JSON) {
        switch node["type"]?.stringValue {
        case "TABLE_FUNCTION":
            if let function = node["function"] { take(function: function) }
        case "BASE_TABLE":
            guard let name = node["table_name"]?.stringValue else { break }
            let qualifiers = ["catalog_name", "schema_name"].compactMap { node[$0]?.stringValue }.filter { !$0.isEmpty }
            guard qualifiers.isEmpty else {
                // DuckDB takes `a.parquet` for a file, too.
                let path = (qualifiers + [name]).joined(separator: ".")
                if Self.endsLikeFile(path) {
                    refuse(path: path, at: node["query_location"]?.intValue)
                } else if path.lowercasedASCII.contains(".parquet") {
                    parquetPaths.append(path)
                }
                break
            }
            let folded = name.lowercasedASCII
            if !tables.contains(Array(folded.utf8)), Self.endsLikeFile(folded) {
                let offset = node["query_location"]?.intValue
                let path = take(path: name, at: offset)
                if folded.contains(".parquet") { parquetPaths.append(path) }
                let isNamed = node["alias"]?.stringValue?.isEmpty == false
                let isShown = offset.map { shownPlaces.contains($0) } ?? false
                let place =
                    isShown && !isNamed
                    ? QueriedPath.Place.shown
                    : .table(name: isNamed ? nil : alias(ofParquet: node) ?? QueriedPath.tableName(of: name, path))
                places.append(QueriedPath(path: path, written: name, offset: offset, place: place))
            } else if !tables.contains(Array(folded.utf8)), folded.contains(".parquet") {
                parquetPaths.append(name)
            }
        case "SHOW_REF":
            if let place = node["query"]?["from_table"]?["query_location"]?.intValue { shownPlaces.insert(place) }
        default: break
        }
        for child in Self.children(of: node) { walk(child) }
    }

    static func children(of node: JSON) -> [JSON] {
        switch node {
        case .array(let elements): elements
        case .members(let members): members.map(\.value)
        case .null, .bool, .int, .double, .string: []
        }
    }

    private mutating func take(function: JSON) {
        let name = (function["function_name"]?.stringValue ?? "").lowercasedASCII
        guard let readsFiles = Self.functions[name] else {
            problem =
                problem
                ?? TallyError(
                    .invalidDefinitions, "the table function \(name) may not be used", subject: nil,
                    help: "read files with read_csv, read_parquet, read_json, read_text or their like",
                    offset: function["query_location"]?.intValue.map { Int($0) })
            return
        }
        guard readsFiles, let first = function["children"]?.arrayValue?.first else { return }
        if ["glob", "read_text", "read_blob"].contains(name) { listsFolders = true }
        let isList = first["function_name"]?.stringValue == "list_value"
        var call = FileCall(name: name, isList: isList, saysPartitions: FileCall.saysPartitions(function))
        call.offset = function["query_location"]?.intValue.flatMap { Int(exactly: $0) }
        defer { calls.append(call) }
        if FileCall.typesFolders(function), !call.saysPartitions {
            problem =
                problem
                ?? TallyError(
                    .invalidDefinitions, "gives types of folders, and does not say that they are columns", subject: nil,
                    help: "write hive_partitioning = true beside hive_types", offset: call.offset)
        }
        for constant in isList ? first["children"]?.arrayValue ?? [] : [first] {
            let offset = constant["query_location"]?.intValue
            if let written = constant["value"]?["value"]?.stringValue {
                let path = take(path: written, at: offset)
                call.paths.append((path, written, offset))
                if Self.parquetFunctions.contains(name) {
                    parquetPaths.append(path)
                    let place = isList ? QueriedPath.Place.list : .argument
                    places.append(QueriedPath(path: path, written: written, offset: offset, place: place))
                }
            } else {
                problem =
                    problem
                    ?? TallyError(
                        .invalidDefinitions, "the path of \(name) is not one text", subject: nil,
                        help:
                            "write it in quotes, as the first argument: the file is looked at before and after it is read",
                        offset: function["query_location"]?.intValue.map { Int($0) })
            }
        }
    }

    /// Refuses a query that names a file so that it cannot be told which it is.
    mutating func refuse(
        path: String, at offset: (some FixedWidthInteger)?, _ words: String = "does not stand in quotes of its own",
        help: Advice =
            "write it as one text, such as 'data/x.parquet': the file is looked at before and after it is read"
    ) {
        problem =
            problem
            ?? TallyError(
                .invalidDefinitions, "the path \(path) \(words)", subject: nil, help: help,
                offset: offset.flatMap { Int(exactly: $0) })
    }

    /// Notes a path, and where the repository's folder has to be put before it; returns it as it is run.
    @discardableResult
    private mutating func take(path: String, at offset: Int64?) -> String {
        let first = path.utf8.first
        if first == UInt8(ascii: "~") || path.begins(with: "file:") {
            // DuckDB opens another path than the one that would be looked at.
            refuse(path: path, at: offset, "is no path from / or from the repository on")
        }
        let isRelative =
            first != UInt8(ascii: "/") && first != UInt8(ascii: "~")
            && !path.begins(with: "file:") && !path.contains("://")
        guard isRelative else {
            paths.append((path, offset.flatMap { Int(exactly: $0) }))
            return path
        }
        guard let offset = offset.flatMap({ Int(exactly: $0) }), let quote = quote(around: path, at: offset) else {
            // Escapes and dollar quotes: where it starts cannot be written into it.
            refuse(path: path, at: offset)
            return path
        }
        let start = FileGlob.exactly(root.isSame(as: "/") ? root : root + "/")
        if !edits.contains(where: { $0.offset == offset + 1 }) {
            paths.append((start + path, offset))
            edits.append((offset + 1, 0, start.utf8.flatMap { $0 == quote ? [$0, $0] : [$0] }))
        }
        return start + path
    }

    /// The quote that a text stands in at a place, if it does stand there.
    func quote(around text: String, at offset: Int) -> UInt8? {
        let bytes = Array(written.utf8)
        guard bytes.indices.contains(offset), "'\"".utf8.contains(bytes[offset]) else { return nil }
        let quote = bytes[offset]
        let quoted = [quote] + text.utf8.flatMap { $0 == quote ? [$0, $0] : [$0] } + [quote]
        return bytes[offset...].starts(with: quoted) ? quote : nil
    }
}
