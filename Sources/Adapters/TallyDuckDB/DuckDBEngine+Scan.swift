// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// Hands over a table's rows in the files' order, in batches of 65,536 rows but for the last.
    ///
    /// Where some files have nanoseconds in UTC and others have not, each run of files ends with such a batch.
    /// A column asked for without a type is carried without loss: types we do not have as DuckDB's text for them, a
    /// zone-less time as the timestamp with the same wall time in UTC. Times asked for as timestamps are rounded to
    /// microseconds and read in the table's zone; infinite ones are null. `body` may call the engine.
    /// Throws `E-invalid-data` for a missing column, a type that does not fit, and text that is no value of its type.
    public func scan(
        _ request: ScanRequest, _ body: (Batch) async throws(TallyError) -> Void
    ) async throws(TallyError) {
        try await withSession(.ordered, "scan") { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                session.scans = try session.engine.scans(of: request, connection)
            }
            while let batch = try await session.nextBatch() {
                try await body(batch)
                if Task.isCancelled { throw .stopped }
            }
        }
    }

    /// The scans of a table's files, run by run: each is opened when its turn comes.
    private func scans(of request: ScanRequest, _ connection: Connection) throws(TallyError) -> [WaitingScan] {
        let times = Set(request.columns.filter { $0.type == .timestamp }.map(\.name))
        let found = try description(of: request.table, times: times, connection)
        let subject: String?
        let format: Source.FileFormat?
        var runs: [FileRun?] = [nil]
        switch request.table.rows {
        case .files(let patterns, let files):
            let name = patterns.joined(separator: ", ")
            (subject, format) = (name, files)
            runs = try Self.reading(name) { () throws(DuckFailure) in
                try self.runs(of: found.files, files, found.columns, wanted: request.wanted, connection)
            }
        case .query: (subject, format) = (nil, nil)
        }
        let planner = ColumnPlanner(
            columns: found.columns, format: format,
            zone: try zone(request.table.timeZone, connection, subject: subject),
            subject: subject)
        return runs.map { WaitingScan(request: request, planner: planner, run: $0) }
    }

    /// Opens a scan whose turn has come.
    func open(_ waiting: WaitingScan, _ connection: Connection) throws(TallyError) -> TableScan {
        let request = waiting.request
        var (planner, opened) = (waiting.planner, OpenedFiles?.none)
        let table: String
        switch request.table.rows {
        case .query(let sql): table = "(\(sql.asSubquery))"
        case .files(_, let format):
            let run = waiting.run ?? FileRun(paths: [], hasZonedNanoseconds: false)
            let files = try Self.reading(planner.subject) { () throws(DuckFailure) in
                try self.open(run, planner.columns, wanted: request.wanted, connection)
            }
            table = FileReader.sql(files.paths, format, types: try planner.readerTypes(request.wanted))
            planner = planner.reading(files.columns)
            opened = files
        }
        var columns: [TableScan.Output] = []
        for column in request.columns {
            if let output = try TableScan.Output(column, planner) { columns.append(output) }
        }
        let condition = try request.after.flatMap { (after) throws(TallyError) in try Self.isLater(after, planner) }
        return try TableScan(
            columns, from: table, where: condition, subject: planner.subject,
            progress: try progress(
                of: request, files: waiting.run?.paths ?? [], isFiltered: condition != nil, connection), opened,
            connection)
    }

    private static func reading<Output>(
        _ subject: String?, _ read: () throws(DuckFailure) -> Output
    ) throws(TallyError) -> Output {
        do throws(DuckFailure) {
            return try read()
        } catch {
            throw error.wrapped("read the rows", subject: subject)
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
    private static func isLater(_ after: ScanRequest.After, _ planner: ColumnPlanner) throws(TallyError) -> String? {
        guard after.time.microseconds.magnitude < 1 << 62 else { return nil }
        var conditions: [String] = []
        for name in after.columns {
            let plan = try planner.plan(name, as: .timestamp)
            guard let reader = plan.time, reader.readsInPlace || !reader.unit.isZoned else { return nil }
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
    /// The next batch of the running scans; nil after the last.
    func nextBatch() throws(TallyError) -> Batch? {
        while true {
            if let batch = try scan?.next() { return batch }
            scan = nil
            guard !scans.isEmpty else { return nil }
            scan = try engine.open(scans.removeFirst(), connection())
        }
    }
}

/// A scan of a query, or of a run of files, that is opened when its turn comes.
struct WaitingScan {
    let request: ScanRequest
    let planner: ColumnPlanner
    let run: FileRun?
}

extension ScanRequest {
    /// The columns that are read, with the types they are read as.
    fileprivate var wanted: [(name: String, type: DataType?)] { columns.map { ($0.name, $0.type) } }
}
