// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A user's query over Parquet files with numbers that DuckDB does not look at: each file is read behind guards.
extension Connection {
    /// The statement with guards (`ValueGuard`) around the files that need some; nil where none does.
    ///
    /// DuckDB's parser takes the query apart, each table of files becomes a subquery of the same name, and DuckDB writes the
    /// statement down again.
    func guardedStatement(of query: UserQuery) throws(TallyError) -> String? {
        guard !query.parquetPaths.isEmpty else { return nil }
        var problem: TallyError?
        do throws(DuckFailure) {
            var tree = try tree(of: query.statement)
            tree.spellTypesOfNumbers()
            var parts: [(range: Range<Int>, text: String)] = []
            for range in tree.tables {
                guard let node = try? JSON(parsing: tree.text(of: range)) else {
                    throw DuckFailure(text: "Parser Error: a table that cannot be looked at")
                }
                // What stands within a table that was exchanged was exchanged with it.
                guard let alias = query.alias(ofParquet: node),
                    parts.last.map({ $0.range.upperBound <= range.lowerBound }) ?? true
                else { continue }
                if problem == nil { problem = try textOfNumbers(node, query) }
                guard problem == nil, let text = try guarded(tree, range, alias, Self.file(node, query)) else {
                    continue
                }
                parts.append((range, text))
            }
            if problem == nil {
                guard !parts.isEmpty else { return nil }
                tree.replace(parts)
                return try named(WrittenStatement(tree, self), query)
            }
        } catch {
            if let column = Self.automaticColumns.first(where: { error.text.contains("\"\($0)\"") }) {
                throw TallyError(
                    .invalidDefinitions,
                    "reads the column '\(column)', which files with decimals or times of day have only where it is asked for",
                    subject: nil, help: "write read_parquet('…', \(column) = true)", underlying: error.text,
                    offset: query.parquetPaths.first.flatMap(query.offset(ofPath:)) ?? 0)
            }
            throw Self.unseen(query.parquetPaths.first ?? "", query, error)
        }
        if let problem { throw problem }
        return nil
    }

    /// Columns that DuckDB gives each table of files, and no subquery.
    private static let automaticColumns = ["filename", "file_row_number"]

    /// What is said of files whose reader would itself make other values of numbers that nobody looked at: where others of
    /// the files have texts or numbers of another type in the same column, or where the query gives the types.
    ///
    /// A decimal that does not fit is in the reader's message, and its text is made beyond memory before any guard.
    private func textOfNumbers(_ node: JSON, _ query: UserQuery) throws(DuckFailure) -> TallyError? {
        let arguments = node["function"]?["children"]?.arrayValue ?? []
        let paths = Self.paths(node)
        let list = paths.map(\.asLiteral).joined(separator: ", ")
        let files = try texts("SELECT DISTINCT file_name FROM parquet_schema([\(list)]) ORDER BY 1").map { $0[0] ?? "" }
        let givesTypes = arguments.contains { argument in
            FileCall.name(ofArgument: argument) == "schema"
        }
        guard givesTypes || files.count > 1 else { return nil }
        let schemas = try ParquetSchemas(files, self)
        var spellings: ByName<Set<String>> = ByName([])
        // Without what makes no other type of it, such as whether there may be nulls.
        var types: ByName<Set<String>> = ByName([])
        for file in files {
            for column in schemas.columns(of: file) {
                let name = column.name.lowercasedASCII
                spellings[name, default: []].insert(column.spelling)
                types[name, default: []].insert(column.type ?? column.spelling)
            }
        }
        func has(_ types: [String], _ spelling: String) -> Bool { types.contains { spelling.contains("|" + $0) } }
        for column in files.flatMap({ schemas.columns(of: $0) }) {
            let found = spellings[column.name.lowercasedASCII] ?? []
            guard found.contains(where: { has(["TIME", "DECIMAL"], $0) }) else { continue }
            let isText = found.count > 1 && found.contains { has(["VARCHAR", "JSON", "BLOB"], $0) }
            // Of a decimal that becomes a floating-point number nobody makes a text.
            let others = (types[column.name.lowercasedASCII] ?? []).filter { !["DOUBLE", "FLOAT"].contains($0) }
            guard givesTypes || isText || others.count > 1 && found.contains(where: { has(["DECIMAL"], $0) }) else {
                continue
            }
            let words =
                givesTypes
                ? "is given a type by the query, and has to be looked at as it is"
                : isText
                    ? "is text in some of them, and in others a number that has to be looked at"
                    : "is a decimal in some of them, which has to be looked at, and of another type in others"
            return TallyError(
                .invalidDefinitions, "reads \(Self.file(node, query)), whose column '\(column.name)' \(words)",
                subject: nil, help: "read each kind of files by itself, and put them together with UNION ALL",
                offset: query.path(of: paths).flatMap(query.offset(ofPath:)) ?? 0)
        }
        return nil
    }

