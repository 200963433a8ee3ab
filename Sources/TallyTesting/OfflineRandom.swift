// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Seeded columns with few different values, nulls, and the odd values of each type.
struct OfflineRandom: RandomNumberGenerator {
    private var generator: SeededGenerator

    /// Equal seeds give equal columns.
    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// The next number of the generator.
    mutating func next() -> UInt64 { generator.next() }

    /// All scalar types and some of arrays.
    static let types: [DataType] =
        DataType.scalars + [
            .array(.int32), .array(.float32), .array(.float64), .array(.string), .array(.bool), .array(.timestamp),
            .array(.array(.int64)), .array(.bytes),
        ]

    /// Types of keys.
    static let keyTypes: [DataType] = DataType.scalars.filter(\.canBeKey)

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// A column in which about one value in eight is null.
    mutating func column(_ type: DataType, count: Int) -> Column {
        Column(type: type, values: (0..<count).map { _ in below(8) == 0 ? .null : value(type) })
    }

    /// A value; ones that need care come often.
    mutating func value(_ type: DataType) -> Value {
        switch type {
        case .bool: return .bool(below(2) == 0)
        case .int32: return .int32([0, -1, .min, .max, Int32(below(100))][below(5)])
        case .int64: return .int64([0, -1, .min, .max, Int64(below(100))][below(5)])
        case .float32:
            return .float32([0, -0.0, .nan, .infinity, -.leastNonzeroMagnitude, Float(below(9)) / 3][below(6)])
        case .float64:
            return .float64([0, -0.0, .nan, -.infinity, .leastNonzeroMagnitude, Double(below(9)) / 3][below(6)])
        case .string:
            return .string(["", "a", "a\u{0}b", "twelve bytes", "thirteen byte", "größer 🦩", "\(below(50))"][below(7)])
        case .bytes:
            return .bytes([[], [0], [0, 0xFF], [UInt8](repeating: 7, count: 40), [UInt8(below(9))]][below(5)])
        case .timestamp:
            return .timestamp(Timestamp(microseconds: [0, -1, 1_700_000_000_123_456, Int64(below(50))][below(4)]))
        case .date: return .date(CalendarDate(days: [0, -1, 20_000, Int32(below(50))][below(4)]))
        case .array(let element):
            return .array((0..<below(4)).map { _ in below(6) == 0 ? .null : value(element) })
        }
    }
}
