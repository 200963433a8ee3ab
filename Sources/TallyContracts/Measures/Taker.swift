// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// The state of one measure while rows go by.
struct Taker: Sendable {
    private let measure: Measure
    private let rules: [RowRule]
    private var count = 0
    private var extreme: Value = .null
    private var sum = NumericSum()
    private var numbers = NumericColumn()
    private var times: [Int64] = []
    private var seen: [[Value]: Int64] = [:]
    private let known: Set<[Value]>

    init?(_ measure: Measure, _ columns: [ColumnSchema], _ tables: [TableReference: [Batch]]) {
        self.measure = measure
        var rules: [RowRule] = []
        var known = Set<[Value]>()
        switch measure {
        case .failures(let tests):
            for test in tests {
                guard case .success(let rule) = RowRule.compile(test, columns: columns) else { return nil }
                rules.append(rule)
            }
        case .orphans(_, let referred):
            guard let batches = tables[referred.table] else { return nil }
            for batch in batches {
                for row in 0..<batch.count { if let key = Self.key(referred.names, batch, row) { known.insert(key) } }
            }
        case .sum(let name):
            // Decimal numbers are not added up exactly here.
            if columns.first(where: { $0.name.isSame(as: name) })?.type == .string { return nil }
        case .query: return nil
        case .rows, .nulls, .distinct, .surplus, .minimum, .maximum, .latest, .longestGap, .staleKeys,
            .quantile, .lag:
            break
        }
        self.rules = rules
        self.known = known
    }

    mutating func add(_ batch: Batch) {
        switch measure {
        case .rows: count += batch.count
        case .nulls(let name): count += batch[name]?.validity.nullCount ?? 0
        case .failures:
            guard var mask = rules.first?.failures(in: batch) else { return }
            for rule in rules.dropFirst() { mask.formUnion(rule.failures(in: batch)) }
            count += mask.failing
        case .distinct(let names), .surplus(let names):
            for row in 0..<batch.count {
                guard let key = Self.key(names, batch, row) else { continue }
                count += 1
                seen[key] = 0
            }
        case .minimum(let name), .maximum(let name):
            for value in batch[name]?.values ?? [] where value.isOrdered {
                if extreme.isNull || isBeyond(value) { extreme = value }
            }
        case .sum(let name):
            for value in batch[name]?.values ?? [] { sum.add(value) }
        case .quantile(let name, _):
            for value in batch[name]?.values ?? [] { numbers.add(value) }
        case .latest(let name, let limit), .longestGap(let name, let limit):
            for case .timestamp(let time) in batch[name]?.values ?? [] where time <= limit {
                times.append(time.microseconds)
            }
        case .staleKeys(let names, let time, _, let now):
            for row in 0..<batch.count {
                guard let key = Self.key(names, batch, row), case .timestamp(let instant)? = batch[time]?[row],
                    instant <= now
                else { continue }
                seen[key] = max(seen[key] ?? .min, instant.microseconds)
            }
        case .lag(let from, let to, _):
            for row in 0..<batch.count {
                guard case .timestamp(let start)? = batch[from]?[row], case .timestamp(let end)? = batch[to]?[row]
                else { continue }
                numbers.add(Double(Int128(end.microseconds) - Int128(start.microseconds)))
            }
        case .orphans(let names, _):
            for row in 0..<batch.count {
                if let key = Self.key(names, batch, row), !known.contains(key) { count += 1 }
            }
        case .query: break
        }
    }

    func value(_ measure: Measure) -> Measured {
        switch measure {
        case .rows, .nulls, .failures, .orphans: .count(count)
        case .distinct: .count(seen.count)
        case .surplus: .count(count - seen.count)
        case .minimum, .maximum: .value(extreme)
        case .sum: sum.rounded.map { .number($0) } ?? .value(.null)
        case .quantile(_, let q), .lag(_, _, let q): numbers.quantile(q)
        case .latest: .value(times.max().map { .timestamp(Timestamp(microseconds: $0)) } ?? .null)
        case .longestGap(_, let until): longestGap(until)
        case .staleKeys(_, _, let since, _):
            .part(seen.values.count { $0 < since.microseconds }, of: seen.count)
        case .query: .unsupported
        }
    }

    private func longestGap(_ until: Timestamp) -> Measured {
        guard !times.isEmpty else { return .value(.null) }
        let sorted = times.sorted() + [until.microseconds]
        return .number(zip(sorted, sorted.dropFirst()).map { Double(Int128($1) - Int128($0)) }.max() ?? 0)
    }

    private func isBeyond(_ value: Value) -> Bool {
        let isLower = value.precedes(extreme)
        if case .minimum = measure { return isLower }
        return extreme.precedes(value)
    }

    /// The canonical values of a row in some columns; nil when one is null.
    static func key(_ names: [String], _ batch: Batch, _ row: Int) -> [Value]? {
        var key: [Value] = []
        for name in names {
            guard let value = batch[name]?[row].canonical, !value.isNull else { return nil }
            // NaN equals NaN here, unlike in comparisons.
            key.append(value.isNaN ? .string("NaN") : value)
        }
        return key
    }
}

extension Value {
    /// Whether the value has a place in the order of its type; null, NaN and a text that is no number have none.
    fileprivate var isOrdered: Bool {
        switch self {
        case .null, .array: false
        case .float32, .float64: !isNaN
        case .string(let text): DecimalNumber(text) != nil
        case .bool, .int32, .int64, .bytes, .timestamp, .date: true
        }
    }

    fileprivate var isNaN: Bool {
        switch self {
        case .float32(let number): number.isNaN
        case .float64(let number): number.isNaN
        case .null, .bool, .int32, .int64, .string, .bytes, .timestamp, .date, .array: false
        }
    }

    /// Whether a value comes before another of its type; texts are decimal numbers, and are compared as such.
    fileprivate func precedes(_ other: Value) -> Bool {
        switch (self, other) {
        case (.bool(let left), .bool(let right)): !left && right
        case (.int32(let left), .int32(let right)): left < right
        case (.int64(let left), .int64(let right)): left < right
        case (.float32(let left), .float32(let right)): left < right
        case (.float64(let left), .float64(let right)): left < right
        case (.string(let left), .string(let right)):
            DecimalNumber(left).flatMap { left in DecimalNumber(right).map { left < $0 } } ?? false
        case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
        case (.timestamp(let left), .timestamp(let right)): left < right
        case (.date(let left), .date(let right)): left.days < right.days
        default: false
        }
    }
}
