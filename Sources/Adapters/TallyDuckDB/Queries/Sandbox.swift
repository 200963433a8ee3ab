// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The SQL of users that an operation runs, in a database of its own that reads declared files and nothing else.
struct Sandbox: Sendable {
    /// The queries, each with names that it knows for tables.
    private(set) var queries: [(sql: String, tables: [String])] = []
    /// Files that may be read besides, such as those behind the tables.
    var files: [String] = []
    /// The file that is written.
    var output: String?

    /// A sandbox for one query.
    init(_ sql: String) { add(sql) }

    /// A sandbox for what a table is made of; nil where no user wrote SQL.
    init?(_ table: TableReference) {
        guard case .query(let sql) = table.rows else { return nil }
        add(sql)
    }

    /// A sandbox for measures; nil where no user wrote SQL.
    init?(_ request: MeasureRequest, _ engine: DuckDBEngine) throws(TallyError) {
        var tables = [request.table]
        for measure in request.measures {
            switch measure {
            case .query(let sql, let named):
                add(sql, tables: Array(named.keys))
                tables += named.values
            case .orphans(_, let referred): tables.append(referred.table)
            case .rows, .nulls, .failures, .distinct, .surplus, .minimum, .maximum, .sum, .latest, .longestGap,
                .staleKeys, .quantile, .lag:
                break
            }
        }
        for table in tables {
            if case .query(let sql) = table.rows { add(sql) }
        }
        guard !queries.isEmpty else { return nil }
        for table in tables {
            // Text is read by our own reader.
            guard case .files(let patterns, .parquet) = table.rows else { continue }
            files += try engine.files(of: patterns, .parquet).map(engine.absolute)
        }
    }

    private mutating func add(_ sql: String, tables: [String] = []) {
        if !queries.contains(where: { $0.sql.isSame(as: sql) }) { queries.append((sql, tables)) }
    }
}

extension Connection {
    /// Looks at the queries of a sandbox, then lets its database read what these may read and locks it.
    ///
    /// Before this the database has run nothing that a user wrote; afterwards no statement can change what it may do.
    func lock(for sandbox: Sandbox, _ engine: DuckDBEngine) throws(DuckFailure) {
        // The types of a file are looked at once, and are those that it is read by.
        try keepFooters()
        var queries = ByName<UserQuery>([])
        let readable = ReadableFiles(engine.settings.queries, root: engine.root)
        // A path that DuckDB takes for a pattern is spelled so that it is one.
        var folders = readable.folders + readable.folders.map(\.asGlobLiteral)
        var files = readable.files + readable.files.map(\.asGlobLiteral) + [sandbox.output].compactMap(\.self)
        for file in sandbox.files { files += [file, file.asGlobLiteral] }
        for (sql, tables) in sandbox.queries {
            let query = try UserQuery(sql, root: engine.root, tables: tables, self)
            for (path, _) in query.paths {
                guard let (path, isPattern) = readable.exception(for: path) else { continue }
                if isPattern {
                    // What gives names without opening their files may not look beside the folders that it may read.
                    if !query.listsFolders { files.append(path) }
                } else {
                    // DuckDB looks for a folder of that name where there is no such file.
                    files.append(path)
                    folders.append(path)
                }
            }
            queries[sql] = query
        }
        let named = sandbox.queries.flatMap { queries[$0.sql]?.paths.map(\.path) ?? [] }
        queriedFiles = QueriedFiles(named, root: engine.root)
        func list(_ paths: [String]) -> SQL { "[\(paths.map(\.asLiteral).joined(separator: ", "))]" }
        try execute("SET allowed_configs = ['errors_as_json']")
        if !folders.isEmpty { try execute("SET allowed_directories = \(list(folders))") }
        if !files.isEmpty { try execute("SET allowed_paths = \(list(files))") }
        try execute("SET enable_external_access = false")
        try execute("SET lock_configuration = true")
        for (sql, _) in sandbox.queries {
            guard var query = queries[sql], query.problem == nil else { continue }
            settle(&query)
            queries[sql] = query
        }
        userQueries = queries
        isLocked = true
    }

    /// Looks at what a query reads, once its database reads nothing else.
    private func settle(_ query: inout UserQuery) {
        do throws(DuckFailure) {
            try query.settle(self)
        } catch {
            query.problem = Self.unseen(query.parquetPaths.first ?? "", query, error)
        }
        queriedFiles?.add(query.pins.flatMap(\.files))
        for (path, _) in query.paths where !query.parquetPaths.contains(where: { $0.isSame(as: path) }) {
            queriedFiles?.add(listing(behind: path))
        }
        query.problem = query.problem ?? problem(of: query)
        guard query.problem == nil else { return }
        do throws(TallyError) {
            query.guarded = try guardedStatement(of: query)
            query.problem = try folderCollision(of: query)
        } catch {
            query.problem = error
        }
    }

    /// The files that DuckDB finds behind a pattern or in a folder: also those whose names begin with `_` or `.`.
    func listing(behind path: String) -> [String] {
        let exact = FileGlob.exactPath(path)
        if let exact, FileStamp(of: exact)?.kind != .folder { return [exact] }
        let pattern = exact == nil ? path : path + "/**"
        // What may not be listed may not be read either, which the query is told.
        return (try? texts("SELECT file FROM glob(\(pattern.asLiteral))").compactMap { $0[0] }) ?? []
    }

    /// A user's query, as it may be run here; throws for one that may not.
    func userQuery(_ sql: String) throws(TallyError) -> UserQuery {
        guard let query = userQueries[sql] else {
            throw TallyError(.internal, "a query was to be run outside of a sandbox")
        }
        if let problem = query.problem { throw problem }
        return query
    }
}
