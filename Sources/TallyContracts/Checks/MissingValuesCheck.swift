// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the number of values that stand for a missing one.
    static let missingValues = Check(
        "missingValues", .table, fits: .any, "the number of values that stand for a missing one keeps a threshold",
        rules:
            "`missingValues` lists them, null among them if it is meant; null alone without a list; percent is of all rows"
    ) { promise, table in
        guard let column = promise.column, let found = table[column] else { return .absent("few missing", promise) }
        let written =
            promise.arguments["missing"]?.arrayValue ?? promise.arguments["missingValues"]?.arrayValue ?? [.null]
        let values = written.filter { $0 != .null }
        var counts: [Measure] = written.count > values.count ? [.nulls(found.name)] : []
        if !values.isEmpty {
            guard case .among(let set)? = ValueList.among(values, found) else {
                return .unexecutable("few missing", "not every listed value is one of \(found.nativeType)")
            }
            counts.append(.failures([RowTest(found.name, .notAmong(set))]))
        }
        return Metric.prepare(promise, "are missing", counts: counts)
    }
}
