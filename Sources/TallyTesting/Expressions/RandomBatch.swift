// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Random rows for `RandomExpression.columns`: everyday values, boundaries, and nulls.
public enum RandomBatch {
    static let strings = [
        "", " ", "a", "  a b ", "aXbé", "éa", "ÉÀ", "%", "_a", "a#%", "\\", "12", "-7", "+3", " 5", "1.5", "2.5e3",
        ".5",
        "true", "FALSE", "nan", "-inf", "日本語", "ß", "it's", "a%b", "1e400", "99999999999",
    ]

    /// Rows with the columns of `RandomExpression.columns`; equal seeds give equal rows.
    public static func make(rows: Int, seed: UInt64) -> Batch {
        var random = SeededGenerator(seed: seed)
        return Batch(
            RandomExpression.columns.map { column in
                // Some columns have no nulls at all, which is a path of its own.
                let nulls = random.pick([0, 0, 10, 50])
                return (
                    column.name,
                    Column(
                        type: column.type,
                        values: (0..<rows).map { _ in
                            Int.random(in: 0..<100, using: &random) < nulls ? .null : value(column.type, &random)
                        })
                )
            })
    }

    private static func value(_ type: DataType, _ random: inout SeededGenerator) -> Value {
        switch type {
        case .bool: return .bool(Bool.random(using: &random))
        case .int32:
            return .int32(random.pick([0, 1, -1, 2, 7, .min, .max, Int32.random(in: -50...50, using: &random)]))
        case .int64:
            return .int64(random.pick([0, 1, -1, 3, .min, .max, Int64.random(in: -9000...9000, using: &random)]))
        case .float32:
            let everyday = Float(Int.random(in: -2000...2000, using: &random)) / 8
            return .float32(
                random.pick([
                    0, -0.0, 0.1, 2.5, 1e38, .nan, .infinity, .leastNonzeroMagnitude, everyday, everyday, everyday,
                ]))
        case .float64:
            let everyday = Double(Int.random(in: -20_000...20_000, using: &random)) / 100
            return .float64(
                random.pick([
                    0, -0.0, 0.5, 2.675, -2.5, 1e300, .nan, -.infinity, .leastNonzeroMagnitude, 1e17, 2_147_483_647.5,
                    everyday, everyday,
                    everyday, everyday,
                ]))
        case .string: return .string(random.pick(strings))
        case .date:
            return .date(
                CalendarDate(days: random.pick([0, -1, 31, Int32.random(in: -60_000...60_000, using: &random)])))
        case .timestamp:
            let far = Int64.random(in: -6_000_000_000_000_000...6_000_000_000_000_000, using: &random)
            return .timestamp(
                Timestamp(microseconds: random.pick([0, -1, 86_399_999_999, far / 1_000_000 * 1_000_000, far])))
        case .bytes, .array: preconditionFailure("no random values of type \(type)")
        }
    }
}
