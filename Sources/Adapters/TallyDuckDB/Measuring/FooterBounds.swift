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

    /// Reads the footers; nil without files, and where one of them cannot be read.
    init?(_ files: [String], _ names: Set<String>, _ tests: RowTestSQL) throws(OpenFile.Failure) {
        guard !files.isEmpty else { return nil }
        self.tests = tests
        var (rows, isOwnWriter): (Int64, Bool) = (0, true)
        var statements = names.map { Statement(name: $0) }
        for file in files {
            guard let footer = try FooterStatistics(file), let count = footer.rows else { return nil }
            let (sum, isBeyond) = rows.addingReportingOverflow(count)
            guard !isBeyond else { return nil }
            rows = sum
            isOwnWriter = isOwnWriter && footer.isByDuckDB
            for place in statements.indices { statements[place].add(footer) }
        }
        self.rows = Int(rows)
        for statement in statements {
            guard let native = tests.columns[statement.name]?.nativeType else { continue }
            columns[statement.name] = Self.bounds(statement, native, isOwnWriter, tests, self.rows)
        }
    }

    /// What the chunks of one column say together.
    private struct Statement {
        let name: String
        var areNullsKnown = true
        var (nulls, values): (Int64, Int64) = (0, 0)
        /// Whether every chunk that has values states both of its bounds.
        var (hasIntegers, hasFloats) = (true, true)
        private var integers: ClosedRange<Int64>?
        private var floats: ClosedRange<Double>?

        init(name: String) { self.name = name }

        /// The bounds of whole numbers, or of times in microseconds; nil unless all are known.
        var integerRange: ClosedRange<Int64>? { hasIntegers ? integers : nil }
        /// The bounds of floats; nil unless all are known.
        var floatRange: ClosedRange<Double>? { hasFloats ? floats : nil }

        mutating func add(_ footer: FooterStatistics) {
            for chunk in footer.chunks(of: name) {
                areNullsKnown = areNullsKnown && chunk.nulls != nil && chunk.values != nil
                nulls = nulls.addingReportingOverflow(chunk.nulls ?? 0).partialValue
                values = values.addingReportingOverflow(chunk.values ?? 0).partialValue
                guard !chunk.isAllNull else { continue }
                Self.widen(&integers, &hasIntegers, footer.integers(chunk, of: name))
                Self.widen(&floats, &hasFloats, footer.floats(chunk, of: name))
            }
        }

        private static func widen<Bound: Comparable>(
            _ range: inout ClosedRange<Bound>?, _ isKnown: inout Bool, _ ends: (lower: Bound?, upper: Bound?)
        ) {
            guard let lower = ends.lower, let upper = ends.upper, lower <= upper else {
                isKnown = false
                return
            }
            range = min(range?.lowerBound ?? lower, lower)...max(range?.upperBound ?? upper, upper)
        }
    }

    private static func bounds(
        _ statement: Statement, _ native: String, _ isOwnWriter: Bool, _ tests: RowTestSQL, _ rows: Int
    ) -> Bounds? {
        // Every row has one value of a plain column: else the name means something nested.
        guard statement.values == rows, statement.areNullsKnown, let nulls = Int(exactly: statement.nulls) else {
            return nil
        }
        let isTime = tests.isInstant(native)
        var bounds = Bounds(nulls: nulls, isTime: isTime)
        bounds.isAllNull = bounds.nulls == rows
        if RowTestSQL.isFloat(native) {
            // The bound of a FLOAT is a float32: `0.1` is that one, not the float64.
            if isOwnWriter { bounds.floats = statement.floatRange }
        } else if isTime || RowTestSQL.isInteger(native) {
            bounds.integers = statement.integerRange
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
