// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// One operation on values of known types, ready to run over rows or over columns.
///
/// Both ways run the same scalar body: a builder takes it once and makes the two loops. A body returns nil for null and
/// says why in the finding.
struct Kernel: Sendable {
    /// Computes one row.
    let row: @Sendable ([Scalar], inout EvaluationFinding) -> Scalar
    /// Computes all rows; findings are noted for the active rows only (nil: all are active).
    let column: @Sendable ([Operand], [Bool]?, inout EvaluationState) -> Operand

    /// Computes all rows; constants alone are computed once.
    func callAsFunction(_ operands: [Operand], _ active: [Bool]?, _ state: inout EvaluationState) -> Operand {
        var scalars: [Scalar] = []
        for operand in operands {
            guard case .constant(let scalar) = operand else { return column(operands, active, &state) }
            scalars.append(scalar)
        }
        var finding = EvaluationFinding()
        let result = row(scalars, &finding)
        state.noteEverywhere(finding, among: active)
        return .constant(result)
    }
}

/// The values and the validity of a result while a loop fills them.
struct ResultBuilder<Element: Primitive> {
    private var values: [Element] = []
    private var words: [UInt64]
    private let count: Int

    init(count: Int) {
        self.count = count
        values.reserveCapacity(count)
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    @inline(__always) mutating func append(_ value: Element?) {
        if let value {
            words[values.count >> 6] |= 1 << UInt64(values.count & 63)
            values.append(value)
        } else {
            values.append(.zero)
        }
    }

    func operand() -> Operand { Element.operand(values, Validity(words: words, count: count)) }
}
