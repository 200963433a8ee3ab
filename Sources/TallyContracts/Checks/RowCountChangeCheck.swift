// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the change in the number of rows.
    static let rowCountChange = Check(
        "rowCountChange", .table, fits: .any,
        "the number of rows differs from the last run's by a share that keeps a threshold, in percent",
        rules: "positive for more rows; without a last run, or when that saw none, it is unproven"
    ) { promise, table in
        guard let comparison = Comparison(promise.arguments) else {
            return .unexecutable("a change of rows", "there is no operator with a number, such as mustBeBetween")
        }
        let previous = table.previousRows
        return Prepared(
            promised: "\(comparison.words) % more rows than last time",
            work: .measures([.rows]) { measured in
                guard let rows = measured[0].countValue else { return .noEvidence("the engine gave no count") }
                guard let previous, previous > 0 else {
                    return .noEvidence("there is no earlier run to compare \(Phrases.count(rows, "row")) with")
                }
                return Judgement(
                    verdict: comparison.holds(percent: rows - previous, of: previous) ? .kept : .broken,
                    observed: "\(rows.grouped) after \(Phrases.count(previous, "row"))", rows: rows)
            })
    }
}
