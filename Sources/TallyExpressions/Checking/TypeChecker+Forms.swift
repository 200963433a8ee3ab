// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

// The forms that are no plain calls.
extension TypeChecker {
    mutating func call(
        _ name: String, _ nameRange: Range<Int>, _ arguments: [ExpressionSyntax], _ range: Range<Int>
    ) -> Checked? {
        guard let record = FunctionCatalogue.function(name) else {
            _ = checkAll(arguments)
            let near = nearestName(to: name, among: FunctionCatalogue.functionNames)
            return report(
                ExpressionCode.unknownFunction, "there is no function \(name)", nameRange,
                help: near.map { "did you mean \($0)?" } ?? "the functions are listed in docs/guides/expressions.md")
        }
        if case .unit(let signatures) = record.form { return unitCall(record, signatures, arguments, range) }
        guard let checked = checkAll(arguments) else { return nil }
        if record.name == "coalesce" { return coalesce(record, checked, range) }
        if record.name == "length", checked.count == 1, case .array = checked[0].type {
            return Checked(node: .calling(.arrayLength, [checked[0].node]), type: .int32, range: range)
        }
        return resolve(record, checked, range)
    }

    private mutating func unitCall(
        _ record: FunctionRecord, _ signatures: @Sendable (TimeUnit) -> [Signature], _ arguments: [ExpressionSyntax],
        _ range: Range<Int>
    ) -> Checked? {
        guard let first = arguments.first else { return wrongCount(record, "a unit and more", 0, range) }
        let rest = checkAll(Array(arguments.dropFirst()))
        let names = TimeUnit.allCases.map(\.rawValue)
        guard case .literal(.string(let text)) = first.kind else {
            return report(
                ExpressionCode.unit, "the unit of \(record.name) is a string literal", first.range,
                help: "one of \(names.map { "'\($0)'" }.joined(separator: ", "))")
        }
        guard let unit = TimeUnit(rawValue: lowerASCII(text)) else {
            return report(
                ExpressionCode.unit, "there is no unit '\(text.prefix(40))'", first.range,
                help: nearestName(to: text, among: names).map { "did you mean '\($0)'?" }
                    ?? "one of \(names.map { "'\($0)'" }.joined(separator: ", "))")
        }
        guard let rest else { return nil }
        if !unit.isWholeDays, let date = rest.first(where: { $0.type == .date }) {
            return report(
                ExpressionCode.unit, "a date has no \(unit.rawValue)s", date.range, note: "this is a date",
                help: "cast(... as timestamp) gives its midnight in UTC")
        }
        return resolve(record, signatures(unit), rest, range)
    }

    private mutating func coalesce(_ record: FunctionRecord, _ parts: [Checked], _ range: Range<Int>) -> Checked? {
        guard !parts.isEmpty else { return wrongCount(record, "at least 1", 0, range) }
        guard let (type, nodes) = unify(parts, "the arguments of coalesce", range) else { return nil }
        guard let type else { return Checked(node: .constant(.null), type: nil, range: range) }
        guard let blender = Blender(type) else { return wrongTypes(record, parts, range) }
        return Checked(node: .firstPresent(nodes, blender), type: type, range: range)
    }

    mutating func like(
        _ operand: ExpressionSyntax, _ pattern: ExpressionSyntax, _ escape: ExpressionSyntax?, _ range: Range<Int>
    ) -> Checked? {
        let both = checkAll([operand, pattern])
        var escapeBytes: Bytes?
        if let escape {
            guard case .literal(.string(let text)) = escape.kind, text.unicodeScalars.count == 1 else {
                return report(
                    ExpressionCode.pattern, "the escape character is a literal string of one character", escape.range,
                    help: "write it as escape '\\'")
            }
            escapeBytes = Bytes(text.utf8)
        }
        guard let both, let record = FunctionCatalogue.operation("like") else { return nil }
        var kernel = LikePattern.kernel(escape: escapeBytes)
        var arguments = both
        if case .literal(.string(let text)) = pattern.kind {
            guard let known = LikePattern(Bytes(text.utf8), escape: escapeBytes) else {
                return report(
                    ExpressionCode.pattern, "the pattern ends in its escape character", pattern.range,
                    help: "an escape character stands before '%', '_' or itself")
            }
            kernel = known.kernel()
            arguments.removeLast()
        }
        let signature = Signature([DataType](repeating: .string, count: arguments.count), .bool, kernel)
        guard both.allSatisfy({ $0.type == nil || $0.type == .string }) else { return wrongTypes(record, both, range) }
        return resolve(record, [signature], arguments, range)
    }

