// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// Takes numbers from a table's rows, most of them in one aggregate; what footers say of them counts for nothing.
    ///
    /// Measures that group rows, and queries, are statements of their own. Throws `E-invalid-data` for a query that is not
    /// one reading statement or does not give one number.
    public func measure(_ request: MeasureRequest) async throws(TallyError) -> MeasureResult {
        let sandbox = try Sandbox(request, self)
        return try await withSession(.unordered, "measure", sandbox: sandbox, isRepeatable: { true }) {
            (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                let values: [Measured]
                if let table = try session.engine.open(request, connection) {
                    values = try session.engine.measure(request, table, connection)
                } else {
                    // No file, no rows.
                    values = request.measures.map(\.overNothing)
                }
                return MeasureResult(values: values)
            }
        }
    }

    /// Aggregates that share a statement: beyond some hundreds DuckDB takes the square of their number to plan them, and a
    /// further pass costs less.
    private static let mostAggregates = 512

    private func measure(
        _ request: MeasureRequest, _ opened: OpenedTable, _ connection: Connection
    ) throws(TallyError) -> [Measured] {
        var values = request.measures.map { _ in Measured.unsupported }
        do throws(DuckFailure) {
            let sql = MeasureSQL(tests: opened.tests, table: opened.table)
            var shared: [(index: Int, text: SQL)] = []
            for (index, measure) in request.measures.enumerated() {
                switch sql.form(measure) {
                case .aggregate(let text): shared.append((index, text))
                case .query(let text):
                    values[index] = measure.read(try connection.texts(text).first ?? [])
                case nil: break
                }
            }
            for start in stride(from: 0, to: shared.count, by: Self.mostAggregates) {
                let part = shared[start..<min(shared.count, start + Self.mostAggregates)]
                let list = part.map { "(\($0.text))::VARCHAR" as SQL }.joined(separator: ", ")
                let row = try connection.texts("SELECT \(list) FROM \(opened.table)").first ?? []
                for (place, item) in part.enumerated() where place < row.count {
                    values[item.index] = request.measures[item.index].read([row[place]])
                }
            }
        } catch {
            guard opened.text == nil else { throw opened.failed(error, "take the measures") }
            throw wrapped(
                error, "take the measures", over: opened.runs, reading: request.measures.flatMap(\.readColumns),
                subject: opened.subject, connection)
        }
        for (index, measure) in request.measures.enumerated() where values[index] == .unsupported {
            switch measure {
            case .orphans(let names, let referred):
                values[index] = try orphans(names, opened, referred, connection)
            case .query(let query, let tables): values[index] = try number(of: query, tables, connection)
            case .rows, .nulls, .failures, .distinct, .surplus, .minimum, .maximum, .sum, .latest,
                .longestGap, .staleKeys, .quantile, .lag:
                break
            }
        }
        return values
    }

    /// A table ready to be measured.
    private struct OpenedTable {
        let table: SQL
        let tests: RowTestSQL
        let subject: String?
        /// How SQL knows the columns, where not by their names.
        var named: [(String, SQL)] = []
        /// The table of text behind `table`, which lives as long as somebody reads it.
        var text: TextTable?
        /// The files behind the table, where they are Parquet.
        var runs: [TableRun] = []

        /// The table for SQL of users: by the names that its columns have in the data.
        var forUsers: SQL {
            guard !named.isEmpty else { return table }
            let list = named.map { "\($1) AS \($0.asIdentifier)" as SQL }
            return "(SELECT \(list.joined(separator: ", ")) FROM \(table))"
        }

        func failed(_ failure: DuckFailure, _ action: String) -> TallyError {
            text?.wrapped(failure, action) ?? failure.wrapped(action, subject: subject)
        }
    }

    /// The table behind FROM; nil when no file matches.
    private func open(_ request: MeasureRequest, _ connection: Connection) throws(TallyError) -> OpenedTable? {
        let readsUTC = request.table.timeZone == "UTC"
        switch request.table.rows {
        case .query(let sql):
            let found = try description(of: request.table, connection)
            return OpenedTable(
                table: "(\(SQL(try connection.userQuery(sql))))",
                tests: RowTestSQL(columns: ByName(found.columns.map { ($0.name, $0) }), readsUTC: readsUTC),
                subject: nil)
        case .files(let patterns, let format):
            let subject = patterns.joined(separator: ", ")
            let files = try files(of: patterns, format)
            guard !files.isEmpty else { return nil }
            let zone = try zone(request.table.timeZone, connection, subject: subject)
            var runs = try runs(
                ofFiles: files, format, request.table.text, partitions: request.table.partitions, zone: zone,
                isOrdered: false,
                isLenient: request.table.unreadableIsNull, subject: subject, connection)
            if let text = runs.first?.text {
                return try open(text, request, files: files, subject: subject, connection)
            }
            if runs.contains(where: \.hasFolders) {
                let asked = request.types.map { (name: $0.name, type: $0.type) }
                let known = ByName(request.types.map { ($0.name, $0.type) })
                let others = folderColumns(files, request.table).filter { known[$0.name] == nil }
                let types = asked + others.map { (name: $0.name, type: $0.type ?? .string) }
                runs = try runs.map { (run) throws(TallyError) in try run.withFolders(as: types, zone: zone) }
            }
            let merged = try MergedColumns(runs, of: files.count).table()
            return OpenedTable(
                table: merged.sql,
                tests: RowTestSQL(
                    columns: ByName(merged.names.map { ($0.name, $0.described(gap: nil)) }),
                    identifiers: merged.identifiers, readsUTC: readsUTC),
                subject: subject,
                named: merged.isPlain ? [] : merged.named, runs: runs)
        }
    }

    /// Text, each column as the type it was asked for as; without such types, as what it looks like.
    private func open(
        _ text: TextTable, _ request: MeasureRequest, files: [String], subject: String, _ connection: Connection
    ) throws(TallyError) -> OpenedTable {
        var types = request.types
        if types.isEmpty {
            types = try description(of: request.table, connection).columns.compactMap { column in
                column.type.map { ColumnSchema(name: column.name, type: $0) }
            }
        }
        var identifiers: [(String, SQL)] = []
        for column in types {
            identifiers.append((column.name, try text.alias(column.name, as: column.type).asIdentifier))
        }
        let columns = types.map { column in
            let type = column.type
            return (
                column.name,
                TableDescription.Column(name: column.name, type: type, nativeType: type.duckName, isText: true)
            )
        }
        // Instants are made here, whatever zone their texts were in.
        return OpenedTable(
            table: TextTableFunction.sql(text),
            tests: RowTestSQL(columns: ByName(columns), identifiers: ByName(identifiers), readsUTC: true),
            subject: subject, named: identifiers, text: text)
    }

    private func orphans(
        _ names: [String], _ opened: OpenedTable, _ referred: ReferredColumns, _ connection: Connection
    ) throws(TallyError) -> Measured {
        let request = MeasureRequest(table: referred.table, types: referred.types, measures: [])
        guard let other = try open(request, connection) else { return .unsupported }
        let sql = try ReferenceSQL(tests: opened.tests, others: other.tests).orphans(
            names, of: opened.table, in: referred.names, of: other.table)
        do throws(DuckFailure) {
            return Measure.rows.read(try connection.texts(sql).first ?? [])
        } catch {
            throw opened.failed(error, "look for the rows of the other table")
        }
    }

    /// The number of a query; as a subquery it can be nothing but one statement that reads.
    private func number(
        of query: String, _ tables: [String: TableReference], _ connection: Connection
    ) throws(TallyError) -> Measured {
        var named: [SQL] = []
        var texts: [OpenedTable] = []
        for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
            guard let opened = try open(MeasureRequest(table: table, measures: []), connection) else {
                return .unsupported
            }
            // The table of text lives until the query ends.
            texts.append(opened)
            named.append("\(name.asIdentifier) AS (SELECT * FROM \(opened.forUsers))")
        }
        let head: SQL = named.isEmpty ? "" : "WITH \(named.joined(separator: ", ")) "
        let rows: [[String?]]
        let inner: SQL
        do throws(TallyError) {
            inner = SQL(try connection.userQuery(query))
        } catch {
            throw TallyError(.invalidData, "a query of a contract: \(error.message)", subject: nil, help: error.help)
        }
        do throws(DuckFailure) {
            rows = try connection.texts("\(head)SELECT COLUMNS(*)::VARCHAR FROM (\(inner)) LIMIT 2")
        } catch {
            let text = texts.first { $0.text?.hasFailed ?? false }
            throw text?.failed(error, "run a query of a contract")
                ?? error.wrapped("run a query of a contract", subject: nil, ioCode: .engine)
        }
        guard rows.count == 1, rows[0].count == 1, let text = rows[0][0], let number = Double(text) else {
            throw TallyError(
                .invalidData, "a query of a contract gives no single number", subject: nil,
                help: "select one value, such as count(*)")
        }
        return .number(number)
    }
}

