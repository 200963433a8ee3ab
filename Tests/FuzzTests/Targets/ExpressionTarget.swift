// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

/// An expression over a few columns: its canonical text means the same.
struct ExpressionTarget: FuzzTarget {
    static let name = "Expression"
    let words = [
        "coalesce(", "cast(", " as int64)", "case when ", " then ", " else ", " end", " is null", " and ", "substring(",
        "date_diff('day', ", "9223372036854775807", "1e308", "'é'",
    ]
    let longest = 600

    private static let columns = [
        ColumnSchema(name: "i", type: .int64), ColumnSchema(name: "x", type: .float64),
        ColumnSchema(name: "s", type: .string), ColumnSchema(name: "b", type: .bool),
        ColumnSchema(name: "t", type: .timestamp), ColumnSchema(name: "d", type: .date),
    ]
    private static let row: [String: Value] = [
        "i": .int64(-7), "x": .float64(2.5), "s": .string("aé"), "b": .bool(true),
        "t": .timestamp(Timestamp(microseconds: 1_700_000_000_000_001)), "d": .date(CalendarDate(days: 19_000)),
    ]

    init(folder: String) {}

    var seeds: [[UInt8]] { ["i + 1 > x", "coalesce(s, 'n')"].map { Array($0.utf8) } }

    func run(_ input: [UInt8]) throws {
        guard case .success(let expression) = TypedExpression.compile(text(input), columns: Self.columns) else {
            return
        }
        let value = expression.evaluate(row: Self.row).value
        switch TypedExpression.compile(expression.canonicalText, columns: Self.columns) {
        case .success(let canonical):
            try FuzzFinding.unless(
                canonical.evaluate(row: Self.row).value.isIdentical(to: value), "the canonical text has another value")
            try FuzzFinding.unless(
                canonical.canonicalText == expression.canonicalText, "the canonical text is not canonical")
        case .failure(let problems):
            // Parentheses of the canonical form may nest a text at the limit beyond it.
            try FuzzFinding.unless(
                problems.problems.contains { $0.code == ExpressionCode.tooComplex },
                "the canonical text does not compile: \(expression.canonicalText)")
        }
    }
}
