// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Resolves names and types of a tree; continues after a problem to find the others.
struct TypeChecker {
    private let columns: ByName<DataType>
    private let names: [String]
    /// The columns used, in order of first use.
    private(set) var inputs: [ColumnSchema] = []
    /// The problems found so far.
    var problems: [ExpressionProblem] = []

    init(columns: [ColumnSchema]) {
        self.columns = ByName(columns.map { ($0.name, $0.type) })
        names = columns.map(\.name)
    }

    /// The checked tree; nil when something in it is wrong and noted.
    mutating func check(_ tree: ExpressionSyntax) -> Checked? {
        switch tree.kind {
        case .literal(let literal): return check(literal, tree.range)
        case .column(let name): return column(name, tree.range)
        case .prefix(let sign, let operand):
            guard let operand = check(operand) else { return nil }
            return apply(sign == .not ? "not" : "unary \(sign.rawValue)", [operand], tree.range)
        case .infix(let infix, let left, let right): return check(infix, left, right, tree.range)
        case .test(let operand, let test, let isNegated):
            guard let operand = check(operand) else { return nil }
            return negated(self.test(operand, test, tree.range), isNegated)
        case .list(let operand, let items, let isNegated):
            guard let all = checkAll([operand] + items) else { return nil }
            return negated(apply("in", all, tree.range), isNegated)
        case .between(let operand, let low, let high, let isNegated):
            guard let all = checkAll([operand, low, high]) else { return nil }
            return negated(apply("between", all, tree.range), isNegated)
        case .like(let operand, let pattern, let escape, let isNegated):
            return negated(like(operand, pattern, escape, tree.range), isNegated)
        case .cast(let operand, let typeName, let typeRange):
            return cast(operand, typeName, typeRange, tree.range)
        case .choice(let subject, let branches, let otherwise):
            return choice(subject, branches, otherwise, tree.range)
        case .call(let name, let nameRange, let arguments): return call(name, nameRange, arguments, tree.range)
        }
    }

    /// All parts checked, so that each one's problems are found; nil when one is wrong.
    mutating func checkAll(_ trees: [ExpressionSyntax]) -> [Checked]? {
        let checked = trees.map { check($0) }
        return checked.contains { $0 == nil } ? nil : checked.compactMap { $0 }
    }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, note: String? = nil, help: String? = nil
    ) -> Checked? {
        problems.append(ExpressionProblem(code, message, at: range, note: note, help: help))
        return nil
    }

    private mutating func check(_ literal: ExpressionSyntax.Literal, _ range: Range<Int>) -> Checked? {
        let (scalar, type): (Scalar, DataType?)
        switch literal {
        case .null: (scalar, type) = (.null, nil)
        case .bool(let value): (scalar, type) = (.bool(value), .bool)
        case .integer(let magnitude, let isNegative):
            let wide = isNegative ? -Int128(magnitude) : Int128(magnitude)
            if let narrow = Int32(exactly: wide) {
                (scalar, type) = (.int32(narrow), .int32)
            } else if let value = Int64(exactly: wide) {
                (scalar, type) = (.int64(value), .int64)
            } else {
                return report(
                    ExpressionCode.numberRange, "the whole number \(wide) does not fit int64", range,
                    help: "write it as a decimal: \(wide).0")
            }
        case .decimal(let value): (scalar, type) = (.float64(value.canonical), .float64)
        case .string(let text): (scalar, type) = (.bytes(Bytes(text.utf8)), .string)
        case .timestamp(let value): (scalar, type) = (.int64(value.microseconds), .timestamp)
        case .date(let value): (scalar, type) = (.int32(value.days), .date)
        }
        return Checked(node: .constant(scalar), type: type, range: range)
    }

    private mutating func column(_ name: String, _ range: Range<Int>) -> Checked? {
        guard let type = columns[name] else {
            let near = nearestName(to: name, among: names)
            return report(
                ExpressionCode.unknownColumn, "there is no column \(ExpressionPrinter.column(name))", range,
                help: near.map { "did you mean \(ExpressionPrinter.column($0))?" }
                    ?? (names.isEmpty ? nil : "columns: \(Self.some(names.sorted()))"))
        }
        let index = inputs.firstIndex { $0.name.isSame(as: name) } ?? inputs.count
        if index == inputs.count { inputs.append(ColumnSchema(name: name, type: type)) }
        return Checked(node: .input(index), type: type, range: range)
    }

    private static func some(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", ..." : "")
    }

    private mutating func check(
        _ infix: ExpressionSyntax.Infix, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ range: Range<Int>
    ) -> Checked? {
        guard let both = checkAll([left, right]) else { return nil }
        guard infix == .and || infix == .or else { return apply(infix.rawValue, both, range) }
        var isRight = true
        for side in both where side.type != nil && side.type != .bool {
            isRight = false
            _ = report(
                ExpressionCode.argumentTypes, "'\(infix.rawValue)' takes bool on both sides, not \(side.typeName)",
                side.range, note: "this is \(side.typeName)", help: "compare it with something, as in 'x > 0'")
        }
        guard isRight else { return nil }
        let node: Node = infix == .and ? .and(both[0].node, both[1].node) : .or(both[0].node, both[1].node)
        return Checked(node: node, type: .bool, range: range)
    }

    private mutating func test(_ operand: Checked, _ test: ExpressionSyntax.Test, _ range: Range<Int>) -> Checked? {
        guard test == .null else { return apply("is \(test.rawValue)", [operand], range) }
        return Checked(node: .calling(.isNull, [operand.node]), type: .bool, range: range)
    }

    private mutating func negated(_ checked: Checked?, _ isNegated: Bool) -> Checked? {
        guard let checked, isNegated else { return checked }
        return apply("not", [checked], checked.range)
    }

    /// An operator by the name of its record.
    private mutating func apply(_ name: String, _ arguments: [Checked], _ range: Range<Int>) -> Checked? {
        guard let record = FunctionCatalogue.operation(name) else {
            preconditionFailure("the catalogue has no operator '\(name)'")
        }
        return resolve(record, arguments, range)
    }
}
