// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the number of rows.
    static let rowCount = Check(
        "rowCount", .table, fits: .any, "the number of rows keeps a threshold",
        rules: "an empty table has 0 rows, and that is judged"
    ) { promise, _ in
        guard let comparison = Comparison(promise.arguments) else {
            return .unexecutable("a number of rows", "there is no operator with a number, such as mustBeGreaterThan")
        }
        return Prepared(
            promised: "\(comparison.words) rows",
            work: .measures([.rows]) { measured in
                guard let rows = measured[0].countValue else { return .noEvidence("the engine gave no count") }
                return Judgement(
                    verdict: comparison.holds(rows) ? .kept : .broken, observed: Phrases.count(rows, "row"),
                    rows: rows)
            })
    }
}
