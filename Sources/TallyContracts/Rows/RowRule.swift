// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

/// A row test made ready for the columns of a table: the one form that judges columns offline and rows when served.
public struct RowRule: Sendable {
    /// The reason why a test cannot be run on a table.
    public struct Obstacle: Error, Sendable, Hashable {
        /// The reason, in words.
        public let reason: String
    }

    /// The test.
    public let test: RowTest
    /// The columns it reads.
    public let inputs: [String]
    let type: DataType?
    let pattern: Pattern?
    let expression: TypedExpression?

    /// Makes a test ready; fails where a column is missing or of a type for which the test has no meaning.
    public static func compile(_ test: RowTest, columns: [ColumnSchema]) -> Result<RowRule, Obstacle> {
        if case .expression(let text) = test.kind { return expression(test, text, columns) }
        guard let name = test.column else { return .failure(Obstacle(reason: "the test names no column")) }
        guard let type = columns.first(where: { $0.name.isSame(as: name) })?.type else {
            return .failure(Obstacle(reason: "there is no column \(name)"))
        }
        guard fits(test.kind, type) else {
            return .failure(Obstacle(reason: "the test has no meaning for a column of type \(type)"))
        }
        var inputs = [name]
        var pattern: Pattern?
        switch test.kind {
        case .pattern(let text):
            do throws(PatternProblem) { pattern = try Pattern(text.text) } catch {
                return .failure(Obstacle(reason: "the pattern cannot be read: \(error.message)"))
            }
        case .notLaterThan(let other, _):
            guard columns.contains(where: { $0.name.isSame(as: other) && $0.type == .timestamp }) else {
                return .failure(Obstacle(reason: "there is no timestamp column \(other)"))
            }
            inputs.append(other)
        case .required, .finite, .integers, .floats, .decimals, .whole, .multipleOf, .length, .among, .notAmong,
            .items, .distinctItems, .fullItems, .unitLength, .expression:
            break
        }
        return .success(RowRule(test: test, inputs: inputs, type: type, pattern: pattern, expression: nil))
    }

    private static func expression(
        _ test: RowTest, _ text: String, _ columns: [ColumnSchema]
    ) -> Result<RowRule, Obstacle> {
        switch TypedExpression.compile(text, columns: columns, expected: .bool) {
        case .success(let compiled):
            return .success(
                RowRule(test: test, inputs: compiled.inputs, type: nil, pattern: nil, expression: compiled))
        case .failure(let problems):
            let first = problems.problems.first?.message ?? "it is wrong"
            return .failure(Obstacle(reason: "the expression cannot be evaluated: \(first)"))
        }
    }

    private static func fits(_ kind: RowTest.Kind, _ type: DataType) -> Bool {
        switch kind {
        case .required: true
        case .finite: type == .float32 || type == .float64 || type == .array(.float32) || type == .array(.float64)
        case .integers: [.int32, .int64, .date, .timestamp].contains(type)
        case .floats, .whole: type == .float32 || type == .float64
        case .decimals, .length, .pattern: type == .string
        case .multipleOf: type.isNumeric || type == .string
        case .among(let values), .notAmong(let values): values.allSatisfy { $0.fits(type) }
        case .items, .distinctItems, .fullItems: if case .array = type { true } else { false }
        case .unitLength: if case .array(let element) = type { element.isNumeric } else { false }
        case .notLaterThan: type == .timestamp
        case .expression: false
        }
    }
}
