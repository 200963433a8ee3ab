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
    private var columns = ByName<Bounds>([])
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
        for statement in try Self.statements(list, names, tests, connection) {
            guard let native = tests.columns[statement.name]?.nativeType else { continue }
            columns[statement.name] = Self.bounds(statement, native, isOwnWriter, tests, rows)
        }
    }

    /// What the chunks of one column say together.
    private struct Statement {
        let name: String
        var areNullsKnown = true
        var nulls = 0
        var values = 0
        /// Whether every chunk that has values states both of its bounds.
        var isWhole = true
        /// The bounds of the chunks, as texts; those of times are microseconds.
        var ends: [(String, String)] = []

        /// The least lower and the greatest upper bound; nil unless all are known and readable.
        func range<Bound: Comparable>(_ read: (String) -> Bound?) -> (Bound, Bound)? {
            var (lower, upper): (Bound?, Bound?)
            guard isWhole else { return nil }
            for (low, high) in ends {
                guard let low = read(low), let high = read(high) else { return nil }
                lower = min(lower ?? low, low)
                upper = max(upper ?? high, high)
            }
            guard let lower, let upper else { return nil }
            return (lower, upper)
        }
    }

    /// One look at the footers for all columns.
    private static func statements(
        _ list: SQL, _ names: Set<String>, _ tests: RowTestSQL, _ connection: Connection
    ) throws(DuckFailure) -> [Statement] {
        guard !names.isEmpty else { return [] }
        let wanted = names.sorted()
        let times = wanted.filter { name in tests.columns[name].map { tests.isInstant($0.nativeType) } ?? false }
        func end(_ column: SQL) -> SQL {
            guard !times.isEmpty else { return column }
            // An infinite time is no instant.
            let time: SQL = "try_cast(\(column) AS TIMESTAMPTZ)"
            return "CASE WHEN path_in_schema NOT IN (\(times.map(\.asLiteral).joined(separator: ", "))) THEN \(column) "
                + "WHEN isfinite(\(time)) THEN epoch_us(\(time))::VARCHAR END"
        }
        let rows = try connection.texts(
            """
            SELECT path_in_schema, stats_null_count::VARCHAR, num_values::VARCHAR, \(end("stats_min_value")), \
            \(end("stats_max_value")) FROM parquet_metadata(\(list)) \
            WHERE path_in_schema IN (\(wanted.map(\.asLiteral).joined(separator: ", ")))
            """)
        var statements: [[UInt8]: Statement] = [:]
        for row in rows {
            guard let name = row[0] else { continue }
            var statement = statements[Array(name.utf8)] ?? Statement(name: name)
            // What no row group can have is not known.
            let values = row[2].flatMap { Int($0) }.flatMap { (0..<1 << 48).contains($0) ? $0 : nil }
            let nulls = row[1].flatMap { Int($0) }.flatMap { (0...(values ?? 0)).contains($0) ? $0 : nil }
            statement.areNullsKnown = statement.areNullsKnown && nulls != nil && values != nil
            statement.nulls += nulls ?? 0
            statement.values += values ?? 0
            if nulls == nil || nulls != values {
                if let low = row[3], let high = row[4] {
                    statement.ends.append((low, high))
                } else {
                    statement.isWhole = false
                }
            }
            statements[Array(name.utf8)] = statement
        }
        return Array(statements.values)
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
            // The texts of a FLOAT are the shortest of their float32: `0.1` is that one, not the float64.
            let read: (String) -> Double? = native == "FLOAT" ? { Float($0).map(Double.init) } : { Double($0) }
            guard isOwnWriter, let (lower, upper) = statement.range({ read($0).flatMap { $0.isNaN ? nil : $0 } }),
                lower <= upper
            else { return bounds }
            bounds.floats = lower...upper
        } else if isTime || RowTestSQL.isInteger(native) {
            guard let (lower, upper) = statement.range({ Int64($0) }), lower <= upper else { return bounds }
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
        if RowTestSQL.isTime(native), bounds.integers == nil, !bounds.isAllNull { return nil }
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
