// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Random row tests and measures over the columns of `RandomBatch`, with bounds that some values meet exactly.
public struct RandomRowTest {
    private var random: SeededGenerator

    /// Equal seeds give equal tests.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A test that has a meaning for a column of the type.
    public mutating func test(_ column: ColumnSchema) -> RowTest {
        RowTest(column.name, kind(column.type))
    }

    /// A measure over some of the columns.
    public mutating func measure(_ columns: [ColumnSchema]) -> Measure {
        let column = random.pick(columns)
        let name = column.name
        let instant = Timestamp(microseconds: random.pick([0, 86_400_000_000, -1, 6_000_000_000_000_000]))
        let times = columns.filter { $0.type == .timestamp }.map(\.name)
        let some = Array(columns.shuffled(using: &random).prefix(random.below(2) + 1).map(\.name))
        switch random.below(14) {
        case 0: return .rows
        case 1: return .nulls(name)
        case 2: return .nulls(random.pick(columns).name)
        case 3, 4, 5, 6: return .failures([test(column)])
        case 7: return .failures([test(column), test(random.pick(columns))])
        case 8: return .distinct(some)
        case 9: return .surplus(some)
        case 10: return random.below(2) == 0 ? .minimum(name) : .maximum(name)
        case 11: return column.type.isNumeric ? .quantile(name, random.pick([0, 0.01, 0.5, 0.55, 0.99, 1])) : .rows
        case 12: return .latest(random.pick(times), notAfter: instant)
        default:
            return random.below(2) == 0
                ? .longestGap(random.pick(times), until: instant)
                : .staleKeys(
                    some, time: random.pick(times), since: Timestamp(microseconds: instant.microseconds / 2),
                    now: instant)
        }
    }

    private mutating func kind(_ type: DataType) -> RowTest.Kind {
        if random.below(8) == 0 { return .required }
        switch type {
        case .int32, .int64: return integers()
        case .timestamp: return .integers(range([0, -1, 86_399_999_999, 1_000_000, .min, .max]))
        case .date: return .integers(range([0, -1, 31, 50, .min, .max]))
        case .float32, .float64: return floats(type)
        case .string: return text()
        case .bool: return random.below(2) == 0 ? .among([.bool(true)]) : .notAmong([.bool(true)])
        case .bytes: return .required
        case .array: return .items(0...random.below(4))
        }
    }

    private mutating func range(_ ends: [Int64]) -> ClosedRange<Int64> {
        let (left, right) = (random.pick(ends), random.pick(ends))
        return min(left, right)...max(left, right)
    }

    private mutating func integers() -> RowTest.Kind {
        switch random.below(4) {
        case 0: return .multipleOf(DecimalNumber(random.pick(["1", "2", "7", "0.5", "1000"])) ?? Self.one)
        default: return .integers(range([0, 1, -1, 3, 7, -50, 50, .min, .max]))
        }
    }

    private mutating func floats(_ type: DataType) -> RowTest.Kind {
        switch random.below(6) {
        case 0: return .whole
        case 1: return .finite(refusesNaN: random.below(3) > 0, refusesInfinity: true)
        case 2: return .multipleOf(DecimalNumber(random.pick(["0.01", "0.5", "1"])) ?? Self.one)
        default:
            let ends: [Double] = [0, -0.0, 0.5, 2.5, -2.5, 100, -1e300, .infinity, -.infinity, 0.1]
            let rounded = ends.map { type == .float32 ? Double(Float($0)) : $0 }
            let (left, right) = (random.pick(rounded), random.pick(rounded))
            return .floats(
                RowTest.Interval(
                    lower: min(left, right), isLowerOpen: random.below(2) == 0, upper: max(left, right),
                    isUpperOpen: random.below(2) == 0))
        }
    }

    private mutating func text() -> RowTest.Kind {
        switch random.below(4) {
        case 0:
            let low = random.below(4)
            return .length(low...random.pick([low, low + 2, .max]))
        case 1: return .among(Set(RandomBatch.strings.shuffled(using: &random).prefix(6).map { .string($0) }))
        case 2: return .notAmong(Set(RandomBatch.strings.shuffled(using: &random).prefix(6).map { .string($0) }))
        default:
            let (ours, theirs) = random.pick([
                ("^a", "\\Aa"), ("b$", "b\\z"), ("[0-9]", "[0-9]"), ("^.$", "\\A[^\\n\\r\\x{2028}\\x{2029}]\\z"),
                ("é|ß", "é|ß"),
            ])
            return .pattern(RowTest.PatternText(text: ours, engineText: theirs))
        }
    }

    private static let one: DecimalNumber = {
        guard let one = DecimalNumber("1") else { preconditionFailure("1 is a number") }
        return one
    }()
}
