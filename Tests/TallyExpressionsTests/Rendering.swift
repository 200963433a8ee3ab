// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

/// Texts of results and problems, for tests that compare whole outputs.
enum Rendering {
    /// `T0408 0..<2 there is no column aa | help: did you mean a?`, one line for each problem.
    static func problems(_ text: String, columns: [ColumnSchema] = [], expected: DataType? = nil) -> String {
        switch TypedExpression.compile(text, columns: columns, expected: expected) {
        case .success(let expression): "no problem: \(expression.canonicalText) is \(expression.type)"
        case .failure(let problems): problems.problems.map(problem).joined(separator: "\n")
        }
    }

    private static func problem(_ problem: ExpressionProblem) -> String {
        "\(problem.code.code) \(problem.range) \(problem.message)" + (problem.help.map { " | \($0)" } ?? "")
    }

    /// `2: int32`, or `null: int32 (overflow)`.
    static func value(_ text: String, row: [String: Value] = [:], columns: [ColumnSchema] = []) -> String {
        switch TypedExpression.compile(text, columns: columns) {
        case .success(let expression):
            let (value, finding) = expression.evaluate(row: row)
            return "\(Self.text(value)): \(expression.type)" + (finding.isEmpty ? "" : " (\(finding))")
        case .failure: return problems(text, columns: columns)
        }
    }

    static func text(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int32(let value): "\(value)"
        case .int64(let value): "\(value)"
        case .float32(let value): "\(value)"
        case .float64(let value): "\(value)"
        case .string(let text): "'\(text)'"
        case .bytes(let bytes): "\(bytes)"
        case .timestamp(let value): "\(value)"
        case .date(let value): "\(value)"
        case .array(let values): "[" + values.map(Self.text).joined(separator: ", ") + "]"
        }
    }
}
