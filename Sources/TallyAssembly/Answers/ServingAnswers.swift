// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

// What the verbs around the online store return, as programs read it.

extension FeatureStore.Fill {
    /// An object: `views`, a report each; `promoted`, the releases that serve now; `notes` and `coverage`.
    public var json: JSON {
        .object([
            ("views", .array(outcome.reports.map(\.json))), ("promoted", .array(outcome.promoted.map(\.json))),
            ("notes", .array(outcome.notes.map { .string($0) })),
            ("coverage", .array(outcome.coverage.map { .string($0) })),
        ])
    }
}

extension ComparisonReport {
    /// An object: counts for each column, `firstDifference` or null, `unproven` and `warnings`.
    public var json: JSON {
        let columns = columns.map { column in
            JSON.object([
                ("name", .string(column.name)), ("compared", .int(Int64(column.compared))),
                ("present", .int(Int64(column.present))), ("differing", .int(Int64(column.differing))),
            ])
        }
        let first = difference.map { difference in
            JSON.object([
                ("column", .string(difference.column)), ("keys", .array(difference.keys.map { .string($0) })),
                ("time", .string(difference.time.description)), ("served", .string(difference.served)),
                ("offline", .string(difference.offline)),
            ])
        }
        return .object([
            ("release", release.json), ("pairs", .int(Int64(pairs))), ("compared", .int(Int64(compared))),
            ("present", .int(Int64(present))), ("differing", .int(Int64(differing))), ("columns", .array(columns)),
            ("firstDifference", first ?? .null), ("unproven", .array(unproven.map { .string($0.description) })),
            ("warnings", .array(warnings.map { .string($0) })),
        ])
    }
}

extension FeatureVectors {
    /// The object that `POST /v1/vectors` answers: columns of one status and one value for each entity, times, receipt.
    public var json: JSON {
        let listed = columns.indices.map { index in
            let column = columns[index]
            return JSON.object([
                ("name", .string(column.name)), ("view", .optional(column.view)), ("feature", .string(column.feature)),
                ("type", .string(column.type.name)), ("times", .int(Int64(column.times))),
                ("statuses", .array((0..<count).map { .string(status(index, $0).name) })),
                ("values", .array((0..<count).map { value(index, $0).json })),
            ])
        }
        let rows = (columns.map(\.times).max() ?? -1) + 1
        let times = (0..<rows).map { row in
            JSON.array((0..<count).map { .optional(eventTimes[row * count + $0]?.description) })
        }
        return .object([
            ("release", release?.json ?? .null), ("time", .string(time.description)), ("columns", .array(listed)),
            ("eventTimes", .array(times)), ("receipt", Receipt(of: self).json),
        ])
    }
}
