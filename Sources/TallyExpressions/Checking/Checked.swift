// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// A part of an expression whose names and types are known.
struct Checked: Sendable {
    let node: Node
    /// The type; nil for a null of which no type is known yet: it fits every type.
    let type: DataType?
    let range: Range<Int>

    /// The name of the type in messages.
    var typeName: String { type?.name ?? "null" }

    /// The value when it is known before any row is seen.
    var constant: Scalar? { if case .constant(let scalar) = node { scalar } else { nil } }
}

/// The conversions that happen without being asked for inside an expression.
enum Conversion {
    /// Returns the cost of converting one type to another, 0 for itself; nil when there is no implicit conversion.
    static func distance(from: DataType?, to: DataType) -> Int? {
        guard let from else { return 0 }
        if from == to { return 0 }
        return switch (from, to) {
        case (.int32, .int64): 1
        case (.int32, .float64), (.int64, .float64), (.float32, .float64): 2
        default: nil
        }
    }

    /// The nearest type that all convert to; nil in the result: all are untyped nulls.
    static func common(_ types: [DataType?]) -> DataType?? {
        let known = types.compactMap { $0 }
        guard let first = known.first else { return .some(nil) }
        let candidates = known.allSatisfy { $0 == first } ? [first] : [DataType.int32, .int64, .float32, .float64]
        for candidate in candidates where known.allSatisfy({ distance(from: $0, to: candidate) != nil }) {
            return .some(candidate)
        }
        return nil
    }

    /// The node with a conversion around it where the type differs.
    static func convert(_ checked: Checked, to type: DataType) -> Node {
        guard let from = checked.type, from != type, let rule = CastRules.rule(from: from, to: type) else {
            return checked.node
        }
        return Node.calling(rule.kernel, [checked.node])
    }
}

extension Node {
    /// A call; computed right away when every argument is known and nothing is found.
    static func calling(_ kernel: Kernel, _ arguments: [Node]) -> Node {
        var scalars: [Scalar] = []
        for argument in arguments {
            guard case .constant(let scalar) = argument else { return .call(kernel, arguments) }
            scalars.append(scalar)
        }
        var finding = EvaluationFinding()
        let result = kernel.row(scalars, &finding)
        return finding.isEmpty ? .constant(result) : .call(kernel, arguments)
    }
}
