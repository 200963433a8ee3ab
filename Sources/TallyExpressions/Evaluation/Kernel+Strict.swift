// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

// Kernels whose result is null when an argument is null: the body sees values only.
extension Kernel {
    /// A function of one argument.
    @inline(__always)
    static func unary<A: Primitive, Result: Primitive>(
        _ body: @escaping @Sendable (A, inout EvaluationFinding) -> Result?
    ) -> Kernel {
        Kernel(
            row: { arguments, finding in
                guard let first = A.read(arguments[0]) else { return .null }
                return body(first, &finding)?.scalar ?? .null
            },
            column: { operands, active, state in
                let first = A.read(operands[0])
                return fill(active, &state) { (row, finding) -> Result? in
                    guard let first = first[row] else { return nil }
                    return body(first, &finding)
                }
            })
    }

    /// A function of two arguments.
    @inline(__always)
    static func binary<A: Primitive, B: Primitive, Result: Primitive>(
        _ body: @escaping @Sendable (A, B, inout EvaluationFinding) -> Result?
    ) -> Kernel {
        Kernel(
            row: { arguments, finding in
                guard let first = A.read(arguments[0]), let second = B.read(arguments[1]) else { return .null }
                return body(first, second, &finding)?.scalar ?? .null
            },
            column: { operands, active, state in
                let first = A.read(operands[0])
                let second = B.read(operands[1])
                return fill(active, &state) { (row, finding) -> Result? in
                    guard let first = first[row], let second = second[row] else { return nil }
                    return body(first, second, &finding)
                }
            })
    }

    /// A function of three arguments.
    @inline(__always)
    static func ternary<A: Primitive, B: Primitive, C: Primitive, Result: Primitive>(
        _ body: @escaping @Sendable (A, B, C, inout EvaluationFinding) -> Result?
    ) -> Kernel {
        Kernel(
            row: { arguments, finding in
                guard let first = A.read(arguments[0]), let second = B.read(arguments[1]),
                    let third = C.read(arguments[2])
                else { return .null }
                return body(first, second, third, &finding)?.scalar ?? .null
            },
            column: { operands, active, state in
                let first = A.read(operands[0])
                let second = B.read(operands[1])
                let third = C.read(operands[2])
                return fill(active, &state) { (row, finding) -> Result? in
                    guard let first = first[row], let second = second[row], let third = third[row] else { return nil }
                    return body(first, second, third, &finding)
                }
            })
    }

    /// A function of four numbers.
    @inline(__always)
    static func quaternary(
        _ body: @escaping @Sendable (Double, Double, Double, Double, inout EvaluationFinding) -> Double?
    ) -> Kernel {
        Kernel(
            row: { arguments, finding in
                guard let first = Double.read(arguments[0]), let second = Double.read(arguments[1]),
                    let third = Double.read(arguments[2]), let fourth = Double.read(arguments[3])
                else { return .null }
                return body(first, second, third, fourth, &finding)?.scalar ?? .null
            },
            column: { operands, active, state in
                let first = Double.read(operands[0])
                let second = Double.read(operands[1])
                let third = Double.read(operands[2])
                let fourth = Double.read(operands[3])
                return fill(active, &state) { (row, finding) -> Double? in
                    guard let first = first[row], let second = second[row], let third = third[row],
                        let fourth = fourth[row]
                    else { return nil }
                    return body(first, second, third, fourth, &finding)
                }
            })
    }

    /// The loop over rows that every builder shares.
    @inline(__always)
    static func fill<Result: Primitive>(
        _ active: [Bool]?, _ state: inout EvaluationState, _ value: (Int, inout EvaluationFinding) -> Result?
    ) -> Operand {
        var result = ResultBuilder<Result>(count: state.count)
        for row in 0..<state.count {
            var finding = EvaluationFinding()
            result.append(value(row, &finding))
            if !finding.isEmpty { state.note(finding, row: row, among: active) }
        }
        return result.operand()
    }
}
