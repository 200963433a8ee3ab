// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FuzzKit
import Glibc
import TallyExpressions
import TallyModel

/// An expression over a few columns: whatever it is, nothing traps, and its canonical text means the same.
@main struct ExpressionFuzzer {
    static let columns = [
        ColumnSchema(name: "i", type: .int64), ColumnSchema(name: "x", type: .float64),
        ColumnSchema(name: "s", type: .string), ColumnSchema(name: "b", type: .bool),
        ColumnSchema(name: "t", type: .timestamp), ColumnSchema(name: "d", type: .date),
    ]

    static let row: [String: Value] = [
        "i": .int64(-7), "x": .float64(2.5), "s": .string("aé"), "b": .bool(true),
        "t": .timestamp(Timestamp(microseconds: 1_700_000_000_000_001)), "d": .date(CalendarDate(days: 19_000)),
    ]

    static func main() {
        exit(
            fuzz { text in
                guard case .success(let expression) = TypedExpression.compile(text, columns: columns) else { return }
                let value = expression.evaluate(row: row).value
                let again = TypedExpression.compile(expression.canonicalText, columns: columns)
                let canonical: TypedExpression
                switch again {
                case .success(let compiled): canonical = compiled
                case .failure(let problems):
                    // Parentheses of the canonical form may nest a text at the limit beyond it.
                    guard problems.problems.contains(where: { $0.code == ExpressionCode.tooComplex }) else {
                        preconditionFailure("the canonical text does not compile: \(expression.canonicalText)")
                    }
                    return
                }
                precondition(canonical.evaluate(row: row).value.isIdentical(to: value), "another value")
                precondition(canonical.canonicalText == expression.canonicalText, "not canonical")
            })
    }
}
