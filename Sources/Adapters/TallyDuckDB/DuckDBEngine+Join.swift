// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyPointInTime

extension DuckDBEngine {
    /// Joins each view to the spine as SEMANTICS 3 says, one view after the other.
    ///
    /// DuckDB decodes the files on its threads, in any order, and the kernel takes the chunks in as they come, without
    /// copying what is stored as it is read. Values are found by the kernel alone; memory is in proportion to the spine.
    /// DuckDB leaves out rows of large files that count nowhere where that is measured to pay (`SourceFilter`); the result
    /// and its counts are those of all rows, the number of source rows included.
    /// Source rows without a time are counted where the spine has their entity.
    /// Throws `E-invalid-data` for a missing column, a type that does not fit, or an unknown zone, `E-unreadable` for a
    /// missing file, and what a transformation throws.
    public func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        try await withSession(.unordered, "join", isRepeatable: { true }) { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                var sides: [[ColumnSchema]: SpineSide] = [:]
                var keyTables: [[ColumnSchema]: SpineKeyTable] = [:]
                var results: [JoinResult] = []
                for view in request.views {
                    let side: SpineSide
                    if let known = sides[view.columns.keys] {
                        side = known
                    } else {
                        side = try SpineSide(request, view.columns.keys, subject: view.subject)
                        sides[view.columns.keys] = side
                    }
                    results.append(try session.engine.join(view, side, &keyTables, connection))
                }
                return results
            }
        }
    }

    private func join(
        _ view: ViewJoin, _ side: SpineSide, _ keyTables: inout [[ColumnSchema]: SpineKeyTable],
        _ connection: Connection
    ) throws(TallyError) -> JoinResult {
        let zone = try zone(view.timeZone, connection, subject: view.subject)
        let groups = view.files.filter { !$0.paths.isEmpty }
        var parts: [JoinPart] = []
        for (group, size) in zip(groups, try sizes(of: groups, view, connection)) {
            let runs = try runs(
                ofFiles: group.paths, view.format, view.text, partitions: view.partitions, zone: zone, isOrdered: false,
                subject: view.subject, connection)
            parts.append(JoinPart(group: group, runs: runs, size: size, zone: zone))
        }
        let runs = parts.flatMap(\.runs)
        // A column that no file has is a mistake; one that some files lack is null there.
        try Self.expect(view.readColumns.map(\.name), in: runs, subject: view.subject)
        let mayBeDays = view.eventTime.map { name in
            runs.contains { ColumnPlanner(run: $0, zone: zone, subject: nil).mayHoldDays(name) }
        }
        let hasKnownTime = view.eventTime != nil && view.needsKnownTimes(isOfDays: mayBeDays ?? false)
        let join = AsOfJoin(
            spine: side.index,
            layout: SourceLayout(
                payload: view.columns.made.map(\.type.payloadKind), comparedColumns: view.columns.features.count,
                hasEventTime: view.eventTime != nil, hasKnownTime: hasKnownTime,
                hasCutNanoseconds: view.eventTime.map { name in runs.contains { $0.mayHoldNanoseconds(name) } }
                    ?? false),
            rule: try Self.rule(of: view))
        let totalRows = parts.contains { $0.size == nil } ? nil : parts.reduce(0) { $0 + ($1.size ?? 0) }
        var progress = ProgressReport(view.subject, totalRows: totalRows, settings.progress)
        var tally = JoinTally()
        for part in parts {
            try read(
                part, view, side, join, hasKnownTime: hasKnownTime, &keyTables, &progress, &tally, connection)
        }
        progress.finish()
        return FeatureGather(matches: join.finish(), made: view.columns.made)
            .result(
                irregular: tally.irregular, knownBeforeEvent: tally.knownBeforeEvent, sourceRows: tally.rows,
                isAlwaysMidnight: tally.isAlwaysMidnight, days: tally.days, rounded: tally.rounded)
    }

    /// The view's law as the kernel of the join takes it.
    private static func rule(of view: ViewJoin) throws(TallyError) -> AsOfRule {
        switch view.law {
        case .latestRow(let timeToLive):
            return AsOfRule(
                timeToLive: timeToLive?.microseconds, knownTime: view.ignoresKnownTime ? .ignored : .respected)
        case .window:
            throw TallyError(.internal, "no kernel of the join holds windows", subject: view.subject)
        }
    }

    /// Files of a view that became known together, cut into runs.
    private struct JoinPart {
        let group: ViewJoin.FileGroup
        let runs: [TableRun]
        /// How many rows the files say that there are, for who waits; nil where only reading tells.
        let size: Int?
        let zone: ZoneTable?
    }

    /// Reads the files of a part into the kernel.
    private func read(
        _ part: JoinPart, _ view: ViewJoin, _ side: SpineSide, _ join: AsOfJoin, hasKnownTime: Bool,
        _ keyTables: inout [[ColumnSchema]: SpineKeyTable], _ progress: inout ProgressReport, _ tally: inout JoinTally,
        _ connection: Connection
    ) throws(TallyError) {
        var rows = 0
        let pieces = part.runs.flatMap { self.pieces(of: $0, wanted: view.readColumns) }
        for piece in pieces {
            let run = try reading(view, piece, connection) { () throws(DuckFailure) in
                try self.open(piece, wanted: view.readColumns, connection)
            }
            let planner = ColumnPlanner(run: run, zone: part.zone, subject: view.subject)
            let scan = try ViewScan(view, part.group, side, planner, hasKnownTime: hasKnownTime)
            let isLarge = pieces.count == 1 && (part.size.map { $0 >= settings.pruning.leastRows } ?? false)
            let filter = try reading(view, run, connection) { () throws(DuckFailure) in
                isLarge
                    ? try SourceFilter(
                        scan, side, settings.pruning, table: run.table,
                        files: run.files.map(absolute), tables: &keyTables, connection)
                    : SourceFilter()
            }
            // Rows that are left out are counted all the same.
            if !filter.isEmpty {
                let counted = try reading(view, run, connection) { () throws(DuckFailure) in
                    try connection.integer("SELECT count(*) FROM \(run.table)").map { Int($0) } ?? 0
                }
                rows = rows.addingReportingOverflow(counted).partialValue
            }
            let stream = try reading(view, run, connection) { () throws(DuckFailure) in
                try connection.stream(filter.query(scan.expressions, keyPlaces: scan.keyPlaces, from: run.table))
            }
            while let chunk = try reading(view, run, connection, { () throws(DuckFailure) in try stream.next() }) {
                if filter.isEmpty { rows = rows.addingReportingOverflow(chunk.count).partialValue }
                progress.add(chunk.count)
                try scan.consume(chunk, into: join)
            }
            tally.add(scan, run)
            withExtendedLifetime(run) {}
        }
        // A row group may say anything of the number of its rows.
        let (sum, isBeyond) = tally.rows.addingReportingOverflow(max(0, rows))
        tally.rows = isBeyond ? .max : sum
    }

    /// How many rows each group has; nil where only reading tells.
    private func sizes(
        of groups: [ViewJoin.FileGroup], _ view: ViewJoin, _ connection: Connection
    ) throws(TallyError) -> [Int?] {
        var sizes: [Int?] = []
        for group in groups {
            sizes.append(
                try reading(view, nil, connection) { () throws(DuckFailure) in
                    try rowCount(of: group.paths, view.format, connection)
                })
        }
        return sizes
    }

    private func reading<Output>(
        _ view: ViewJoin, _ run: TableRun?, _ connection: Connection, _ read: () throws(DuckFailure) -> Output
    ) throws(TallyError) -> Output {
        do throws(DuckFailure) {
            return try read()
        } catch {
            throw wrapped(
                error, "read the source", over: run.map { [$0] } ?? [], reading: view.readColumns.map(\.name),
                subject: view.subject, connection)
        }
    }

    /// The rows of files, as they say: it counts for nothing but for who waits and how it is read.
    func rowCount(
        of paths: [String], _ format: Source.FileFormat, _ connection: Connection
    ) throws(DuckFailure) -> Int? {
        guard format == .parquet else { return nil }
        let files = FileReader.list(paths.map(absolute))
        return try connection.integer("SELECT TRY_CAST(sum(num_rows) AS BIGINT) FROM parquet_file_metadata(\(files))")
            .map { Int($0) }
    }
}

extension ViewJoin {
    /// Whether rows have known times other than their event times, which may be days.
    fileprivate func needsKnownTimes(isOfDays: Bool) -> Bool {
        switch knownTime {
        case .undeclared: isOfDays || files.contains { $0.firstSeen != nil }
        case .after(let delay): delay > .zero || files.contains { $0.firstSeen != nil }
        case .column: true
        }
    }

    /// The columns that are read of the source, with the types they are read as.
    fileprivate var readColumns: [(name: String, type: DataType?)] {
        var columns = (self.columns.keys + self.columns.inputs).map { (name: $0.name, type: Optional($0.type)) }
        if let eventTime {
            columns.append((eventTime, .timestamp))
            if case .column(let name) = knownTime { columns.append((name, .timestamp)) }
        }
        return columns
    }
}
