// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Puts the values of several branches together, row by row, for results of one type.
struct Blender: Sendable {
    /// For each row the value of the branch chosen there; a negative choice, or a branch left out, gives null.
    let blend: @Sendable (_ branches: [Operand?], _ choice: [Int]) -> Operand

    /// The blender for a type; nil for arrays.
    init?(_ type: DataType) {
        switch type {
        case .bool: self = Self.of(Bool.self)
        case .int32, .date: self = Self.of(Int32.self)
        case .int64, .timestamp: self = Self.of(Int64.self)
        case .float32: self = Self.of(Float.self)
        case .float64: self = Self.of(Double.self)
        case .string, .bytes: self = Self.of(Bytes.self)
        case .array: return nil
        }
    }

    private init(blend: @escaping @Sendable ([Operand?], [Int]) -> Operand) {
        self.blend = blend
    }

    private static func of<Element: Primitive>(_: Element.Type) -> Blender {
        Blender { branches, choice in
            let readers = branches.map { $0.map { Element.read($0) } ?? Reader(constant: nil) }
            var result = ResultBuilder<Element>(count: choice.count)
            for (row, branch) in choice.enumerated() {
                result.append(branch < 0 ? nil : readers[branch][row])
            }
            return result.operand()
        }
    }
}
