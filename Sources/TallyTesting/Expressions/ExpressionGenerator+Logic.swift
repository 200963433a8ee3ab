// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ExpressionGenerator {
    mutating func condition(depth: Int) -> RandomExpression {
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1:
            let word = random.pick(["and", "or"])
            return combine([expression(.bool, depth: depth), expression(.bool, depth: depth)], .bool) {
                "(\($0[0]) \(word) \($0[1]))"
            }
        case 2: return combine([expression(.bool, depth: depth)], .bool) { "(not \($0[0]))" }
        case 3:
            let test = random.pick(["is null", "is not null"])
            return combine([expression(depth: depth)], .bool) { "(\($0[0]) \(test))" }
        case 4:
            let test = random.pick(["is true", "is not true", "is false", "is not false"])
            return combine([expression(.bool, depth: depth)], .bool) { "(\($0[0]) \(test))" }
        case 5, 6: return comparison(depth: depth)
        case 7: return membership(depth: depth)
        default: return textCondition(depth: depth)
        }
    }

    private mutating func comparison(depth: Int) -> RandomExpression {
        let sign = random.pick(["=", "<>", "<", "<=", ">", ">="])
        if Bool.random(using: &random) {
            let sides = mixed(2, depth: depth)
            return combine(sides, .bool) { "(\($0[0]) \(sign) \($0[1]))" }
        }
        let type = random.pick(Self.types)
        return combine([expression(type, depth: depth), expression(type, depth: depth)], .bool) {
            "(\($0[0]) \(sign) \($0[1]))"
        }
    }

    /// Numbers of different types, in DuckDB's spelling already brought to their common type.
    private mutating func mixed(_ count: Int, depth: Int) -> [RandomExpression] {
        let parts = (0..<count).map { _ in
            expression(random.pick([DataType.int32, .int64, .float32, .float64]), depth: depth)
        }
        let types = Set(parts.map(\.type))
        let common: DataType =
            types.count == 1 ? parts[0].type : types == [.int32, .int64] ? .int64 : .float64
        return parts.map { part in
            RandomExpression(
                part.text, duckDB: part.duckDBText.map { DuckDBText.widened($0, from: part.type, to: common) },
                common)
        }
    }

    private mutating func membership(depth: Int) -> RandomExpression {
        let type = random.pick(Self.types)
        let isNumber = type.isNumeric && Bool.random(using: &random)
        let parts = isNumber ? mixed(3, depth: depth) : (0..<3).map { _ in expression(type, depth: depth) }
        let negation = random.pick(["", "not "])
        if Bool.random(using: &random) {
            return combine(parts, .bool) { "(\($0[0]) \(negation)in (\($0[1]), \($0[2])))" }
        }
        return combine(parts, .bool) { "(\($0[0]) \(negation)between \($0[1]) and \($0[2]))" }
    }

    private mutating func textCondition(depth: Int) -> RandomExpression {
        let text = expression(.string, depth: depth)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return combine([text, expression(.string, depth: depth)], .bool) { "starts_with(\($0[0]), \($0[1]))" }
        case 1: return combine([text, expression(.string, depth: depth)], .bool) { "contains(\($0[0]), \($0[1]))" }
        case 2:
            let negation = random.pick(["", "not "])
            return combine([text, expression(.string, depth: depth)], .bool) {
                "(\($0[0]) \(negation)like \($0[1]))"
            }
        default:
            let pattern = DuckDBText.quoted(
                random.pick(["%a%", "_%", "a#%%", "#_%", "%é", "__", "", "%", "a_b%", "##%"]))
            return combine([text], .bool) { "(\($0[0]) like \(pattern) escape '#')" }
        }
    }
}
