// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// Hands over a table's rows in the files' order, in batches of 65,536 rows but for the last.
    ///
    /// A column asked for without a type is carried without loss: types we do not have as DuckDB's text for them, a
    /// zone-less time as the timestamp with the same wall time in UTC. Times asked for as timestamps are rounded to
    /// microseconds and read in the table's zone; infinite ones are null. `body` may call the engine.
    /// Throws `E-invalid-data` for a missing column, a type that does not fit, and text that is no value of its type.
    public func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        var isUntouched = true
        try await withSession(
            .ordered, "scan", sandbox: Sandbox(request.table), isRepeatable: { isUntouched }
        ) { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                session.scan = try session.engine.openScan(request, connection)
            }
            while let batch = try await session.nextBatch() {
                isUntouched = false
                try await body(batch)
                if Task.isCancelled { throw .stopped }
            }
        }
    }

    private func openScan(_ request: ScanRequest, _ connection: Connection) throws(TallyError) -> TableScan? {
        let subject: String?
        let runs: [TableRun]
        var files: [String] = []
        let zone: ZoneTable?
        switch request.table.rows {
        case .files(let patterns, let format):
            subject = patterns.joined(separator: ", ")
            files = try self.files(of: patterns, format)
            guard !files.isEmpty else { return nil }
            zone = try self.zone(request.table.timeZone, connection, subject: subject)
            // The places in text say which file it is.
            runs = try self.runs(
                ofFiles: files, format, request.table.text, partitions: request.table.partitions, zone: zone,
                isOrdered: true,
                isLenient: request.table.unreadableIsNull, subject: format == .parquet ? subject : request.subject,
                connection)
        case .query(let sql):
            subject = nil
            zone = try self.zone(request.table.timeZone, connection, subject: nil)
            let query = try connection.userQuery(sql)
            do throws(DuckFailure) {
                runs = [try run(ofQuery: query, request.table.text, zone: zone, connection)]
            } catch {
                throw error.wrapped("describe the query", subject: nil)
            }
        }
        try Self.expect(request.columns.map(\.name), in: runs, subject: request.subject ?? subject)
        let wanted = request.columns.map { (name: $0.name, type: $0.type) }
        let parts = runs.flatMap { pieces(of: $0, wanted: wanted) }
            .map { ColumnPlanner(run: $0, zone: zone, subject: subject) }
        var isFiltered = false
        // What does not fit ends the scan before its first row; a copy's columns are known when it is made.
        for planner in parts where !planner.run.columns.contains(where: \.isExact) {
            _ = try Self.plan(request, planner)
            isFiltered = try Self.condition(request, planner) != nil || isFiltered
        }
        return try TableScan(
            request, parts, subject: subject, times: request.times,
            progress: try progress(of: request, files: files, isFiltered: isFiltered, connection), self, connection)
    }

    /// How the columns of a request are read of one run.
    static func plan(_ request: ScanRequest, _ planner: ColumnPlanner) throws(TallyError) -> [TableScan.Output] {
        var columns: [TableScan.Output] = []
        for column in request.columns {
            if let output = try TableScan.Output(column, planner) { columns.append(output) }
        }
        return columns
    }

    /// The condition that keeps the rows that are wanted; nil for all.
    static func condition(_ request: ScanRequest, _ planner: ColumnPlanner) throws(TallyError) -> SQL? {
        try request.after.flatMap { (after) throws(TallyError) in try isLater(after, planner) }
    }

    /// Throws `E-invalid-data` for a column that no run has; the columns of JSON lines are known only when they are read.
    static func expect(_ names: [String], in runs: [TableRun], subject: String?) throws(TallyError) {
        guard !runs.isEmpty, runs.allSatisfy({ $0.text == nil }) else { return }
        for name in names {
            let asked = ReadabilityColumn.parse(name)?.column ?? name
            if runs.contains(where: { $0.column(asked) != nil || $0.column(name) != nil }) { continue }
            var columns: [String] = []
            var seen = Set<[UInt8]>()
            for column in runs.flatMap(\.columns) where seen.insert(Array(column.name.utf8)).inserted {
                columns.append(column.name)
            }
            throw TallyError(
                .invalidData, "there is no column \(name)", subject: subject,
                help: "the columns are \(columns.joined(separator: ", "))")
        }
    }

    /// Reports for whoever waits; how many rows there are is known when all rows of files that count them are read.
    private func progress(
        of request: ScanRequest, files: [String], isFiltered: Bool, _ connection: Connection
    ) throws(TallyError) -> ProgressReport? {
        guard let subject = request.subject, let tell = settings.progress else { return nil }
        guard !isFiltered, case .files(_, let format) = request.table.rows else {
            return ProgressReport(subject, totalRows: nil, tell)
        }
        do throws(DuckFailure) {
            return ProgressReport(subject, totalRows: try rowCount(of: files, format, connection), tell)
        } catch {
            throw error.wrapped("count the rows", subject: subject)
        }
    }

    /// The condition that keeps later rows; nil where a time has to be computed, so that all rows are read.
    ///
    /// A wall time is at most 14 hours ahead of UTC and 12 behind it: a day more is kept, so that no zone matters.
    private static func isLater(_ after: ScanRequest.After, _ planner: ColumnPlanner) throws(TallyError) -> SQL? {
        guard after.time.microseconds.magnitude < 1 << 62 else { return nil }
        var conditions: [SQL] = []
        for name in after.columns {
            let plan = try planner.plan(name, as: .timestamp, .up, day: .end)
            guard plan.isThere, let reader = plan.time, reader.readsInPlace || !reader.unit.isZoned else { return nil }
            let wall = after.time.microseconds - 86_400_000_000
            // DuckDB compares in nanoseconds then, which end in the years 1677 and 2262.
            if reader.unit.scale == .nanoseconds, wall.magnitude > 9_000_000_000_000_000 { return nil }
            conditions.append(
                reader.unit.isZoned
                    ? "\(plan.expression) > make_timestamptz(\(after.time.microseconds)::BIGINT)"
                    : "\(plan.expression) > make_timestamp(\(wall)::BIGINT)")
        }
        return conditions.isEmpty ? nil : conditions.joined(separator: " OR ")
    }
}

extension Session {
    /// The next batch of the running scan; nil after the last.
    func nextBatch() throws(TallyError) -> Batch? { try scan?.next() }
}
