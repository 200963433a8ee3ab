// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyExpressions
public import TallyModel

/// A well-typed expression in our spelling and, where DuckDB can say the same, in DuckDB's.
public struct RandomExpression: Sendable {
    /// Our spelling, in full parentheses.
    public let text: String
    /// DuckDB's spelling over columns of the same names; nil when DuckDB has no counterpart.
    public let duckDBText: String?
    /// The type the expression has.
    public let type: DataType

    /// Pairs two spellings of one expression of a type.
    public init(_ text: String, duckDB: String?, _ type: DataType) {
        self.text = text
        duckDBText = duckDB
        self.type = type
    }

    /// The columns expressions draw from: two of each type.
    public static let columns: [ColumnSchema] = ExpressionGenerator.types.flatMap { type in
        ["a", "b"].map { ColumnSchema(name: "\(type.name)_\($0)", type: type) }
    }

    /// Parses and checks the expression over `columns`; a failure is a mistake of the generator or of the checker.
    public func compile() throws(ExpressionProblems) -> TypedExpression {
        try TypedExpression.compile(text, columns: Self.columns).get()
    }
}
