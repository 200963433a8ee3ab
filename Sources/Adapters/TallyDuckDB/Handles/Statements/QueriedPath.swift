// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A path in a query's text that may have to be exchanged before the query is run.
struct QueriedPath: Sendable {
    /// Where the path stands.
    enum Place {
        /// One of the paths that a function reads.
        case list
        /// The only path that a function reads.
        case argument
        /// A table, with the name that it has besides what is written.
        case table(name: String?)
        /// The table that `SUMMARIZE` or `DESCRIBE` is about.
        case shown
    }

    /// The path from `/` on, as it is run.
    let path: String
    /// The path as it is written.
    let written: String
    /// Where it stands in the written text.
    let offset: Int64?
    let place: Place

    /// Whether it names Parquet files.
    var isParquet: Bool { !isTable || !isLike(Self.csvEndings) && !isLike(Self.jsonEndings) }

    private static let csvEndings = [".csv", ".tsv"]
    private static let jsonEndings = [".json", ".jsonl", ".ndjson"]

    /// Whether the path itself is the table: DuckDB puts a function of its own in its place.
    var isTable: Bool {
        switch place {
        case .list, .argument: false
        case .table, .shown: true
        }
    }

    /// The function that DuckDB reads the table by.
    var reader: SQL {
        if isParquet { return "parquet_scan" }
        return isLike(Self.csvEndings) ? "read_csv_auto" : "read_json_auto"
    }

    /// Whether DuckDB takes the name for one with such an ending.
    private func isLike(_ endings: [String]) -> Bool {
        let name = UserQuery.uncompressed(written.lowercasedASCII)
        return endings.contains { name.ends(with: $0) || name.contains($0 + "?") }
    }

    /// The name that DuckDB gives the table of a path: that of its file, or the path itself where it is a pattern.
    static func tableName(of written: String, _ path: String) -> String {
        guard !written.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return path }
        return written.parts(by: "/").last?.parts(by: ".").first { !$0.isEmpty } ?? written
    }

    /// Whether DuckDB may find columns in the names of folders behind a path: it has such a folder, or others may.
    static func mayHaveFolderColumns(_ path: String) -> Bool {
        guard let exact = FileGlob.exactPath(path) else { return true }
        return FileStamp(of: exact)?.kind == .folder || !folderColumns(of: exact).isEmpty
    }

    /// The names of columns that DuckDB may make of the folders of a file's path.
    static func folderColumns(of path: String) -> [String] {
        path.utf8.split { "/\\".utf8.contains($0) }.dropLast().compactMap { folder in
            folder.firstIndex(of: UInt8(ascii: "=")).map { String(decoding: folder[..<$0], as: UTF8.self) }
        }
    }
}

/// A table function in a query that reads files.
struct FileCall: Sendable {
    /// The name of the function, in small letters.
    let name: String
    /// Whether its paths stand in a list.
    let isList: Bool
    /// Whether the query says in so many words if names of folders are columns.
    let saysPartitions: Bool
    /// Where it stands in the text that was parsed.
    var offset: Int?
    /// Its paths as they are run, as they are written, and where they stand.
    var paths: [(path: String, written: String, offset: Int64?)] = []

    /// Whether DuckDB makes columns of names of folders unless it is told not to.
    var makesColumns: Bool { Self.tellable.contains(name) || Self.untellable.contains(name) }

    /// Whether it can be told not to.
    var isTellable: Bool { Self.tellable.contains(name) }

    private static let tellable: Set<String> = [
        "read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "read_json", "read_json_auto", "read_json_objects",
        "read_json_objects_auto", "read_ndjson", "read_ndjson_auto", "read_ndjson_objects",
    ]
    private static let untellable: Set<String> = ["read_text", "read_blob"]

    /// The name that an argument of a table function has, in small letters; nil for one that has its place only.
    ///
    /// `name = value` and `name := value` are the same to DuckDB, and so is `name => value`.
    static func name(ofArgument argument: JSON) -> String? {
        if argument["type"]?.stringValue == "COMPARE_EQUAL", let names = argument["left"]?["column_names"]?.arrayValue {
            return names.count == 1 ? names[0].stringValue?.lowercasedASCII : nil
        }
        return argument["alias"]?.stringValue.flatMap { $0.isEmpty ? nil : $0.lowercasedASCII }
    }

    /// Whether a function is told that names of folders are columns, or may be: of several words the last one counts.
    static func takesFolders(_ function: JSON) -> Bool {
        let words = (function["children"]?.arrayValue ?? []).filter { name(ofArgument: $0) == "hive_partitioning" }
        guard let last = words.last else { return false }
        // The parser makes a cast of `false`.
        let value = last["type"]?.stringValue == "COMPARE_EQUAL" ? last["right"] : last
        return value?["cast_type"]?["id"]?.stringValue != "BOOLEAN"
            || value?["child"]?["value"]?["value"]?.stringValue != "f"
    }

    /// Whether a function is given the types of columns that are names of folders.
    static func typesFolders(_ function: JSON) -> Bool {
        (function["children"]?.arrayValue ?? []).contains { name(ofArgument: $0) == "hive_types" }
    }

    /// Whether a function is told if names of folders are columns.
    static func saysPartitions(_ function: JSON) -> Bool {
        (function["children"]?.arrayValue ?? []).contains { name(ofArgument: $0) == "hive_partitioning" }
    }
}
