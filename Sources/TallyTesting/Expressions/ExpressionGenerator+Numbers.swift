// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ExpressionGenerator {
    mutating func integer(_ type: DataType, depth: Int) -> RandomExpression {
        let name = DuckDBText.name(type)
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            let sign = random.pick(["+", "-", "*"])
            return binaryInteger(
                type, depth: depth, ours: { "(\($0) \(sign) \($1))" }, duckDB: { "TRY(\($0) \(sign) \($1))" })
        case 2:
            return binaryInteger(type, depth: depth, ours: { "(\($0) // \($1))" }, duckDB: { "TRY(\($0) // \($1))" })
        case 3:
            let isCall = Bool.random(using: &random)
            return binaryInteger(
                type, depth: depth, ours: { isCall ? "mod(\($0), \($1))" : "(\($0) % \($1))" },
                duckDB: { DuckDBText.remainder($0, $1) })
        case 4:
            let inner = expression(type, depth: depth)
            let function = random.pick(["abs", "sign", "ceil", "floor", "round", "-", "+"])
            return combine([inner], type) {
                "\(function)(\($0[0]))"
            } duckDB: {
                switch function {
                case "abs", "-": "TRY(\(function)(\($0[0])))"
                case "sign": "CAST(sign(\($0[0])) AS \(name))"
                default: "(\($0[0]))"
                }
            }
        case 5:
            let digits = random.pick([-12, -10, -9, -3, -1, 0, 2])
            return combine([expression(type, depth: depth)], type) {
                "round(\($0[0]), \(digits))"
            } duckDB: {
                DuckDBText.roundedInteger($0[0], digits: digits, type)
            }
        case 6: return castToInteger(type, depth: depth)
        default: return type == .int32 ? small(depth: depth) : difference(depth: depth)
        }
    }

    private mutating func binaryInteger(
        _ type: DataType, depth: Int, ours: (String, String) -> String, duckDB: @escaping (String, String) -> String
    ) -> RandomExpression {
        // One side has the very type, else the result would be narrower.
        let sides = [expression(type, depth: depth), widening(to: type, depth: depth)]
        return combine(sides, type) {
            ours($0[0], $0[1])
        } duckDB: {
            duckDB($0[0], $0[1])
        }
    }

    private mutating func castToInteger(_ type: DataType, depth: Int) -> RandomExpression {
        let from = random.pick([DataType.bool, .int32, .int64, .float32, .float64, .string])
        return combine([expression(from, depth: depth)], type) {
            "cast(\($0[0]) as \(type))"
        } duckDB: {
            DuckDBText.cast($0[0], from: from, to: type)
        }
    }

    /// Functions that give int32.
    private mutating func small(depth: Int) -> RandomExpression {
        if Bool.random(using: &random) {
            return combine([expression(.string, depth: depth)], .int32) {
                "length(\($0[0]))"
            } duckDB: {
                "CAST(length(\($0[0])) AS INTEGER)"
            }
        }
        let type = random.pick([DataType.date, .timestamp])
        let names =
            type == .date ? ["year", "month", "day", "day_of_week"] : ["hour", "minute", "year", "day_of_week"]
        let name = random.pick(names)
        return combine([expression(type, depth: depth)], .int32) {
            "\(name)(\($0[0]))"
        } duckDB: {
            "CAST(\(name == "day_of_week" ? "dayofweek" : name)(\($0[0])) AS INTEGER)"
        }
    }

    private mutating func difference(depth: Int) -> RandomExpression {
        let type = random.pick([DataType.date, .timestamp])
        let whole = ["year", "quarter", "month", "week", "day"]
        let unit = random.pick(type == .date ? whole : whole + ["hour", "minute", "second"])
        return combine([expression(type, depth: depth), expression(type, depth: depth)], .int64) {
            "date_diff('\(unit)', \($0[0]), \($0[1]))"
        } duckDB: {
            DuckDBText.difference(unit, $0[0], $0[1])
        }
    }

    mutating func floating(_ type: DataType, depth: Int) -> RandomExpression {
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1, 2:
            let sign = random.pick(type == .float64 ? ["+", "-", "*", "/", "%"] : ["+", "-", "*", "%"])
            let first = expression(type, depth: depth)
            let second =
                sign == "/" || type == .float64 ? widening(to: type, depth: depth) : expression(type, depth: depth)
            return combine([first, second], type) {
                "(\($0[0]) \(sign) \($0[1]))"
            } duckDB: {
                DuckDBText.arithmetic(sign, $0[0], $0[1], type)
            }
        case 3:
            let function = random.pick(["abs", "sign", "ceil", "floor", "round", "-", "+"])
            return combine([expression(type, depth: depth)], type) {
                "\(function)(\($0[0]))"
            } duckDB: {
                DuckDBText.simple(function, $0[0], type)
            }
        case 4:
            let digits = random.pick([-310, -30, -2, 0, 1, 2, 5, 30, 310])
            return combine([expression(type, depth: depth)], type) {
                "round(\($0[0]), \(digits))"
            } duckDB: {
                DuckDBText.roundedFloat($0[0], digits: digits, type)
            }
        case 5:
            let from = random.pick([DataType.bool, .int32, .int64, .float32, .float64, .string])
            return combine([expression(from, depth: depth)], type) {
                "cast(\($0[0]) as \(type))"
            } duckDB: {
                DuckDBText.cast($0[0], from: from, to: type)
            }
        default: return type == .float64 ? real(depth: depth) : clamped(type, depth: depth)
        }
    }

    private mutating func clamped(_ type: DataType, depth: Int) -> RandomExpression {
        let parts = (0..<3).map { _ in expression(type, depth: depth) }
        return combine(parts, type) {
            "clamp(\($0.joined(separator: ", ")))"
        } duckDB: {
            DuckDBText.clamp($0[0], $0[1], $0[2])
        }
    }

    private mutating func real(depth: Int) -> RandomExpression {
        let unary = ["sqrt", "ln", "log10", "exp", "sin", "cos", "tan", "radians", "degrees"]
        let name = random.pick(unary + ["pow", "atan2", "clamp", "haversine_km"])
        switch name {
        case "pow", "atan2":
            let parts = [widening(to: .float64, depth: depth), widening(to: .float64, depth: depth)]
            return combine(parts, .float64) {
                "\(name)(\($0[0]), \($0[1]))"
            } duckDB: {
                DuckDBText.settled("\(name)(\($0[0]), \($0[1]))", [$0[0], $0[1]], .float64)
            }
        case "clamp": return clamped(.float64, depth: depth)
        case "haversine_km":
            let parts = (0..<4).map { _ in widening(to: .float64, depth: max(0, depth - 1)) }
            return combine(parts, .float64, ours: { "haversine_km(\($0.joined(separator: ", ")))" }, duckDB: nil)
        default:
            return combine([widening(to: .float64, depth: depth)], .float64) {
                "\(name)(\($0[0]))"
            } duckDB: {
                DuckDBText.function(name, $0[0])
            }
        }
    }
}
