// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An intended difference between DuckDB's answer and that of our expressions.
///
/// `DuckDBText` says our rule in DuckDB's words there. Each difference has examples, which a test runs on both sides, so
/// that none can outlive its reason.
public struct IntendedDifference: Sendable {
    /// One expression in our language and in SQL, with the two answers.
    public struct Example: Sendable {
        /// Our spelling, over a column `x` if there is one.
        public let expression: String
        /// The natural DuckDB SQL for the same computation over the same column.
        public let sql: String
        /// Our answer; nil when it is no expression of ours.
        public let here: Value?
        /// DuckDB's answer; nil when it fails the query.
        public let there: Value?
        /// The column `x`, which has one row; nil for an expression of constants.
        public let input: Input?

        /// Describes an example; without `sql` DuckDB takes our spelling.
        init(_ expression: String, sql: String? = nil, here: Value?, there: Value?, x input: Input? = nil) {
            self.expression = expression
            self.sql = sql ?? expression
            self.here = here
            self.there = there
            self.input = input
        }
    }

    /// The value of the column `x`.
    public struct Input: Sendable {
        /// The column's type.
        public let type: DataType
        /// The value of its only row.
        public let value: Value

        init(_ type: DataType, _ value: Value) {
            self.type = type
            self.value = value
        }
    }

    /// The subject of the difference.
    public let subject: String
    /// The behaviour of DuckDB, and the reason why ours differs.
    public let reason: String
    /// The examples that show it; never empty.
    public let examples: [Example]

    init(_ subject: String, _ reason: String, _ examples: Example...) {
        precondition(!examples.isEmpty, "the difference '\(subject)' has no example")
        self.subject = subject
        self.reason = reason
        self.examples = examples
    }

    /// All of them, in the order of the guide.
    public static let all = numbers + conversions + textAndTime
}

extension IntendedDifference {
    /// The part of `docs/guides/expressions.md` about DuckDB, as Markdown.
    public static func markdownTable() -> String {
        let head = [
            "| subject | what DuckDB does and why not here | example | here | in DuckDB |", "|---|---|---|---|---|",
        ]
        let rows = all.map { difference in
            let cells = [
                difference.subject, difference.reason,
                difference.examples.map(\.left).joined(separator: "<br>"),
                difference.examples.map { $0.here?.shown ?? "no expression" }.joined(separator: "<br>"),
                difference.examples.map(\.right).joined(separator: "<br>"),
            ]
            return "| " + cells.map(escaped).joined(separator: " | ") + " |"
        }
        return (head + rows).joined(separator: "\n") + "\n"
    }

    /// A bar ends a cell even inside code.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}

extension IntendedDifference.Example {
    fileprivate var left: String { "`\(expression)`" + (input.map { " with x = \($0.value.shown)" } ?? "") }

    fileprivate var right: String {
        let answer = there.map(\.shown) ?? "fails"
        return sql == expression ? answer : "`\(sql)`: \(answer)"
    }
}

extension Value {
    /// The value with its type where the text leaves it open.
    fileprivate var shown: String {
        switch self {
        case .string(let text): "`'\(text)'`"
        case .int64: "\(text) (int64)"
        case .float32: "\(text) (float32)"
        case .null, .bool, .int32, .float64, .bytes, .timestamp, .date, .array: text
        }
    }
}
