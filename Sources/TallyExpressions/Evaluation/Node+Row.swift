// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Node {
    /// The value of one row; branches that are not taken are not evaluated.
    func evaluate(_ inputs: [Scalar], _ finding: inout EvaluationFinding) -> Scalar {
        switch self {
        case .constant(let scalar): return scalar
        case .input(let index): return inputs[index]
        case .call(let kernel, let arguments):
            var values: [Scalar] = []
            values.reserveCapacity(arguments.count)
            for argument in arguments { values.append(argument.evaluate(inputs, &finding)) }
            return kernel.row(values, &finding)
        case .and(let left, let right):
            return Logic.combine(left, right, deciding: false, inputs, &finding)
        case .or(let left, let right):
            return Logic.combine(left, right, deciding: true, inputs, &finding)
        case .firstPresent(let values, _):
            for value in values {
                let scalar = value.evaluate(inputs, &finding)
                if !scalar.isNull { return scalar }
            }
            return .null
        case .choice(let choice): return choice.evaluate(inputs, &finding)
        }
    }
}

extension Node.Choice {
    fileprivate func evaluate(_ inputs: [Scalar], _ finding: inout EvaluationFinding) -> Scalar {
        let subject = self.subject?.evaluate(inputs, &finding)
        for branch in branches {
            var condition = branch.when.evaluate(inputs, &finding)
            if let subject, let equals { condition = equals.row([subject, condition], &finding) }
            if Bool.read(condition) == true { return branch.then.evaluate(inputs, &finding) }
        }
        return otherwise?.evaluate(inputs, &finding) ?? .null
    }
}

/// Three-valued `and` and `or`: both are decided by one value (false, true) whatever the other side is.
enum Logic {
    /// Returns the result for a pair; `deciding` is false for `and` and true for `or`.
    @inline(__always)
    static func combine(_ left: Bool?, _ right: Bool?, deciding: Bool) -> Bool? {
        if left == deciding || right == deciding { return deciding }
        return left == nil || right == nil ? nil : !deciding
    }

    fileprivate static func combine(
        _ left: Node, _ right: Node, deciding: Bool, _ inputs: [Scalar], _ finding: inout EvaluationFinding
    ) -> Scalar {
        let first = Bool.read(left.evaluate(inputs, &finding))
        if first == deciding { return .bool(deciding) }
        let second = Bool.read(right.evaluate(inputs, &finding))
        return combine(first, second, deciding: deciding)?.scalar ?? .null
    }
}
