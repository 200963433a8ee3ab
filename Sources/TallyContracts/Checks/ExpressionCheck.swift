// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// A condition over the columns of a row is true.
    static let expression = Check(
        "expression", .row, fits: .any, "a condition in the expression language is true for every row",
        rules: "three-valued: a condition that is null is kept, as in SQL; a failed computation is null"
    ) { promise, table in
        let text = promise.arguments["expression"]?.stringValue ?? ""
        let test = RowTest(nil, .expression(text))
        if case .failure(let obstacle) = RowRule.compile(test, columns: table.schema) {
            return .unexecutable(text, obstacle.reason)
        }
        return Prepared(promised: text, work: .rows([test], column: nil, failing: "do not fulfil it"))
    }
}
