// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// How a measure is taken in SQL.
struct MeasureSQL {
    /// One number or text of a measure.
    enum Form {
        /// An aggregate that shares one scan with all others; cast to text.
        case aggregate(SQL)
        /// A query of its own, whose one row is texts.
        case query(SQL)
    }

    let tests: RowTestSQL
    /// The table as it stands behind FROM.
    let table: SQL

    /// The form of a measure; nil when DuckDB would not take it exactly so.
    func form(_ measure: Measure) -> Form? {
        switch measure {
        case .rows: return .aggregate("count(*)")
        case .nulls(let name): return nulls(name)
        case .failures(let failing):
            return tests.failing(failing).map { .aggregate("count(*) FILTER (WHERE \($0))") }
        case .distinct(let names): return grouped(names, "count(*)")
        case .surplus(let names): return grouped(names, "coalesce(sum(n - 1), 0)::BIGINT")
        case .minimum(let name): return extreme("min", name)
        case .maximum(let name): return extreme("max", name)
        case .sum(let name):
            // DuckDB's sums of floats depend on the order in which threads come to the rows.
            guard let native = native(name), RowTestSQL.isInteger(native) else { return nil }
            return .aggregate("sum(\(tests.identifier(name)))")
        case .latest(let name, let limit):
            guard let native = native(name), tests.isInstant(native) else { return nil }
            let text = tests.identifier(name)
            let isNow: SQL = "isfinite(\(text)) AND \(text) <= \(tests.instant(limit.microseconds, native))"
            return .aggregate("epoch_us(max(\(text)) FILTER (WHERE \(isNow)))")
        case .longestGap(let name, let until): return longestGap(name, until)
        case .staleKeys(let names, let time, let since, let now): return staleKeys(names, time, since, now)
        case .quantile(let name, let q): return quantile(name, q)
        case .lag(let from, let to, let q): return lag(from, to, q)
        case .orphans, .query: return nil
        }
    }

    private func native(_ name: String) -> String? { tests.columns[name]?.nativeType }

    private func nulls(_ name: String) -> Form? {
        native(name).map { .aggregate("count(*) FILTER (WHERE \(tests.isNull(tests.identifier(name), $0)))") }
    }

    private func grouped(_ names: [String], _ number: SQL) -> Form? {
        let natives = names.compactMap { native($0) }
        // Times that are no instants as they stand are floored or read in a zone: those go row by row.
        guard natives.count == names.count,
            !natives.contains(where: { $0.hasPrefix("TIMESTAMP") && !tests.isInstant($0) || $0.hasPrefix("DATE") })
        else { return nil }
        let keys = names.map(tests.identifier)
        let present = zip(keys, natives).map { "NOT (\(tests.isNull($0, $1)))" as SQL }
        return .query(
            """
            SELECT \(number)::VARCHAR FROM (SELECT count(*) AS n FROM \(table) \
            WHERE \(present.joined(separator: " AND ")) GROUP BY \(keys.joined(separator: ", ")))
            """)
    }

    private func extreme(_ function: SQL, _ name: String) -> Form? {
        guard let native = native(name) else { return nil }
        let text = tests.identifier(name)
        if RowTestSQL.isInteger(native) { return .aggregate("\(function)(\(text))") }
        if RowTestSQL.isFloat(native) {
            return .aggregate("\(function)(\(text)::DOUBLE) FILTER (WHERE NOT isnan(\(text)))")
        }
        return nil
    }

    private func longestGap(_ name: String, _ until: Timestamp) -> Form? {
        guard let native = native(name), tests.isInstant(native) else { return nil }
        let text = tests.identifier(name)
        let end = tests.instant(until.microseconds, native)
        return .query(
            """
            SELECT max(gap)::DOUBLE::VARCHAR FROM (SELECT epoch_us(lead(t, 1, \(end)) OVER (ORDER BY t))::HUGEINT \
            - epoch_us(t) AS gap FROM (SELECT DISTINCT \(text) AS t FROM \(table) WHERE isfinite(\(text)) AND \(text) <= \(end)))
            """)
    }

    private func staleKeys(_ names: [String], _ time: String, _ since: Timestamp, _ now: Timestamp) -> Form? {
        let natives = names.compactMap { native($0) }
        guard natives.count == names.count, let native = native(time), tests.isInstant(native),
            !natives.contains(where: { $0.hasPrefix("TIMESTAMP") || $0 == "DATE" || RowTestSQL.isFloat($0) })
        else { return nil }
        let keys = names.map(tests.identifier)
        let text = tests.identifier(time)
        let present = keys.map { "\($0) IS NOT NULL" as SQL }.joined(separator: " AND ")
        return .query(
            """
            SELECT (count(*) FILTER (WHERE t < \(tests.instant(since.microseconds, native))))::VARCHAR, \
            count(*)::VARCHAR FROM (SELECT max(\(text)) AS t FROM \(table) WHERE \(present) AND isfinite(\(text)) \
            AND \(text) <= \(tests.instant(now.microseconds, native)) GROUP BY \(keys.joined(separator: ", ")))
            """)
    }

    private func quantile(_ name: String, _ q: Double) -> Form? {
        guard let native = native(name), RowTestSQL.isFloat(native) || RowTestSQL.isInteger(native) else { return nil }
        let text = tests.identifier(name)
        return RowTestSQL.isFloat(native)
            ? ranked("\(text)::DOUBLE", "NOT isnan(\(text))", q) : ranked(text, "\(text) IS NOT NULL", q)
    }

    private func lag(_ from: String, _ to: String, _ q: Double) -> Form? {
        guard let first = native(from), let second = native(to), tests.isInstant(first), tests.isInstant(second)
        else { return nil }
        let (start, end) = (tests.identifier(from), tests.identifier(to))
        return ranked(
            "(epoch_us(\(end))::HUGEINT - epoch_us(\(start)))::DOUBLE", "isfinite(\(start)) AND isfinite(\(end))", q)
    }

    /// Nearest rank: the value at rank ⌈q·n⌉, at least 1, with q as a fraction of whole numbers.
    private func ranked(_ value: SQL, _ condition: SQL, _ q: Double) -> Form? {
        guard let (numerator, denominator) = NearestRank(q).fraction else { return nil }
        return .query(
            """
            WITH v AS (SELECT \(value) AS x FROM \(table) WHERE \(condition)), c AS (SELECT count(*) AS n FROM v) \
            SELECT max(x)::VARCHAR FROM (SELECT x, row_number() OVER (ORDER BY x) AS r FROM v) \
            WHERE r = (SELECT greatest((\(numerator)::HUGEINT * n + \(denominator - 1)) // \(denominator), 1) FROM c)
            """)
    }
}
