// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// A number over a column keeps a threshold.
    static let aggregates: [Check] = [
        aggregate("minimum", "the smallest value") { column, _ in .minimum(column) },
        aggregate("maximum", "the largest value") { column, _ in .maximum(column) },
        aggregate("sum", "the sum of the values") { column, _ in .sum(column) },
        aggregate("quantile", "the `q` quantile of the values (nearest rank)") { column, promise in
            guard let q = promise.arguments["q"].flatMap(Bounds.number).flatMap({ Double($0.description) }),
                (0...1).contains(q)
            else { return nil }
            return .quantile(column, q)
        },
        Check(
            "mean", .table, "the mean of the values keeps a threshold",
            rules: "nulls are left out, NaN makes it NaN and breaks it; over no values it is unproven"
        ) { promise, table in
            number(promise, table, "the mean") {
                [.sum($0), .rows, .nulls($0)]
            } judge: { measured in
                guard let sum = measured[0].numberValue, let rows = measured[1].countValue,
                    let nulls = measured[2].countValue, rows > nulls
                else { return nil }
                return sum / Double(rows - nulls)
            }
        },
    ]

    private static func aggregate(
        _ name: String, _ what: String, _ measure: @escaping @Sendable (String, Promise) -> Measure?
    ) -> Check {
        Check(
            name, .table, "\(what) keeps a threshold",
            rules: name == "sum"
                ? "nulls are left out, NaN makes it NaN and breaks it; over no values it is unproven"
                : "nulls are left out, and NaN is for `finite` to refuse; over no values it is unproven"
        ) { promise, table in
            number(promise, table, what) {
                measure($0, promise).map { [$0] }
            } judge: { measured in
                if let number = measured[0].numberValue { return number }
                switch measured[0].valueValue {
                case .int32(let number): return Double(number)
                case .int64(let number): return Double(number)
                case .float32(let number): return Double(number)
                case .float64(let number): return number
                case .string(let text): return Double(text)
                case .null, .bool, .bytes, .timestamp, .date, .array, nil: return nil
                }
            }
        }
    }

    private static func number(
        _ promise: Promise, _ table: TableContext, _ what: String, _ measures: (String) -> [Measure]?,
        judge: @escaping @Sendable ([Measured]) -> Double?
    ) -> Prepared {
        guard let column = promise.column, let found = table[column] else { return .absent(what, promise) }
        guard let comparison = Comparison(promise.arguments), found.type.isNumeric || found.isDecimal,
            let measures = measures(found.name)
        else { return .unexecutable(what, "it needs a numeric column, an operator and its arguments") }
        return Prepared(
            promised: "\(what) \(comparison.words)",
            work: .measures(measures) { measured in
                guard let number = judge(measured) else { return .noEvidence("there are no values") }
                return Judgement(
                    verdict: comparison.holds(number) ? .kept : .broken, observed: Phrases.number(number))
            })
    }
}
