// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The end of every check that holds a count of rows against a threshold, in rows or in percent of all rows.
enum Metric {
    /// Whether the threshold is a share.
    static func isPercent(_ promise: Promise) -> Bool {
        ["percent", "any", "%"].contains(promise.arguments["unit"]?.stringValue ?? "rows")
            && promise.arguments["unit"]?.stringValue != "any"
    }

    /// The promise in words: `at most 1 % of the rows are null`.
    static func words(_ promise: Promise, _ what: String) -> String? {
        guard let comparison = Comparison(promise.arguments) else { return nil }
        return comparison.words + (isPercent(promise) ? " % of the rows " : " rows ") + what
    }

    /// Judges how many of some rows count; over no rows there is nothing to judge.
    static func judge(_ promise: Promise, _ comparison: Comparison, part: Int, of rows: Int, _ what: String)
        -> Judgement
    {
        guard rows > 0 else { return .noEvidence("there are no rows") }
        let isKept = isPercent(promise) ? comparison.holds(percent: part, of: rows) : comparison.holds(part)
        return Judgement(
            verdict: isKept ? .kept : .broken,
            observed:
                "\(part.grouped) of \(Phrases.count(rows, "row")) \(what) (\(Phrases.share(part, of: rows)))",
            rows: rows, failing: part)
    }

    /// A count of rows against the threshold of a promise; `counts` are measures whose sum is the part.
    static func prepare(_ promise: Promise, _ what: String, counts: [Measure]) -> Prepared {
        guard let comparison = Comparison(promise.arguments), let words = words(promise, what) else {
            return .unexecutable("few rows \(what)", "there is no operator with a number, such as mustBeLessThan")
        }
        return Prepared(
            promised: words,
            work: .measures([.rows] + counts) { measured in
                let numbers = measured.compactMap(\.countValue)
                guard numbers.count == measured.count, let rows = numbers.first else {
                    return .noEvidence("the engine gave no count")
                }
                return judge(promise, comparison, part: numbers.dropFirst().reduce(0, +), of: rows, what)
            })
    }
}

extension Measured {
    /// The number of a count.
    var countValue: Int? { if case .count(let number) = self { number } else { nil } }
    /// The number of a number; nil for NaN-free nothing.
    var numberValue: Double? { if case .number(let number) = self { number } else { nil } }
    /// The value of a value; null when there was none.
    var valueValue: Value? { if case .value(let value) = self { value } else { nil } }
}
