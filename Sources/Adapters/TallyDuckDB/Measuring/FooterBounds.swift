// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What the footers of some Parquet files say about all their rows: counts, nulls and bounds.
///
/// A missing or partial statement proves nothing. Bounds of floats are trusted from DuckDB's own writer only, which leaves
/// them out where a chunk holds NaN; other writers may leave NaN out of the bounds.
struct FooterBounds {
    /// What is known of one column.
    private struct Bounds {
        var nulls: Int?
        var isAllNull = false
        var integers: ClosedRange<Int64>?
        var floats: ClosedRange<Double>?
        var isTime = false
    }

    private let rows: Int
    private var columns: [String: Bounds] = [:]
    private let tests: RowTestSQL

    /// Reads the footers; nil without files.
    init?(
        _ files: [String], _ names: Set<String>, _ tests: RowTestSQL, _ connection: Connection
    ) throws(DuckFailure) {
        guard !files.isEmpty else { return nil }
        self.tests = tests
        let list = FileReader.list(files)
        let file = try connection.texts(
            """
            SELECT sum(num_rows)::BIGINT::VARCHAR, (count(*) FILTER (WHERE created_by NOT LIKE 'DuckDB%' OR created_by IS NULL))::VARCHAR \
            FROM parquet_file_metadata(\(list))
            """
        ).first
        guard let rows = file?.first.flatMap({ $0 }).flatMap({ Int($0) }) else { return nil }
        self.rows = rows
        let isOwnWriter = file?.last == "0"
        for statement in try Self.statements(list, names, connection) {
            guard let native = tests.columns[statement.name]?.nativeType else { continue }
            columns[statement.name] = Self.bounds(statement, native, isOwnWriter, tests, rows)
        }
    }

    /// What the chunks of one column say together, its bounds read as each of the types they may be of.
    private struct Statement {
        let name: String
        let areNullsKnown: Bool
        let nulls: Int?
        let values: Int?
        /// Lower and upper bound; nil unless every chunk that has values states both.
        let integers: (String, String)?
        let floats: (String, String)?
        let times: (String, String)?
    }

    /// One look at the footers for all columns.
    private static func statements(
        _ list: String, _ names: Set<String>, _ connection: Connection
    ) throws(DuckFailure) -> [Statement] {
        guard !names.isEmpty else { return [] }
        let types = [("BIGINT", "", ""), ("DOUBLE", "", ""), ("TIMESTAMPTZ", "epoch_us(", ")")]
        let ends = types.enumerated().map { index, type in
            let (lower, upper) = ("l\(index)", "u\(index)")
            // An infinite time is no instant, and one chunk without bounds leaves the column without.
            let isKnown =
                type.1.isEmpty
                ? "\(lower) IS NOT NULL AND \(upper) IS NOT NULL" : "isfinite(\(lower)) AND isfinite(\(upper))"
            let isPartial = "bool_or(nulls IS DISTINCT FROM n AND NOT coalesce(\(isKnown), false))"
            func end(_ function: String, _ name: String) -> String {
                "CASE WHEN NOT \(isPartial) THEN (\(function)(CASE WHEN \(isKnown) THEN \(type.1)\(name)\(type.2) END))::VARCHAR END"
            }
            return end("min", lower) + ", " + end("max", upper)
        }
        let casts = types.enumerated().map { index, type in
            "try_cast(stats_min_value AS \(type.0)) AS l\(index), try_cast(stats_max_value AS \(type.0)) AS u\(index)"
        }
        let wanted = names.sorted().map(\.asLiteral).joined(separator: ", ")
        let rows = try connection.texts(
            """
            SELECT name, (count(*) - count(nulls))::VARCHAR, sum(nulls)::BIGINT::VARCHAR, sum(n)::BIGINT::VARCHAR, \
            \(ends.joined(separator: ", ")) FROM (SELECT path_in_schema AS name, stats_null_count AS nulls, \
            num_values AS n, \(casts.joined(separator: ", ")) FROM parquet_metadata(\(list)) \
            WHERE path_in_schema IN (\(wanted))) GROUP BY name
            """)
        return rows.compactMap { row in
            guard row.count == 10, let name = row[0] else { return nil }
            func ends(_ index: Int) -> (String, String)? {
                guard let lower = row[index], let upper = row[index + 1] else { return nil }
                return (lower, upper)
            }
            return Statement(
                name: name, areNullsKnown: row[1] == "0", nulls: row[2].flatMap { Int($0) },
                values: row[3].flatMap { Int($0) }, integers: ends(4), floats: ends(6), times: ends(8))
        }
    }

