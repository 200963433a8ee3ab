// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// A number over a column keeps a threshold.
    static let aggregates: [Check] = [
        ordered("minimum", "the smallest value") { column, _ in .minimum(column) },
        ordered("maximum", "the largest value") { column, _ in .maximum(column) },
        Check("sum", .table, fits: .any, "the sum of the values keeps a threshold", rules: summed) { promise, table in
            number(promise, table, "the sum of the values", isSummed: true) {
                [.sum($0)]
            } judge: { measured in
                measured[0].numberValue.map { .float($0) }
            }
        },
        ordered("quantile", "the `q` quantile of the values (nearest rank)") { column, promise in
            guard let q = promise.arguments["q"].flatMap(Bounds.number).flatMap({ Double($0.description) }),
                (0...1).contains(q)
            else { return nil }
            return .quantile(column, q)
        },
        Check("mean", .table, fits: .any, "the mean of the values keeps a threshold", rules: summed) { promise, table in
            number(promise, table, "the mean", isSummed: true) {
                [.sum($0), .rows, .nulls($0)]
            } judge: { measured in
                guard let sum = measured[0].numberValue, let rows = measured[1].countValue,
                    let nulls = measured[2].countValue, rows > nulls
                else { return nil }
                return .float(sum / Double(rows - nulls))
            }
        },
    ]

    private static let summed =
        "nulls are left out, NaN makes it NaN and breaks it; exact for integers and compensated row by row for floats; "
        + "decimals, and integers beyond 64 bits, are not executed; over no values it is unproven"

    /// A number that is compared with a threshold.
    private enum Figure {
        case float(Double)
        case exact(DecimalNumber)

        func keeps(_ comparison: Comparison) -> Bool {
            switch self {
            case .float(let number): comparison.holds(number)
            case .exact(let number): comparison.holds(number)
            }
        }

        var words: String {
            switch self {
            case .float(let number): Phrases.number(number)
            case .exact(let number): number.description
            }
        }
    }

    /// A check of one of the values, by their order.
    private static func ordered(
        _ name: String, _ what: String, _ measure: @escaping @Sendable (String, Promise) -> Measure?
    ) -> Check {
        Check(
            name, .table, fits: .any, "\(what) keeps a threshold",
            rules: "nulls are left out, and NaN is for `finite` to refuse; integers and decimals are compared digit by "
                + "digit; over no values it is unproven"
        ) { promise, table in
            number(promise, table, what) {
                measure($0, promise).map { [$0] }
            } judge: { measured in
                if let number = measured[0].numberValue { return .float(number) }
                switch measured[0].valueValue {
                case .int32(let number): return .exact(DecimalNumber(number))
                case .int64(let number): return .exact(DecimalNumber(number))
                case .float32(let number): return .float(Double(number))
                case .float64(let number): return .float(number)
                case .string(let text): return DecimalNumber(text).map { .exact($0) }
                case .null, .bool, .bytes, .timestamp, .date, .array, nil: return nil
                }
            }
        }
    }

    private static func number(
        _ promise: Promise, _ table: TableContext, _ what: String, isSummed: Bool = false,
        _ measures: (String) -> [Measure]?, judge: @escaping @Sendable ([Measured]) -> Figure?
    ) -> Prepared {
        guard let column = promise.column, let found = table[column] else { return .absent(what, promise) }
        guard let comparison = Comparison(promise.arguments), found.type.isNumeric || found.isDecimal,
            let measures = measures(found.name)
        else { return .unexecutable(what, "it needs a numeric column, an operator and its arguments") }
        if isSummed, found.isDecimal {
            return .unexecutable(what, "values of type \(found.nativeType) are not added up exactly")
        }
        return Prepared(
            promised: "\(what) \(comparison.words)",
            work: .measures(measures) { measured in
                guard let figure = judge(measured) else { return .noEvidence("there are no values") }
                return Judgement(verdict: figure.keeps(comparison) ? .kept : .broken, observed: figure.words)
            })
    }
}
