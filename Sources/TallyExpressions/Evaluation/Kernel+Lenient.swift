// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

// Kernels that see nulls: the body gets optional values and decides itself.
extension Kernel {
    /// A function of any number of arguments of one type, each of which may be null.
    @inline(__always)
    static func lenient<A: Primitive, Result: Primitive>(
        _ body: @escaping @Sendable ([A?], inout EvaluationFinding) -> Result?
    ) -> Kernel {
        Kernel(
            row: { arguments, finding in body(arguments.map { A.read($0) }, &finding)?.scalar ?? .null },
            column: { operands, active, state in
                let readers = operands.map { A.read($0) }
                // One buffer for all rows: its contents change, its storage does not.
                var arguments = [A?](repeating: nil, count: readers.count)
                return fill(active, &state) { (row, finding) -> Result? in
                    for index in readers.indices { arguments[index] = readers[index][row] }
                    return body(arguments, &finding)
                }
            })
    }

    /// Whether the argument, of any type, is null.
    static let isNull = Kernel(
        row: { arguments, _ in .bool(arguments[0].isNull) },
        column: { operands, _, state in
            let validity = operands[0].validity(state.count)
            return .bool((0..<state.count).map { !validity[$0] }, Validity(allPresent: state.count))
        })

    /// The number of elements of an array.
    static let arrayLength = Kernel(
        row: { arguments, _ in
            guard case .array(let values) = arguments[0] else { return .null }
            return .int32(Int32(clamping: values.count))
        },
        column: { operands, _, state in
            guard case .array(let column) = operands[0], case .array(let offsets, _) = column.storage else {
                return .constant(.null)
            }
            return .int32(
                (0..<state.count).map { column.validity[$0] ? Int32(clamping: offsets[$0 + 1] - offsets[$0]) : 0 },
                column.validity)
        })
}
