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
        for name in names.sorted() {
            guard let native = tests.columns[name]?.nativeType else { continue }
            columns[name] = try Self.bounds(name, native, isOwnWriter, tests, list, rows, connection)
        }
    }

    private static func bounds(
        _ name: String, _ native: String, _ isOwnWriter: Bool, _ tests: RowTestSQL, _ list: String, _ rows: Int,
        _ connection: Connection
    ) throws(DuckFailure) -> Bounds? {
        let isTime = tests.isInstant(native)
        let isFloat = RowTestSQL.isFloat(native)
        let (low, high): (String, String) =
            if isTime {
                ("epoch_us(lower)", "epoch_us(upper)")
            } else { ("lower", "upper") }
        let type = isTime ? "TIMESTAMPTZ" : isFloat ? "DOUBLE" : "BIGINT"
        let isKnown = isTime ? "isfinite(lower) AND isfinite(upper)" : "lower IS NOT NULL AND upper IS NOT NULL"
        let row =
            try connection.texts(
                """
                SELECT (count(*) FILTER (WHERE nulls IS NULL))::VARCHAR, sum(nulls)::BIGINT::VARCHAR, \
                (count(*) FILTER (WHERE nulls IS DISTINCT FROM n AND NOT coalesce(\(isKnown), false)))::VARCHAR, \
                (min(\(low)) FILTER (WHERE \(isKnown)))::VARCHAR, (max(\(high)) FILTER (WHERE \(isKnown)))::VARCHAR, \
                sum(n)::BIGINT::VARCHAR FROM (SELECT stats_null_count AS nulls, num_values AS n, \
                try_cast(stats_min_value AS \(type)) AS lower, try_cast(stats_max_value AS \(type)) AS upper \
                FROM parquet_metadata(\(list)) WHERE path_in_schema = \(name.asLiteral))
                """
            ).first ?? []
        // Every row has one value of a plain column: else the name means something nested.
        guard row.count == 6, row[5].flatMap({ Int($0) }) == rows, row[0] == "0" else { return nil }
        var bounds = Bounds(nulls: row[1].flatMap { Int($0) }, isTime: isTime)
        bounds.isAllNull = bounds.nulls == rows
        guard row[2] == "0", let lower = row[3], let upper = row[4] else { return bounds }
        if isFloat, isOwnWriter, let lower = Double(lower), let upper = Double(upper), lower <= upper {
            bounds.floats = lower...upper
        } else if isTime || RowTestSQL.isInteger(native), let lower = Int64(lower), let upper = Int64(upper),
            lower <= upper
        {
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
