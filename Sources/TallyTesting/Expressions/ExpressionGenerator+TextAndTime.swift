// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ExpressionGenerator {
    mutating func string(depth: Int) -> RandomExpression {
        let text = expression(.string, depth: depth)
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            return combine([text, expression(.string, depth: depth)], .string) {
                "(\($0[0]) || \($0[1]))"
            } duckDB: {
                "CAST(\($0[0]) || \($0[1]) AS VARCHAR)"
            }
        case 1: return combine([text, expression(.string, depth: depth)], .string) { "concat(\($0[0]), \($0[1]))" }
        case 2:
            let function = random.pick(["lower", "upper", "trim"])
            return combine([text], .string) {
                "\(function)(\($0[0]))"
            } duckDB: {
                DuckDBText.textFunction(function, $0[0])
            }
        case 3:
            let parts = [text, expression(.string, depth: depth), expression(.string, depth: depth)]
            return combine(parts, .string) { "replace(\($0[0]), \($0[1]), \($0[2]))" }
        case 4, 5: return substring(text, depth: depth)
        default:
            let from = random.pick([DataType.bool, .int32, .int64, .float32, .float64, .date, .timestamp])
            return combine(
                [expression(from, depth: depth)], .string, ours: { "cast(\($0[0]) as string)" },
                duckDB: from == .float32 ? nil : { DuckDBText.cast($0[0], from: from, to: .string) })
        }
    }

    private mutating func substring(_ text: RandomExpression, depth: Int) -> RandomExpression {
        let start = random.pick([-9, -2, -1, 0, 1, 2, 3, 9])
        if Bool.random(using: &random) {
            return combine([text], .string) { "substring(\($0[0]), \(start))" }
        }
        let length = random.pick([-1, 0, 1, 2, 20])
        let isComparable = start >= -1
        return combine(
            [text], .string, ours: { "substring(\($0[0]), \(start), \(length))" },
            duckDB: !isComparable
                ? nil
                : { length < 0 ? "CAST(NULL AS VARCHAR)" : "substring(\($0[0]), \(start), \(length))" })
    }

    mutating func time(_ type: DataType, depth: Int) -> RandomExpression {
        let whole = ["year", "quarter", "month", "week", "day"]
        if Bool.random(using: &random) {
            let unit = random.pick(type == .date ? whole : whole + ["hour", "minute", "second"])
            return combine([expression(type, depth: depth)], type) {
                "date_trunc('\(unit)', \($0[0]))"
            } duckDB: {
                DuckDBText.truncated(unit, $0[0], type)
            }
        }
        let from: DataType = type == .date ? .timestamp : .date
        return combine([expression(from, depth: depth)], type) {
            "cast(\($0[0]) as \(type))"
        } duckDB: {
            DuckDBText.cast($0[0], from: from, to: type)
        }
    }
}
