// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

extension Value {
    /// A random value of a type, a fifth of them null; floats that are easily got wrong are frequent.
    static func random(_ type: DataType, _ generator: inout SeededGenerator) -> Value {
        guard Int.random(in: 0..<5, using: &generator) > 0 else { return .null }
        let bits = generator.next()
        switch type {
        case .bool: return .bool(bits & 1 == 1)
        case .int32: return .int32(Int32(truncatingIfNeeded: bits))
        case .int64: return .int64(Int64(bitPattern: bits))
        case .float32:
            return .float32(
                [-0.0, .nan, -.infinity, Float(bitPattern: UInt32(truncatingIfNeeded: bits))][Int(bits % 4)])
        case .float64: return .float64([-0.0, -.nan, .infinity, Double(bitPattern: bits)][Int(bits % 4)])
        case .string: return .string(["", "a\u{0}b", "größe", String(bits)][Int(bits % 4)])
        case .bytes: return .bytes([[], [0], [0, 0xFF, 0], [UInt8(truncatingIfNeeded: bits)]][Int(bits % 4)])
        case .timestamp: return .timestamp(Timestamp(microseconds: Int64(bitPattern: bits)))
        case .date: return .date(CalendarDate(days: Int32(truncatingIfNeeded: bits)))
        case .array(let element):
            return .array((0..<Int(bits % 4)).map { _ in random(element, &generator) })
        }
    }
}
