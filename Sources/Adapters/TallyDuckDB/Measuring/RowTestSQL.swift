// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Row tests as conditions in DuckDB's SQL: true for a row that fails, false or null for one that passes.
///
/// Only where DuckDB decides exactly as `RowTest` says; the rest is nil, and is done row by row.
struct RowTestSQL {
    /// The columns of the table by name.
    let columns: ByName<TableDescription.Column>
    /// How SQL knows the columns, where not by their names.
    var identifiers = ByName<SQL>([])
    /// Whether times without a zone are read in UTC.
    let readsUTC: Bool

    /// A column as SQL knows it.
    func identifier(_ name: String) -> SQL { identifiers[name] ?? name.asIdentifier }

    /// The condition of a test.
    func failing(_ test: RowTest) -> SQL? {
        guard let name = test.column, let column = columns[name] else { return nil }
        let text = identifier(name)
        let native = column.nativeType
        switch test.kind {
        case .required: return isNull(text, native)
        case .finite(let refusesNaN, let refusesInfinity):
            guard Self.isFloat(native) else { return nil }
            return [refusesNaN ? "isnan(\(text))" : nil, refusesInfinity ? "isinf(\(text))" : nil as SQL?].compactMap {
                $0
            }
            .joined(separator: " OR ")
        case .integers(let range): return integers(text, native, range)
        case .floats(let interval): return Self.isFloat(native) ? Self.floats(text, interval) : nil
        case .whole:
            return Self.isFloat(native) ? "isnan(\(text)) OR isinf(\(text)) OR \(text) <> trunc(\(text))" : nil
        case .length(let range):
            guard native == "VARCHAR" else { return nil }
            var conditions: [SQL] = ["length(\(text)) < \(range.lowerBound)"]
            if range.upperBound < .max { conditions.append("length(\(text)) > \(range.upperBound)") }
            return conditions.joined(separator: " OR ")
        case .pattern(let pattern):
            guard native == "VARCHAR", let engineText = pattern.engineText else { return nil }
            return "NOT regexp_matches(\(text), \(engineText.asLiteral))"
        case .among(let values): return member(text, native, values).map { "NOT (\($0))" }
        case .notAmong(let values): return member(text, native, values)
        case .multipleOf(let divisor):
            guard Self.isInteger(native), let number = Int64(divisor.description), number > 0 else { return nil }
            return "\(text) % \(number) <> 0"
        case .notLaterThan(let other, let span):
            guard let limit = columns[other], limit.nativeType == native, isInstant(native) else { return nil }
            let (time, end) = (text, identifier(other))
            return "isfinite(\(time)) AND isfinite(\(end)) "
                + "AND epoch_us(\(time))::HUGEINT - epoch_us(\(end))::HUGEINT > \(span.microseconds)"
        case .decimals, .items, .distinctItems, .fullItems, .unitLength, .expression: return nil
        }
    }

    /// The condition of a value that is read as null: an infinite time is no instant, but an infinite date is a day.
    func isNull(_ text: SQL, _ native: String) -> SQL {
        Self.isTime(native) && native != "TIMESTAMP_NS"
            ? "\(text) IS NULL OR NOT isfinite(\(text))" : "\(text) IS NULL"
    }

    /// Whether a type holds times, among them infinite ones; not a list of them.
    static func isTime(_ native: String) -> Bool { native.hasPrefix("TIMESTAMP") && !native.hasSuffix("]") }

    /// The condition of rows that fail at least one test.
    func failing(_ tests: [RowTest]) -> SQL? {
        let conditions = tests.compactMap { failing($0) }
        guard conditions.count == tests.count, !tests.isEmpty else { return nil }
        return conditions.map { "coalesce(\($0), false)" as SQL }.joined(separator: " OR ")
    }

    /// Whether a time column is read as it is, without a computation.
    func isInstant(_ native: String) -> Bool {
        native == "TIMESTAMP WITH TIME ZONE" || native == "TIMESTAMP" && readsUTC
    }

    /// An instant as a value of a time column's own type.
    func instant(_ microseconds: Int64, _ native: String) -> SQL {
        native == "TIMESTAMP" ? "make_timestamp(\(microseconds)::BIGINT)" : "make_timestamptz(\(microseconds)::BIGINT)"
    }

    static func isFloat(_ native: String) -> Bool { native == "DOUBLE" || native == "FLOAT" }

    static func isInteger(_ native: String) -> Bool {
        ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"].contains(native)
    }

    private func integers(_ text: SQL, _ native: String, _ range: ClosedRange<Int64>) -> SQL? {
        if Self.isInteger(native) {
            return Self.outside(text, range) { "'\($0)'::BIGINT" }
        }
        guard isInstant(native) else { return nil }
        // Infinite times are no instants, and are null when they are read.
        let condition = Self.outside(text, range) { instant($0, native) }
        return "isfinite(\(text)) AND (\(condition))"
    }

    private static func outside(
        _ text: SQL, _ range: ClosedRange<Int64>, _ literal: (Int64) -> SQL
    ) -> SQL {
        var conditions: [SQL] = []
        if range.lowerBound > .min { conditions.append("\(text) < \(literal(range.lowerBound))") }
        if range.upperBound < .max { conditions.append("\(text) > \(literal(range.upperBound))") }
        return conditions.isEmpty ? "false" : conditions.joined(separator: " OR ")
    }

    /// NaN is the largest of all numbers to DuckDB: an upper bound refuses it, and without one it is named.
    private static func floats(_ text: SQL, _ interval: RowTest.Interval) -> SQL {
        var conditions: [SQL] = []
        if interval.lower > -.infinity || interval.isLowerOpen {
            conditions.append("\(text) \(interval.isLowerOpen ? "<=" : "<") \(literal(interval.lower))")
        }
        if interval.upper < .infinity || interval.isUpperOpen {
            conditions.append("\(text) \(interval.isUpperOpen ? ">=" : ">") \(literal(interval.upper))")
        } else {
            conditions.append("isnan(\(text))")
        }
        return conditions.joined(separator: " OR ")
    }

    private static func literal(_ number: Double) -> SQL { "'\(number)'::DOUBLE" }

    private func member(_ text: SQL, _ native: String, _ values: Set<Value>) -> SQL? {
        guard native == "VARCHAR" || Self.isInteger(native) || native == "BOOLEAN" else { return nil }
        guard !values.isEmpty else { return "\(text) IS NULL AND NULL" }
        var literals: [SQL] = []
        for value in values {
            switch value {
            case .string(let value):
                // A text with a zero byte has no literal.
                guard !value.utf8.contains(0) else { return nil }
                literals.append(value.asLiteral)
            case .int32(let value): literals.append("'\(value)'::BIGINT")
            case .int64(let value): literals.append("'\(value)'::BIGINT")
            case .bool(let value): literals.append(value ? "true" : "false")
            case .null, .float32, .float64, .bytes, .timestamp, .date, .array: return nil
            }
        }
        return
            "\(text) IN (\(literals.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }.joined(separator: ", ")))"
    }
}