extension Measure {
    /// What is measured where there are no rows.
    fileprivate var overNothing: Measured {
        switch self {
        case .rows, .nulls, .failures, .distinct, .surplus, .orphans: .count(0)
        case .staleKeys: .part(0, of: 0)
        case .minimum, .maximum, .sum, .latest, .longestGap, .quantile, .lag: .value(.null)
        case .query: .unsupported
        }
    }

    /// The columns of the table whose values are looked at.
    fileprivate var readColumns: [String] {
        switch self {
        case .rows, .query: []
        case .nulls(let name), .minimum(let name), .maximum(let name), .sum(let name), .latest(let name, _),
            .longestGap(let name, _), .quantile(let name, _):
            [name]
        case .failures(let tests): tests.compactMap(\.column)
        case .distinct(let names), .surplus(let names), .orphans(let names, _): names
        case .staleKeys(let names, let time, _, _): names + [time]
        case .lag(let from, let to, _): [from, to]
        }
    }

    /// Reads the texts of an answer.
    fileprivate func read(_ texts: [String?]) -> Measured {
        let first = texts.first ?? nil
        switch self {
        case .rows, .nulls, .failures, .distinct, .surplus, .orphans:
            return first.flatMap { Int($0) }.map { .count($0) } ?? .unsupported
        case .minimum, .maximum:
            guard let first else { return .value(.null) }
            if let whole = Int64(first) { return .value(.int64(whole)) }
            return Double(first).map { .value(.float64($0)) } ?? .unsupported
        case .quantile:
            guard let first else { return .value(.null) }
            if let whole = Int64(first) { return .value(.int64(whole)) }
            return Double(first).map { .number($0) } ?? .unsupported
        case .sum, .longestGap, .lag, .query:
            guard let first else { return .value(.null) }
            return Double(first).map { .number($0) } ?? .unsupported
        case .latest:
            guard let first else { return .value(.null) }
            return Int64(first).map { .value(.timestamp(Timestamp(microseconds: $0))) } ?? .unsupported
        case .staleKeys:
            guard let stale = first.flatMap({ Int($0) }), let all = texts.last?.flatMap({ Int($0) }) else {
                return .unsupported
            }
            return .part(stale, of: all)
        }
    }
}
