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
        try await withSession(.unordered, "join") { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                var sides: [[ColumnSchema]: SpineSide] = [:]
                var keyTables: [[ColumnSchema]: SpineKeyTable] = [:]
                var results: [JoinResult] = []
                for view in request.views {
                    let side: SpineSide
                    if let known = sides[view.keys] {
                        side = known
                    } else {
                        side = try SpineSide(request, view.keys, subject: view.subject)
                        sides[view.keys] = side
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
        let hasKnownTime = view.eventTime != nil && view.needsKnownTimes
        let parts = try parts(of: view, connection)
        let join = AsOfJoin(
            spine: side.index,
            layout: SourceLayout(
                payload: view.stored.map(\.type.payloadKind), comparedColumns: view.comparedColumns,
                hasEventTime: view.eventTime != nil, hasKnownTime: hasKnownTime,
                hasCutNanoseconds: parts.contains { $0.cutsEventTimes }),
            rule: AsOfRule(
                timeToLive: view.timeToLive?.microseconds,
                knownTime: view.ignoresKnownTime ? .ignored : .respected))
        var irregular = 0
        var early = 0
        var rows = 0
        var rounded = (up: 0, down: 0)
        let sizes = try sizes(of: parts, view, connection)
        let totalRows = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
        var progress = ProgressReport(view.subject, totalRows: totalRows, settings.progress)
        for (part, size) in zip(parts, sizes) {
            let opened = try Self.reading(view) { () throws(DuckFailure) in
                try open(part.run, part.planner.columns, wanted: view.columns, connection)
            }
            let planner = part.planner.reading(opened.columns)
            let scan = try ViewScan(view, part.group, side, planner, hasKnownTime: hasKnownTime)
            let table = FileReader.sql(opened.paths, view.format, types: try planner.readerTypes(view.columns))
            let isLarge = size.map { $0 >= settings.pruning.leastRows } ?? false
            let filter = try Self.reading(view) { () throws(DuckFailure) in
                isLarge
                    ? try SourceFilter(
                        scan, side, settings.pruning, table: table, files: FileReader.list(opened.paths),
                        tables: &keyTables, connection)
                    : SourceFilter()
            }
            let stream = try Self.reading(view) { () throws(DuckFailure) in
                try connection.stream(filter.query(scan.expressions, keyPlaces: scan.keyPlaces, from: table))
            }
            var consumed = 0
            while let chunk = try Self.reading(view, { () throws(DuckFailure) in try stream.next() }) {
                consumed += chunk.count
                progress.add(chunk.count)
                try scan.consume(chunk, into: join)
            }
            withExtendedLifetime(opened) {}
            rows += filter.isEmpty ? consumed : size ?? consumed
            irregular += scan.irregular
            early += scan.knownBeforeEvent
            rounded = (rounded.up + scan.roundedUp, rounded.down + scan.roundedDown)
        }
        progress.finish()
        return FeatureGather(matches: join.finish(), stored: view.stored)
            .result(irregular: irregular, knownBeforeEvent: early, sourceRows: rows, rounded: rounded)
    }

    /// Files of a view that are read at once.
    private struct Part {
        let group: ViewJoin.FileGroup
        let run: FileRun
        let planner: ColumnPlanner
        /// Whether event times may have nanoseconds, which order rows of one microsecond.
        let cutsEventTimes: Bool
    }

    /// Cuts a view's files into parts, before the first of them is read.
    private func parts(of view: ViewJoin, _ connection: Connection) throws(TallyError) -> [Part] {
        var parts: [Part] = []
        let times = Set(view.columns.filter { $0.type == .timestamp }.map(\.name))
        for group in view.files where !group.paths.isEmpty {
            let columns = try columns(
                ofFiles: group.paths, view.format, times: times, subject: view.subject, connection)
            let planner = ColumnPlanner(
                columns: columns, format: view.format,
                zone: try zone(view.timeZone, connection, subject: view.subject), subject: view.subject)
            var hasNanoseconds = false
            if let event = view.eventTime {
                hasNanoseconds = try planner.plan(event, as: .timestamp, .up).time?.cutsNanoseconds ?? false
            }
            let runs = try Self.reading(view) { () throws(DuckFailure) in
                try self.runs(of: group.paths, view.format, columns, wanted: view.columns, connection)
            }
            parts += runs.map { run in
                Part(
                    group: group, run: run, planner: planner,
                    cutsEventTimes: view.eventTime != nil && (hasNanoseconds || run.hasZonedNanoseconds))
            }
        }
        return parts
    }

    /// How many rows each part has; nil where only reading tells.
    private func sizes(
        of parts: [Part], _ view: ViewJoin, _ connection: Connection
    ) throws(TallyError) -> [Int?] {
        var sizes: [Int?] = []
        for part in parts {
            sizes.append(
                try Self.reading(view) { () throws(DuckFailure) in
                    try rowCount(of: part.run.paths, view.format, connection)
                })
        }
        return sizes
    }

    private static func reading<Output>(
        _ view: ViewJoin, _ read: () throws(DuckFailure) -> Output
    ) throws(TallyError) -> Output {
        do throws(DuckFailure) {
            return try read()
        } catch {
            throw error.wrapped("read the source", subject: view.subject)
        }
    }

    /// The rows of files, when the files say.
    func rowCount(
        of paths: [String], _ format: Source.FileFormat, _ connection: Connection
    ) throws(DuckFailure) -> Int? {
        guard format == .parquet else { return nil }
        let files = FileReader.list(paths.map(absolute))
        return try connection.integer("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(\(files))")
            .map { Int($0) }
    }
}

extension ViewJoin {
    /// Whether rows have known times other than their event times.
    fileprivate var needsKnownTimes: Bool {
        switch knownTime {
        case .after(let delay): delay > .zero || files.contains { $0.firstSeen != nil }
        case .column: true
        }
    }

    /// The columns that are read of the source, with the types they are read as.
    fileprivate var columns: [(name: String, type: DataType?)] {
        var columns = (keys + inputs).map { (name: $0.name, type: Optional($0.type)) }
        if let eventTime {
            columns.append((eventTime, .timestamp))
            if case .column(let name) = knownTime { columns.append((name, .timestamp)) }
        }
        var seen = Set<String>()
        return columns.filter { seen.insert($0.name).inserted }
    }
}
