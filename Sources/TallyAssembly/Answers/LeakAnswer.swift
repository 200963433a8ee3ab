// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension LeakReport {
    /// An object: `verdict`, `rows`, `columns`, `label`, `likeLabel`, `notCompared` and `output`.
    public var json: JSON {
        .object([
            ("verdict", .string(verdict.rawValue)), ("rows", .exact(Int64(rows))),
            ("columns", .array(columns.map(\.json))), ("label", label?.json ?? .null),
            ("likeLabel", .array(likenesses.map { Self.pair($0.name, $0.reason) })),
            ("notCompared", .array(unseen.map { Self.pair($0.name, $0.reason) })), ("output", .optional(output)),
        ])
    }

    private static func pair(_ name: String, _ reason: String) -> JSON {
        .object([("column", .string(name)), ("reason", .string(reason))])
    }
}

extension LeakReport.Column {
    /// An object with the column, its source, the verdict, the counts, hours and examples.
    var json: JSON {
        .object([
            ("column", .string(name)), ("source", .string(table)), ("sourceColumn", .string(origin)),
            ("verdict", .string(verdict.rawValue)), ("reason", .string(reason)),
            ("counts", .object(counts.map { ($0.name, .exact(Int64($0.count))) })),
            (
                "hoursAhead",
                ahead.map { ahead in
                    .object(
                        zip(["least", "median", "most"], ahead).map { ($0, .double(Double($1) / 3_600_000_000)) })
                } ?? .null
            ),
            ("examples", .array(examples.map(\.json))),
        ])
    }
}

extension LeakReport.Example {
    /// An object with the row, its keys and time, what stands there and what should, and when it happened and was known.
    var json: JSON {
        .object([
            ("row", .exact(Int64(row))), ("keys", .object(keys.map { ($0.name, .string($0.text)) })),
            ("time", .string(time.description)), ("found", .string(found)), ("lawful", .optional(lawful)),
            ("event", .string(event.description)), ("known", .string(known.description)),
        ])
    }
}
