// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyPointInTime

extension DuckDBEngine {
    /// Joins each view to the spine as SEMANTICS 3 says, one view after the other.
    ///
    /// DuckDB decodes the files on its threads, in any order, and the kernel takes the chunks in as they come, without
    /// copying what is stored as it is read. Values are found by the kernel alone; memory is in proportion to the spine.
    /// No row is left out inside DuckDB, so that the counts say what is in the files. A semi-join with the spine's keys,
    /// measured in SQL alone over 10 million rows, costs 0.1 s of processor time for 0.1 % of the entities and 0.7 s for
    /// all of them, of about 1.6 s for the whole join: it could pay for spines of few entities only.
    /// Source rows without a time are counted where the spine has their entity.
    /// Throws `E-invalid-data` for a missing column, a type that does not fit, or an unknown zone, `E-unreadable` for a
    /// missing file, and what a transformation throws.
    public func pointInTimeJoin(_ request: JoinRequest) async throws(TallyError) -> [JoinResult] {
        try await withSession(.unordered, "join") { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                var sides: [[ColumnSchema]: SpineSide] = [:]
                var results: [JoinResult] = []
                for view in request.views {
                    let side: SpineSide
                    if let known = sides[view.keys] {
                        side = known
                    } else {
                        side = try SpineSide(request, view.keys, subject: view.subject)
                        sides[view.keys] = side
                    }
                    results.append(try session.engine.join(view, side, connection))
                }
                return results
            }
        }
    }

    private func join(
        _ view: ViewJoin, _ side: SpineSide, _ connection: Connection
    ) throws(TallyError) -> JoinResult {
        let hasKnownTime = view.eventTime != nil && view.needsKnownTimes
        let join = AsOfJoin(
            spine: side.index,
            layout: SourceLayout(
                payload: view.stored.map(\.type.payloadKind), comparedColumns: view.comparedColumns,
                hasEventTime: view.eventTime != nil, hasKnownTime: hasKnownTime),
            rule: AsOfRule(
                timeToLive: view.timeToLive?.microseconds,
                knownTime: view.ignoresKnownTime ? .ignored : .respected))
        var irregular = 0
        var rows = 0
        var progress = ProgressReport(
            view.subject, totalRows: try totalRows(of: view, connection), settings.progress)
        for group in view.files where !group.paths.isEmpty {
            let columns = try columns(ofFiles: group.paths, view.format, subject: view.subject, connection)
            let planner = ColumnPlanner(
                columns: columns, format: view.format,
                zone: try zone(view.timeZone, connection, subject: view.subject), subject: view.subject)
            let scan = try ViewScan(view, group, side, planner, hasKnownTime: hasKnownTime)
            let table = FileReader.sql(group.paths.map(absolute), view.format, types: planner.readerTypes(view.columns))
            let stream = try Self.reading(view) { () throws(DuckFailure) in
                try connection.stream("SELECT \(scan.expressions.joined(separator: ", ")) FROM \(table)")
            }
            while let chunk = try Self.reading(view, { () throws(DuckFailure) in try stream.next() }) {
                rows += chunk.count
                progress.add(chunk.count)
                try scan.consume(chunk, into: join)
            }
            irregular += scan.irregular
        }
        progress.finish()
        return FeatureGather(matches: join.finish(), stored: view.stored)
            .result(irregular: irregular, sourceRows: rows)
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

    /// The rows of a view's files, when somebody wants to know and the files say.
    private func totalRows(of view: ViewJoin, _ connection: Connection) throws(TallyError) -> Int? {
        let paths = view.files.flatMap(\.paths).map { absolute($0).asGlobLiteral.asLiteral }
        guard settings.progress != nil, view.format == .parquet, !paths.isEmpty else { return nil }
        return try Self.reading(view) { () throws(DuckFailure) in
            try connection.integer(
                "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata([\(paths.joined(separator: ", "))])")
        }.map { Int($0) }
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
