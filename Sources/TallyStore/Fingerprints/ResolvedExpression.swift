// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

/// A feature's expression in canonical spelling, with the columns it reads; a bare column is an expression too.
struct ResolvedExpression {
    let text: String
    let type: DataType
    let inputs: [ColumnSchema]

    /// Compiles a feature over columns; `E-invalid-definitions` when it does not compile, which `check` would have shown.
    init(_ feature: Feature, over columns: [ColumnSchema], subject: String) throws(TallyError) {
        type = feature.type
        let quoted = feature.name.quoted(by: "\"")
        // A bare column is widened by the engine that reads it, arrays included, so its type is not asked for here.
        let expected = feature.expression == nil ? nil : feature.type
        switch TypedExpression.compile(feature.expression ?? quoted, columns: columns, expected: expected) {
        case .success(let expression):
            text = expression.canonicalText
            inputs = expression.inputs.compactMap { name in columns.first { $0.name.isSame(as: name) } }
        case .failure(let problems):
            throw TallyError(
                .invalidDefinitions, problems.problems.first?.message ?? "the expression does not compile",
                subject: subject, help: "run `\(.check)` to see where")
        }
    }

    /// The canonical text, the promised type, and the columns it reads in the order of their names.
    var json: JSON {
        .object([
            ("text", .string(text)), ("type", .string(type.name)),
            ("inputs", .columns(inputs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })),
        ])
    }
}
