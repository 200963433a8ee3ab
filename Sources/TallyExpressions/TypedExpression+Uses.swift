// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One place where an expression reads a column.
public struct ColumnUse: Sendable, Hashable {
    /// The column.
    public let column: String
    /// The type that the column itself is cast to there; nil when it is not cast.
    public let cast: DataType?
}

extension TypedExpression {
    /// Returns the places where an expression reads a column, in the order of the text; none for an invalid expression.
    public static func columnUses(in text: String) -> [ColumnUse] {
        guard let syntax = try? Parser.parse(text) else { return [] }
        var uses: [ColumnUse] = []
        collect(syntax, into: &uses)
        return uses
    }

    /// The column that an expression is, and nothing else; nil for every other text.
    public static func column(in text: String) -> String? {
        guard let syntax = try? Parser.parse(text), case .column(let name) = syntax.kind else { return nil }
        return name
    }

    private static func collect(_ syntax: ExpressionSyntax, into uses: inout [ColumnUse]) {
        switch syntax.kind {
        case .column(let name): uses.append(ColumnUse(column: name, cast: nil))
        case .cast(let operand, let typeName, _):
            if case .column(let name) = operand.kind {
                uses.append(ColumnUse(column: name, cast: DataType(name: typeName)))
            } else {
                collect(operand, into: &uses)
            }
        case .literal, .prefix, .infix, .test, .list, .between, .like, .choice, .call:
            for child in syntax.children { collect(child, into: &uses) }
        }
    }
}
