// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension TypeChecker {
    /// The whole expression in its declared type, or in its own when none is declared.
    mutating func conclude(
        _ checked: Checked, _ tree: ExpressionSyntax, _ expected: DataType?
    ) -> (type: DataType, node: Node)? {
        guard let expected else {
            guard let type = checked.type else {
                _ = report(
                    ExpressionCode.untypedNull, "nothing says of which type this null is", tree.range,
                    help: "write cast(null as float64)")
                return nil
            }
            return (type, checked.node)
        }
        guard let type = checked.type else { return (expected, .constant(.null)) }
        if type == expected { return (type, checked.node) }
        let isWidening =
            expected == .float64 && (type == .int32 || type == .float32) || expected == .int64 && type == .int32
        if isWidening { return (expected, Conversion.convert(checked, to: expected)) }
        if case .literal(.integer) = tree.kind, let exact = Self.exact(checked.node, expected) {
            return (expected, .constant(exact))
        }
        let canCast = CastRules.rule(from: type, to: expected) != nil
        _ = report(
            ExpressionCode.resultType, "the expression is \(type), but \(expected) is declared", tree.range,
            note: "this is \(type)", help: canCast ? "write cast(... as \(expected)), or declare \(type)" : nil)
        return nil
    }

    /// A whole-number literal in a type that holds it exactly.
    private static func exact(_ node: Node, _ type: DataType) -> Scalar? {
        let value: Int64
        switch node {
        case .constant(.int32(let number)): value = Int64(number)
        case .constant(.int64(let number)): value = number
        case .constant, .input, .call, .and, .or, .firstPresent, .choice: return nil
        }
        switch type {
        case .int32: return Int32(exactly: value).map { .int32($0) }
        case .int64: return .int64(value)
        case .float32: return Float(exactly: value).map { .float32($0) }
        case .float64: return Double(exactly: value).map { .float64($0) }
        case .bool, .string, .bytes, .timestamp, .date, .array: return nil
        }
    }
}
