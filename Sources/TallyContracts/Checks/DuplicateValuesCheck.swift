// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the number of rows that repeat another.
    static let duplicateValues = Check(
        "duplicateValues", .table, fits: .any,
        "the number of rows that repeat a combination of values keeps a threshold",
        rules: "surplus rows: three equal rows are two duplicates; rows in which a column is null are left out"
    ) { promise, table in
        let names =
            promise.arguments["columns"]?.arrayValue?.compactMap(\.stringValue)
            ?? promise.arguments["properties"]?.arrayValue?.compactMap(\.stringValue) ?? promise.column.map { [$0] }
            ?? []
        let found = names.compactMap { table[$0]?.name }
        guard !names.isEmpty, found.count == names.count else { return .absent("few duplicates", promise) }
        return Metric.prepare(promise, "are duplicates", counts: [.surplus(found)])
    }
}