    /// The paths that a table of a query names.
    static func paths(_ node: JSON) -> [String] {
        guard let first = node["function"]?["children"]?.arrayValue?.first else {
            let names = ["catalog_name", "schema_name", "table_name"].compactMap { node[$0]?.stringValue }
            return [names.filter { !$0.isEmpty }.joined(separator: ".")]
        }
        return (first["children"]?.arrayValue ?? [first]).compactMap { $0["value"]?["value"]?.stringValue }
    }

    /// The files of a table of a query, as a message names them.
    private static func file(_ node: JSON, _ query: UserQuery) -> String {
        let paths = paths(node)
        let path = paths.count == 1 ? paths[0] : query.path(of: paths)
        return path.map { query.words("\"\($0)\"") } ?? "one of its files"
    }

    func tree(of statement: String) throws(DuckFailure) -> StatementTree {
        StatementTree(try texts("SELECT json_serialize_sql(\(statement.asLiteral))::VARCHAR").first?[0] ?? "")
    }

    /// The table at a place of a tree as a subquery with guards; nil where it needs none.
    private func guarded(
        _ tree: StatementTree, _ range: Range<Int>, _ alias: String, _ file: String
    ) throws(DuckFailure) -> String? {
        func member(_ name: String) -> String? {
            tree.member(name, ofObjectAt: range.lowerBound).map(tree.text(of:))
        }
        // The name, the names of the columns and the sample are those of the subquery.
        let table =
            "{" + Self.plainMembers(tree, range).map { "\"\($0.name)\":\($0.text)" }.joined(separator: ",") + "}"
        let all = try select("", from: table)
        let columns = try texts(
            "SELECT column_name, column_type FROM (DESCRIBE \(SQL(try WrittenStatement(all.tree, self))))")
        let guards = columns.compactMap { row in
            let name = row[0] ?? ""
            return ValueGuard.guarded(name.asIdentifier, EngineType(row[1] ?? ""), of: "column \(name) of \(file)")
                .map { "\($0) AS \(name.asIdentifier)" as SQL }
        }
        guard !guards.isEmpty else { return nil }
        let guarded = try select("REPLACE (\(guards.joined(separator: ", ")))", from: table)
        return """
            {"type":"SUBQUERY","alias":\(JSON.string(alias).compactText),"sample":\(member("sample") ?? "null"),\
            "query_location":\(member("query_location") ?? "0"),\
            "subquery":{"node":\(guarded.node),"named_param_map":[]},\
            "column_name_alias":\(member("column_name_alias") ?? "[]")}
            """
    }

    /// The parts of a table in a tree, without the names that a query gives it and its columns, and without a sample.
    static func plainMembers(_ tree: StatementTree, _ range: Range<Int>) -> [(name: String, text: String)] {
        let own = ["alias": "\"\"", "sample": "null", "column_name_alias": "[]"]
        return tree.members(ofObjectAt: range.lowerBound).map { ($0.name, own[$0.name] ?? tree.text(of: $0.value)) }
    }

    /// The tree of a query for all columns of a table, some of them replaced, and its only node.
    func select(_ replacing: SQL, from table: String) throws(DuckFailure) -> (tree: StatementTree, node: String) {
        var tree = try tree(of: ("SELECT * \(replacing) FROM guarded" as SQL).text)
        tree.replace(tree.tables.map { ($0, table) })
        let statements = tree.members(ofObjectAt: 0).first { $0.name.isSame(as: "statements") }
        let statement = statements.map { tree.members(ofObjectAt: $0.value.lowerBound + 1) }
        guard let node = statement?.first(where: { $0.name.isSame(as: "node") }) else {
            throw DuckFailure(text: "Parser Error: a statement of ours has another tree")
        }
        return (tree, tree.text(of: node.value))
    }

    /// A guarded statement whose columns have the names that they have in the query.
    private func named(_ statement: WrittenStatement, _ query: UserQuery) throws(DuckFailure) -> String {
        guard let names = columnNames(of: query) else { return statement.text }
        let table: SQL = "(\(SQL(statement)))"
        let found = try texts("SELECT column_name FROM (DESCRIBE \(table))").map { $0[0] ?? "" }
        guard found.count == names.count else {
            throw DuckFailure(text: "Binder Error: the columns are others behind guards")
        }
        if zip(found, names).allSatisfy({ $0.isSame(as: $1) }) { return statement.text }
        return ("SELECT * FROM \(table) AS guarded(\(names.map(\.asIdentifier).joined(separator: ", ")))" as SQL).text
    }
}
