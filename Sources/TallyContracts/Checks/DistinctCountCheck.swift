// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the number of distinct values.
    static let distinctCount = Check(
        "distinctCount", .table, fits: .any, "the number of different values keeps a threshold",
        rules: "nulls are left out; NaN is one value; over no values it is unproven"
    ) { promise, table in
        guard let column = promise.column, let found = table[column] else { return .absent("few values", promise) }
        guard let comparison = Comparison(promise.arguments) else {
            return .unexecutable("a number of values", "there is no operator with a number, such as mustBeLessThan")
        }
        return Prepared(
            promised: "\(comparison.words) different values",
            work: .measures([.distinct([found.name])]) { measured in
                guard let count = measured[0].countValue else { return .noEvidence("the engine gave no count") }
                guard count > 0 else { return .noEvidence("there are no values") }
                return Judgement(
                    verdict: comparison.holds(count) ? .kept : .broken,
                    observed: Phrases.count(count, "different value"))
            })
    }
}