    mutating func cast(
        _ operand: ExpressionSyntax, _ typeName: String, _ typeRange: Range<Int>, _ range: Range<Int>
    ) -> Checked? {
        let operand = check(operand)
        guard let type = DataType(name: typeName) else {
            let names = DataType.scalars.map(\.name)
            let near = Self.otherSpellings[typeName] ?? nearestName(to: typeName, among: names)
            return report(
                ExpressionCode.unknownType, "there is no type \(typeName) to cast to", typeRange,
                help: near.map { "did you mean \($0)?" } ?? "the types are \(names.joined(separator: ", "))")
        }
        guard let operand else { return nil }
        guard let from = operand.type, from != type else {
            return Checked(node: operand.node, type: type, range: range)
        }
        guard let rule = CastRules.rule(from: from, to: type) else {
            let targets = CastRules.rules.filter { $0.from == from }.map(\.to.name)
            return report(
                ExpressionCode.impossibleCast, "\(from) cannot be cast to \(type)", range,
                help: targets.isEmpty ? nil : "\(from) can be cast to \(targets.joined(separator: ", "))")
        }
        return Checked(node: .calling(rule.kernel, [operand.node]), type: type, range: range)
    }

    /// The spellings of our types in SQL engines.
    private static let otherSpellings = [
        "int": "int32", "integer": "int32", "bigint": "int64", "long": "int64", "float": "float64", "real": "float32",
        "double": "float64", "boolean": "bool", "varchar": "string", "text": "string", "blob": "bytes",
        "timestamptz": "timestamp", "datetime": "timestamp",
    ]

    mutating func choice(
        _ subject: ExpressionSyntax?, _ branches: [ExpressionSyntax.Branch], _ otherwise: ExpressionSyntax?,
        _ range: Range<Int>
    ) -> Checked? {
        let subjects = checkAll(subject.map { [$0] } ?? [])
        let conditions = checkAll(branches.map(\.when))
        let results = checkAll(branches.map(\.then) + (otherwise.map { [$0] } ?? []))
        guard let conditions, let subjects else { return nil }
        guard let (subjectNode, equals, whens) = self.conditions(subjects.first, conditions, range), let results,
            let (type, thens) = unify(results, "the results of case", range)
        else { return nil }
        guard let type else { return Checked(node: .constant(.null), type: nil, range: range) }
        guard let blender = Blender(type) else {
            return report(ExpressionCode.argumentTypes, "a case cannot choose between arrays", range)
        }
        let choice = Node.Choice(
            subject: subjectNode, equals: equals,
            branches: zip(whens, thens).map { (when: $0, then: $1) },
            otherwise: otherwise == nil ? nil : thens.last, blender: blender)
        return Checked(node: .choice(choice), type: type, range: range)
    }

    private mutating func conditions(
        _ subject: Checked?, _ conditions: [Checked], _ range: Range<Int>
    ) -> (subject: Node?, equals: Kernel?, whens: [Node])? {
        if let subject {
            guard let (type, nodes) = unify([subject] + conditions, "the values that case compares", range) else {
                return nil
            }
            guard let kernel = OrderedFamily.equal.kernel(for: type ?? .bool) else {
                _ = report(ExpressionCode.argumentTypes, "a case cannot compare arrays", subject.range)
                return nil
            }
            return (nodes[0], kernel, Array(nodes.dropFirst()))
        }
        var isRight = true
        for condition in conditions where condition.type != nil && condition.type != .bool {
            isRight = false
            _ = report(
                ExpressionCode.argumentTypes, "a condition of case is bool, not \(condition.typeName)", condition.range,
                note: "this is \(condition.typeName)", help: "compare it with something, as in 'when x > 0'")
        }
        return isRight ? (nil, nil, conditions.map(\.node)) : nil
    }
}
