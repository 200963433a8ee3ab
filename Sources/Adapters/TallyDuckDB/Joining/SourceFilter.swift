// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What DuckDB leaves out of a source's rows: at most those that count nowhere, as the kernel decides about the rest.
///
/// Rows that happened after the spine's last time are seen by no spine row; those without a time stay, as they are
/// counted. Rows of other entities than the spine's are not even counted.
///
/// Measured on two busy cores: 10 million rows of 100,000 entities in time order, a million spine rows over the first
/// fifth of the time. A join takes 1.0, 1.0, 1.1 and 1.8 s of processor time for 0.1, 1, 10 and 100 % of the entities
/// when all rows are read, and 0.4, 0.4, 0.5 and 0.8 s so; of the last, the time bound is the whole gain.
struct SourceFilter {
    /// A condition on the table's columns; nil for none.
    private(set) var condition: SQL?
    /// The table of the spine's keys that rows must be in; nil for none.
    private(set) var keys: SpineKeyTable?

    /// Whether all rows are read.
    var isEmpty: Bool { condition == nil && keys == nil }

    /// Decides by the files' footers and a sample of their rows.
    init(
        _ scan: ViewScan, _ side: SpineSide, _ rule: PruningRule, table: SQL, files: [String],
        tables: inout [[ColumnSchema]: SpineKeyTable], _ connection: Connection
    ) throws(DuckFailure) {
        condition = try Self.bound(scan, side, rule, files: files)
        guard try Self.isRare(scan, side, rule, table: table, connection) else { return }
        if tables[side.keys] == nil {
            tables[side.keys] = try SpineKeyTable(side, number: tables.count, connection)
        }
        keys = tables[side.keys]
    }

    /// Reads all rows.
    init() {}

    /// The query that reads expressions of a table; `keyPlaces` says which of them are the keys.
    func query(_ expressions: [SQL], keyPlaces: [Int], from table: SQL) -> SQL {
        let named = expressions.enumerated().map { "\($1) AS c\($0)" as SQL }.joined(separator: ", ")
        let rows: SQL = "SELECT \(named) FROM \(table)" + (condition.map { " WHERE \($0)" } ?? "")
        guard let keys else { return rows }
        let equal = keyPlaces.enumerated().map { "rows.c\($1) = spine.k\($0)" as SQL }.joined(separator: " AND ")
        return "SELECT rows.* FROM (\(rows)) AS rows SEMI JOIN \(keys.name.asIdentifier) AS spine ON \(equal)"
    }

    /// The time bound, when enough row groups say that they lie wholly behind it.
    ///
    /// What they say counts for the choice alone, which costs time where it is wrong: every row is looked at. Rows without a
    /// time are kept by name, as they are counted.
    private static func bound(
        _ scan: ViewScan, _ side: SpineSide, _ rule: PruningRule, files: [String]
    ) throws(DuckFailure) -> SQL? {
        guard let event = scan.eventPlan, event.isThere, let reader = event.time, reader.readsInPlace,
            scan.knownPlan.map({ $0.isThere && $0.time?.readsInPlace == true }) ?? true,
            let latest = side.latestTime, latest.microseconds.magnitude < 1 << 62
        else { return nil }
        var (rows, lateRows): (Double, Double) = (0, 0)
        for file in files {
            guard let footer = try FooterStatistics.reading(file) else { return nil }
            for chunk in footer.chunks(of: event.name) where chunk.rows > 0 {
                rows += Double(chunk.rows)
                if let first = footer.firstTime(chunk, of: event.name), first > latest.microseconds {
                    lateRows += Double(chunk.rows)
                }
            }
        }
        guard rows > 0, lateRows >= rule.leastLateShare * rows else { return nil }
        let last: SQL =
            reader.unit.isZoned
            ? "make_timestamptz(\(latest.microseconds)::BIGINT)" : "make_timestamp(\(latest.microseconds)::BIGINT)"
        let times = [event.expression] + (scan.knownPlan.map { [$0.expression] } ?? [])
        let missing = times.map { "\($0) IS NULL OR NOT isfinite(\($0))" as SQL }.joined(separator: " OR ")
        return "(\(event.expression) <= \(last) OR \(missing))"
    }

    /// Whether few of the source's rows belong to the spine's entities, judged by its first rows.
    private static func isRare(
        _ scan: ViewScan, _ side: SpineSide, _ rule: PruningRule, table: SQL, _ connection: Connection
    ) throws(DuckFailure) -> Bool {
        guard !scan.keyPlans.isEmpty, scan.keyPlans.allSatisfy(\.comparesInDuckDB),
            side.firstRows.count <= rule.mostEntities
        else { return false }
        let keys = SourceKeys(side, scan.keyPlans)
        let expressions = scan.keyPlans.map(\.expression).joined(separator: ", ")
        let sample = try connection.stream("SELECT \(expressions) FROM \(table) LIMIT \(rule.sampleRows)")
        var (rows, hits) = (0, 0)
        while let chunk = try sample.next() {
            rows += chunk.count
            hits += keys.hits(try chunk.vectors(as: scan.keyPlans.map(\.vectorType)), count: chunk.count)
            withExtendedLifetime(chunk) {}
        }
        return Double(hits) <= rule.greatestSampleShare * Double(rows)
    }
}

extension ColumnPlan {
    /// Whether values are equal for DuckDB whenever they are for us.
    ///
    /// Times and dates are not compared there: DuckDB has infinities among them, and in a random law rows were lost to a
    /// semi-join in a file whose keys are times at the ends of the range.
    fileprivate var comparesInDuckDB: Bool {
        switch type {
        case .bool, .int32, .int64, .string, .bytes: true
        case .timestamp, .date, .float32, .float64, .array: false
        }
    }
}