    private static func bounds(
        _ statement: Statement, _ native: String, _ isOwnWriter: Bool, _ tests: RowTestSQL, _ rows: Int
    ) -> Bounds? {
        // Every row has one value of a plain column: else the name means something nested.
        guard statement.values == rows, statement.areNullsKnown else { return nil }
        let isTime = tests.isInstant(native)
        var bounds = Bounds(nulls: statement.nulls, isTime: isTime)
        bounds.isAllNull = bounds.nulls == rows
        if RowTestSQL.isFloat(native) {
            guard isOwnWriter, let (low, high) = statement.floats, let lower = Double(low), let upper = Double(high),
                lower <= upper
            else { return bounds }
            bounds.floats = lower...upper
        } else if isTime || RowTestSQL.isInteger(native) {
            guard let (low, high) = isTime ? statement.times : statement.integers, let lower = Int64(low),
                let upper = Int64(high), lower <= upper
            else { return bounds }
            bounds.integers = lower...upper
        }
        return bounds
    }

    /// What the footers prove of a measure; nil when the rows have to tell.
    func answer(_ measure: Measure) -> Measured? {
        switch measure {
        case .rows: return .count(rows)
        case .nulls(let name): return nulls(name).map { .count($0) }
        case .failures(let failing):
            if failing.count == 1, case .required = failing[0].kind, let name = failing[0].column {
                return nulls(name).map { .count($0) }
            }
            return failing.allSatisfy(proves) ? .count(0) : nil
        case .minimum(let name): return integers(name).map { .value(.int64($0.lowerBound)) }
        case .maximum(let name): return integers(name).map { .value(.int64($0.upperBound)) }
        case .latest(let name, let limit):
            guard let bounds = columns[name], bounds.isTime, let range = bounds.integers,
                range.upperBound <= limit.microseconds
            else { return nil }
            return .value(.timestamp(Timestamp(microseconds: range.upperBound)))
        case .distinct, .surplus, .sum, .longestGap, .staleKeys, .quantile, .lag, .orphans, .query: return nil
        }
    }

    private func integers(_ name: String) -> ClosedRange<Int64>? {
        guard let bounds = columns[name], !bounds.isTime else { return nil }
        return bounds.integers
    }

    /// An infinite time is read as null: nulls of a time are known only with its bounds.
    private func nulls(_ name: String) -> Int? {
        guard let bounds = columns[name], let native = tests.columns[name]?.nativeType else { return nil }
        let mayBeInfinite = native.hasPrefix("TIMESTAMP") || native == "DATE"
        if mayBeInfinite, bounds.integers == nil, !bounds.isAllNull { return nil }
        return bounds.nulls
    }

    /// Whether no row can fail a test.
    private func proves(_ test: RowTest) -> Bool {
        guard let name = test.column, let bounds = columns[name] else { return false }
        switch test.kind {
        case .required: return nulls(name) == 0
        case .integers(let range):
            return bounds.isAllNull
                || bounds.integers.map { range.contains($0.lowerBound) && range.contains($0.upperBound) } ?? false
        case .floats(let interval):
            return bounds.isAllNull
                || bounds.floats.map { interval.contains($0.lowerBound) && interval.contains($0.upperBound) } ?? false
        case .finite:
            return bounds.isAllNull || bounds.floats.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? false
        case .decimals, .whole, .multipleOf, .length, .pattern, .among, .notAmong, .items, .distinctItems,
            .fullItems, .unitLength, .notLaterThan, .expression:
            return false
        }
    }
}
