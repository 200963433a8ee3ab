// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What a user's query gives and reads, before anything is made of it.
extension Connection {
    /// What is wrong with what a query gives or reads.
    ///
    /// A query of Parquet files that DuckDB does not take now is none later: by then there may be other files, and nobody
    /// looked at their types. Any other such query says so itself.
    func problem(of query: UserQuery) -> TallyError? {
        var names: [String]?
        var failure: DuckFailure?
        do throws(DuckFailure) {
            names = try self.names(of: query)
        } catch {
            failure = error
        }
        if let names, let repeated = Self.repeatedName(names) { return repeated }
        for path in query.parquetPaths {
            if let problem = misreadColumn(of: path, query, isTaken: names != nil) { return problem }
        }
        guard let failure, !query.hasTables, !query.parquetPaths.isEmpty else { return nil }
        return QueryProblem.error(of: query, failure, self)
    }

    /// The names that a query gives its columns; nil for one that DuckDB does not take.
    ///
    /// As a table of another statement it would have others: DuckDB numbers names that stand twice, and `v_1` is then not
    /// what the query calls so. The query is not prepared for it: to plan a short text may take a lifetime.
    func columnNames(of query: UserQuery) -> [String]? { try? names(of: query) }

    private func names(of query: UserQuery) throws(DuckFailure) -> [String] {
        try texts("SELECT column_name FROM (DESCRIBE (\(SQL(query))))").map { $0[0] ?? "" }
    }

    /// What is said of two names that DuckDB takes for one; nil where there are none.
    private static func repeatedName(_ names: [String]) -> TallyError? {
        var seen = ByName<Int>([])
        for (index, name) in names.enumerated() {
            let folded = name.lowercasedASCII
            guard let first = seen[folded] else {
                seen[folded] = index
                continue
            }
            let message =
                names[first].isSame(as: name)
                ? "gives '\(name)' twice, as columns \(first + 1) and \(index + 1)"
                : "gives '\(names[first])' as column \(first + 1) and '\(name)' as column \(index + 1), which are one name in SQL"
            return TallyError(
                .invalidDefinitions, message, subject: nil,
                help: "give each a name of its own with AS, or name the columns instead of *", offset: 0)
        }
        return nil
    }

    /// What is wrong with the Parquet files behind a path: a column that DuckDB reads as other numbers, whether the query
    /// reads it or not, as a query does not tell.
    private func misreadColumn(of path: String, _ query: UserQuery, isTaken: Bool) -> TallyError? {
        let offset = query.offset(ofPath: path) ?? 0
        do throws(DuckFailure) {
            let found = try texts(
                """
                SELECT file_name, name, \(ParquetSchemas.misread) AS misread FROM parquet_schema(\(path.asLiteral)) \
                WHERE misread IS NOT NULL ORDER BY file_name, column_id LIMIT 1
                """)
            guard let row = found.first, let file = row[0], let column = row[1], let misread = row[2] else {
                return nil
            }
            return TallyError(
                .invalidDefinitions,
                "reads \(query.words("\"\(file)\"")), whose column '\(column)' is \(misread), of which duckdb reads other "
                    + "numbers",
                subject: nil, help: "write the column as another type, such as text", offset: offset)
        } catch {
            // A query that cannot read the files says why, with the place.
            guard isTaken || query.hasTables && error.kind != "IO" else { return nil }
            return Self.unseen(path, query, error)
        }
    }

    /// What is said of files whose columns cannot be looked at.
    static func unseen(_ path: String, _ query: UserQuery, _ failure: DuckFailure) -> TallyError {
        if let refused = DuckFailure.refusedPath(in: failure.text) {
            return TallyError(
                .invalidDefinitions, "it may not read \(query.words("\"\(refused)\""))", subject: nil,
                help: DuckFailure.readableHelp, underlying: failure.text, offset: query.offset(ofPath: refused) ?? 0)
        }
        return TallyError(
            .invalidDefinitions, "the columns of \(query.words("\"\(path)\"")) cannot be looked at", subject: nil,
            help: "TALLY_VERBOSE=1 shows the engine's own words, which may hold data", underlying: failure.text,
            offset: query.offset(ofPath: path) ?? 0)
    }
}
