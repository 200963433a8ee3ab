// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The column has a value in every row.
    static let required = Check(
        "required", .row, fits: .any, "no value is null",
        rules: "NaN and the empty text are values; over no rows it is unproven"
    ) { promise, table in
        guard let column = promise.column, let found = table[column] else { return .absent("no null", promise) }
        return Prepared(
            promised: "no null", work: .rows([RowTest(found.name, .required)], column: nil, failing: "are null"))
    }
}
