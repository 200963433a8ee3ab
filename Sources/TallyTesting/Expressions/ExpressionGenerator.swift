// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Makes random expressions of a wanted type, growing down to columns and literals.
public struct ExpressionGenerator: Sendable {
    /// The types that are generated.
    public static let types: [DataType] = [.bool, .int32, .int64, .float32, .float64, .string, .date, .timestamp]

    /// The source of all choices; a test may draw from it too.
    public var random: SeededGenerator

    /// Equal seeds give equal expressions.
    public init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// An expression of any type.
    public mutating func expression(depth: Int) -> RandomExpression {
        expression(random.pick(Self.types), depth: depth)
    }

    /// An expression of a type, at most `depth` operations deep.
    public mutating func expression(_ type: DataType, depth: Int) -> RandomExpression {
        guard depth > 0, Int.random(in: 0..<8, using: &random) > 0 else { return leaf(type) }
        if Int.random(in: 0..<5, using: &random) == 0 { return choice(type, depth: depth - 1) }
        return switch type {
        case .bool: condition(depth: depth - 1)
        case .int32, .int64: integer(type, depth: depth - 1)
        case .float32, .float64: floating(type, depth: depth - 1)
        case .string: string(depth: depth - 1)
        case .date, .timestamp: time(type, depth: depth - 1)
        case .bytes, .array: leaf(.bool)
        }
    }

    /// A literal, a null or a column.
    mutating func leaf(_ type: DataType) -> RandomExpression {
        let kind = Int.random(in: 0..<10, using: &random)
        if kind == 0 {
            return RandomExpression(
                "cast(null as \(type))", duckDB: "CAST(NULL AS \(DuckDBText.name(type)))", type)
        }
        if kind < 7 {
            let name = "\(type.name)_\(random.pick(["a", "b"]))"
            return RandomExpression(name, duckDB: DuckDBText.column(name, type), type)
        }
        return literal(type)
    }

    private mutating func literal(_ type: DataType) -> RandomExpression {
        let name = DuckDBText.name(type)
        func number(_ text: String) -> RandomExpression {
            RandomExpression("cast(\(text) as \(type))", duckDB: "CAST(\(text) AS \(name))", type)
        }
        switch type {
        case .bool:
            let text = random.pick(["true", "false"])
            return RandomExpression(text, duckDB: text, type)
        case .int32: return number(random.pick(["0", "1", "2", "3", "7", "-1", "-5", "100", "2147483647"]))
        case .int64: return number(random.pick(["0", "1", "2", "-3", "1000", "5000000000", "9223372036854775807"]))
        case .float32, .float64:
            let text = random.pick(["0.0", "0.5", "1.0", "-1.5", "2.5", "100.25", "1e3", "3.7", "1e30"])
            return RandomExpression(
                "cast(\(text) as \(type))", duckDB: "CAST(CAST(\(text) AS DOUBLE) AS \(name))", type)
        case .string:
            let text = DuckDBText.quoted(random.pick(RandomBatch.strings))
            return RandomExpression(text, duckDB: text, type)
        case .date:
            let text = random.pick(["1970-01-01", "2000-02-29", "1969-12-31", "2024-12-31", "1900-03-01"])
            return RandomExpression("date '\(text)'", duckDB: "DATE '\(text)'", type)
        case .timestamp:
            let text = random.pick(["1970-01-01T00:00:00", "1969-12-31T23:59:59.5", "2013-06-30T11:05:09.123456"])
            return RandomExpression("timestamp '\(text)Z'", duckDB: "TIMESTAMP '\(text)'", type)
        case .bytes, .array: preconditionFailure("no literals of type \(type)")
        }
    }

    /// `case`, `coalesce`, `nullif`, `greatest` and `least`: for every type.
    private mutating func choice(_ type: DataType, depth: Int) -> RandomExpression {
        let first = expression(type, depth: depth)
        let second = expression(type, depth: depth)
        let kind = Int.random(in: 0..<(type == .bool ? 4 : 6), using: &random)
        switch kind {
        case 0:
            let condition = expression(.bool, depth: depth)
            return combine([condition, first, second], type) {
                "(case when \($0[0]) then \($0[1]) else \($0[2]) end)"
            }
        case 1:
            let compared = random.pick(Self.types)
            let subject = expression(compared, depth: depth)
            let value = expression(compared, depth: depth)
            return combine([subject, value, first], type) { "(case \($0[0]) when \($0[1]) then \($0[2]) end)" }
        case 2: return combine([first, second], type) { "coalesce(\($0[0]), \($0[1]))" }
        case 3: return combine([first, second], type) { "nullif(\($0[0]), \($0[1]))" }
        case 4: return combine([first, second], type) { "greatest(\($0[0]), \($0[1]))" }
        default: return combine([first, second], type) { "least(\($0[0]), \($0[1]))" }
        }
    }

    /// Combines parts with the same words in both spellings.
    func combine(
        _ parts: [RandomExpression], _ type: DataType, _ words: @escaping ([String]) -> String
    ) -> RandomExpression {
        combine(parts, type, ours: words, duckDB: words)
    }

    /// Words of its own for each spelling; without a DuckDB text the whole has none.
    func combine(
        _ parts: [RandomExpression], _ type: DataType, ours: ([String]) -> String, duckDB: (([String]) -> String)?
    ) -> RandomExpression {
        let theirs = parts.compactMap(\.duckDBText)
        return RandomExpression(
            ours(parts.map(\.text)), duckDB: theirs.count == parts.count ? duckDB?(theirs) : nil, type)
    }

    /// A numeric expression of the type or of one that widens to it inside an operator.
    mutating func widening(to type: DataType, depth: Int) -> RandomExpression {
        let narrower: [DataType] =
            switch type {
            case .int64: [.int32, .int64]
            case .float64: [.int32, .int64, .float32, .float64]
            case .int32, .float32, .bool, .string, .bytes, .timestamp, .date, .array: [type]
            }
        let inner = expression(random.pick(narrower), depth: depth)
        return RandomExpression(
            inner.text, duckDB: inner.duckDBText.map { DuckDBText.widened($0, from: inner.type, to: type) }, type)
    }
}
