// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Measure {
    /// Whether two measures are the same, their columns by their bytes: two that look alike are two columns.
    public static func == (left: Measure, right: Measure) -> Bool { left.form == right.form }

    /// Hashes what is equal alike; the columns tell enough.
    public func hash(into hasher: inout Hasher) {
        let form = form
        hasher.combine(form.kind)
        hasher.combine(form.texts)
        hasher.combine(form.tests)
    }

    /// A measure as its parts.
    private struct Form: Equatable {
        let kind: String
        /// Names of columns, or a query.
        var texts: [[UInt8]]
        var times: [Timestamp] = []
        var share: Double?
        var tests: [RowTest] = []
        var referred: ReferredColumns?
        var tables: [String: TableReference] = [:]

        init(_ kind: String, _ texts: [String] = [], times: [Timestamp] = [], share: Double? = nil) {
            self.kind = kind
            self.texts = texts.map { Array($0.utf8) }
            self.times = times
            self.share = share
        }
    }

    private var form: Form {
        switch self {
        case .rows: return Form("rows")
        case .nulls(let name): return Form("nulls", [name])
        case .failures(let tests):
            var form = Form("failures")
            form.tests = tests
            return form
        case .distinct(let names): return Form("distinct", names)
        case .surplus(let names): return Form("surplus", names)
        case .minimum(let name): return Form("minimum", [name])
        case .maximum(let name): return Form("maximum", [name])
        case .sum(let name): return Form("sum", [name])
        case .latest(let name, let limit): return Form("latest", [name], times: [limit])
        case .longestGap(let name, let until): return Form("longest gap", [name], times: [until])
        case .staleKeys(let names, let time, let since, let now):
            return Form("stale keys", [time] + names, times: [since, now])
        case .quantile(let name, let share): return Form("quantile", [name], share: share)
        case .lag(let from, let to, let share): return Form("lag", [from, to], share: share)
        case .orphans(let names, let referred):
            var form = Form("orphans", names)
            form.referred = referred
            return form
        case .query(let sql, let tables):
            var form = Form("query", [sql])
            form.tables = tables
            return form
        }
    }
}

extension ReferredColumns {
    /// Whether the same columns of the same table are meant.
    public static func == (left: ReferredColumns, right: ReferredColumns) -> Bool {
        left.table == right.table && left.names.isSame(as: right.names) && left.types == right.types
    }

    /// Hashes what is equal alike.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(table)
        for name in names { hasher.combine(Array(name.utf8)) }
    }
}

extension RowTest {
    /// Whether two tests are the same, their columns and expressions by their bytes.
    public static func == (left: RowTest, right: RowTest) -> Bool {
        left.words.isSame(as: right.words) && left.kind == right.kind
    }

    /// Hashes what is equal alike.
    public func hash(into hasher: inout Hasher) {
        for word in words { hasher.combine(Array(word.utf8)) }
    }

    /// The texts of a test, which are compared byte by byte.
    private var words: [String] {
        let own: [String] = column.map { [$0] } ?? []
        switch kind {
        case .notLaterThan(let column, _): return own + ["", column]
        case .expression(let text): return own + ["", "", text]
        case .required, .finite, .integers, .floats, .decimals, .whole, .multipleOf, .length, .pattern, .among,
            .notAmong, .items, .distinctItems, .fullItems, .unitLength:
            return own
        }
    }
}

extension TableReference.Rows {
    /// Whether the same files, by the bytes of their paths, or the same query is meant.
    public static func == (left: TableReference.Rows, right: TableReference.Rows) -> Bool {
        switch (left, right) {
        case (.files(let mine, let format), .files(let other, let form)): mine.isSame(as: other) && format == form
        case (.query(let mine), .query(let other)): mine.isSame(as: other)
        case (_, _): false
        }
    }

    /// Hashes what is equal alike.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .files(let paths, _): for path in paths { hasher.combine(Array(path.utf8)) }
        case .query(let sql): hasher.combine(Array(sql.utf8))
        }
    }
}

extension [String] {
    /// Whether two lists have the same bytes, text by text.
    fileprivate func isSame(as other: [String]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.isSame(as: $1) }
    }
}
