// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Expressions over one row of awkward values, each with its value, type and finding.
enum SemanticsTable {
    static let all = logic + choices + arithmetic + mathematics + text + times + casts

    static let columns: [ColumnSchema] =
        DataType.scalars.map { ColumnSchema(name: "null_\($0)", type: $0) } + [
            ColumnSchema(name: "nan", type: .float64), ColumnSchema(name: "inf", type: .float64),
            ColumnSchema(name: "nan32", type: .float32), ColumnSchema(name: "minus_zero", type: .float64),
            ColumnSchema(name: "small", type: .float32), ColumnSchema(name: "min32", type: .int32),
            ColumnSchema(name: "min64", type: .int64), ColumnSchema(name: "max64", type: .int64),
            ColumnSchema(name: "first", type: .timestamp), ColumnSchema(name: "last", type: .timestamp),
            ColumnSchema(name: "first_day", type: .date), ColumnSchema(name: "tags", type: .array(.string)),
            ColumnSchema(name: "raw", type: .bytes),
        ]

    static let row: [String: Value] = [
        "nan": .float64(.nan), "inf": .float64(.infinity), "nan32": .float32(.nan), "minus_zero": .float64(-0.0),
        "small": .float32(0.1), "min32": .int32(.min), "min64": .int64(.min), "max64": .int64(.max),
        "first": .timestamp(Timestamp(microseconds: .min)), "last": .timestamp(Timestamp(microseconds: .max)),
        "first_day": .date(CalendarDate(days: .min)), "tags": .array([.string("a"), .null]),
        "raw": .bytes([0x61, 0xFF]),
    ]
}
