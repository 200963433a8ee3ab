// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the number of null values.
    static let nullValues = Check(
        "nullValues", .table, fits: .any, "the number of nulls, or their share of all rows, keeps a threshold",
        rules: "NaN and the empty text are no nulls; percent is of all rows; over no rows it is unproven"
    ) { promise, table in
        guard let column = promise.column, let found = table[column] else { return .absent("few nulls", promise) }
        return Metric.prepare(promise, "are null", counts: [.nulls(found.name)])
    }
}
