// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What a query reads is what was looked at: patterns become files, and names of folders no columns.
extension UserQuery {
    /// Puts the files in the place of each pattern and folder that names Parquet files, as they are now, and says of each
    /// function that names of folders are no columns, where the query does not say itself whether they are.
    ///
    /// What comes later is not read: nobody looked at its types. What names no file stays, and is not read either.
    mutating func settle(_ connection: Connection) throws(DuckFailure) {
        for place in places { try settle(place, connection) }
        for call in calls where call.makesColumns && !call.saysPartitions { try settle(call, connection) }
        edits.sort { $0.offset < $1.offset }
        guard problem == nil, !pins.isEmpty || readsFolders else { return }
        let text = try connection.texts("SELECT json_serialize_sql(\(statement.asLiteral))::VARCHAR").first?[0] ?? ""
        guard text.hasPrefix("{\"error\":false"), let tree = try? JSON(parsing: text) else {
            // Some statements take a name and no function, such as `TABLE 'x/*.parquet'`.
            let place = places.first { place in pins.contains { $0.path.isSame(as: place.path) } }
            if let place {
                refuse(path: place.written, at: place.offset, "names several files where one name is taken")
            } else if let place = places.first(where: { $0.isTable && QueriedPath.mayHaveFolderColumns($0.path) }) {
                refuseFolders(of: place.written, at: place.offset)
            } else {
                refuseFolders(of: paths.first?.path ?? "", at: paths.first?.offset)
            }
            return
        }
        // Whatever the edits came to: this is the statement that is run.
        if let path = pathWithColumns(in: tree) {
            let place = places.first { $0.path.isSame(as: path) }
            refuseFolders(of: place?.written ?? path, at: place?.offset ?? offset(ofPath: path).map { Int64($0) })
        }
    }

    /// Whether DuckDB might make columns of names of folders, or is told to.
    private var readsFolders: Bool {
        places.contains { $0.isTable && QueriedPath.mayHaveFolderColumns($0.path) }
            || calls.contains { $0.makesColumns && $0.paths.contains { QueriedPath.mayHaveFolderColumns($0.path) } }
    }

    private mutating func refuseFolders(of path: String, at offset: (some FixedWidthInteger)?) {
        refuse(
            path: path, at: offset, "may lie in folders of which duckdb makes columns",
            help: "say whether it shall: read_parquet('…', hive_partitioning = false), and so read_csv and read_json")
    }

    private mutating func settle(_ place: QueriedPath, _ connection: Connection) throws(DuckFailure) {
        let path = place.path
        let exact = FileGlob.exactPath(path)
        let isFile = exact.map { FileStamp(of: $0)?.kind != .folder } ?? false
        let list: SQL
        var files: [String] = []
        if place.isParquet, !isFile {
            // A folder stands for what DuckDB would find in it.
            let pattern = exact == nil ? path : path + "/**/*.parquet"
            files = try connection.texts("SELECT file FROM glob(\(pattern.asLiteral))").compactMap { $0[0] }
        }
        if !files.isEmpty {
            list = files.map(\.asGlobLiteral.asLiteral).joined(separator: ", ")
        } else {
            guard place.isTable, QueriedPath.mayHaveFolderColumns(path) else { return }
            list = path.asLiteral
        }
        guard let offset = place.offset.flatMap({ Int(exactly: $0) }),
            let quote = quote(around: place.written, at: offset)
        else { return refuse(path: place.written, at: place.offset) }
        if !files.isEmpty, !pins.contains(where: { $0.path.isSame(as: path) }) { pins.append((path, files)) }
        let table: SQL = "\(place.reader)([\(list)], \(Self.noColumns))"
        let text: SQL =
            switch place.place {
            case .list: list
            case .argument: "[\(list)]"
            case .table(nil): table
            case .table(let name?): "\(table) AS \(name.asIdentifier)"
            case .shown: "(FROM \(table))"
            }
        edits.removeAll { $0.offset == offset + 1 || $0.offset == offset }
        edits.append((offset, Self.length(of: place.written, in: quote), Array(text.text.utf8)))
    }

    private static let noColumns: SQL = "hive_partitioning = false"

    /// The bytes of a text with its quotes.
    private static func length(of text: String, in quote: UInt8) -> Int {
        2 + text.utf8.reduce(0) { $0 + ($1 == quote ? 2 : 1) }
    }

    private mutating func settle(_ call: FileCall, _ connection: Connection) throws(DuckFailure) {
        guard call.paths.contains(where: { QueriedPath.mayHaveFolderColumns($0.path) }), let last = call.paths.last
        else { return }
        guard call.isTellable else {
            for (path, written, offset) in call.paths {
                let files = connection.listing(behind: path)
                guard files.contains(where: { !QueriedPath.folderColumns(of: $0).isEmpty }) else { continue }
                return refuse(
                    path: written, at: offset, "lies in a folder of which \(call.name) makes a column",
                    help: "move it to a folder whose name has no =")
            }
            return
        }
        guard let offset = last.offset.flatMap({ Int(exactly: $0) }),
            let quote = quote(around: last.written, at: offset),
            let end = end(of: call, from: offset + Self.length(of: last.written, in: quote))
        else { return refuseFolders(of: last.written, at: last.offset) }
        guard !edits.contains(where: { $0.offset == end }) else { return }
        edits.append((end, 0, Array(", \(Self.noColumns.text)".utf8)))
    }

    /// Where the first argument of a function ends whose last path ends at a place; nil where that is not plain to see.
    private func end(of call: FileCall, from place: Int) -> Int? {
        guard call.isList else { return place }
        let bytes = Array(written.utf8)
        var (place, hasComma) = (place, false)
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): place += 1
            case UInt8(ascii: ","):
                if hasComma { return nil }
                hasComma = true
                place += 1
            case UInt8(ascii: "]"), UInt8(ascii: ")"): return place + 1
            default: return nil
            }
        }
        return nil
    }

    /// A path in the tree of a statement of which DuckDB might make columns that the query does not ask for; nil where there
    /// is none.
    private func pathWithColumns(in node: JSON) -> String? {
        if node["type"]?.stringValue == "BASE_TABLE", let name = node["table_name"]?.stringValue,
            !tables.contains(Array(name.lowercasedASCII.utf8)), Self.endsLikeFile(name),
            QueriedPath.mayHaveFolderColumns(name)
        {
            return name
        }
        if node["type"]?.stringValue == "TABLE_FUNCTION", let function = node["function"] {
            let name = (function["function_name"]?.stringValue ?? "").lowercasedASCII
            let call = FileCall(name: name, isList: false, saysPartitions: FileCall.saysPartitions(function))
            if call.isTellable, !call.saysPartitions,
                let path = Connection.paths(node).first(where: QueriedPath.mayHaveFolderColumns)
            {
                return path
            }
        }
        for child in Self.children(of: node) {
            if let path = pathWithColumns(in: child) { return path }
        }
        return nil
    }

    /// The path that was written where files of ours are read, or a file reads as it is written; nil for others.
    func path(of files: [String]) -> String? {
        if files.count == 1, offset(ofPath: files[0]) != nil { return files[0] }
        return pins.first { pin in
            pin.files.count == files.count && zip(pin.files, files).allSatisfy { $0.asGlobLiteral.isSame(as: $1) }
        }?.path
    }
}
