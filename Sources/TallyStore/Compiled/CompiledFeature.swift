// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyExpressions
public import TallyModel

/// A feature with the expression that computes it, ready to run over columns or over a row.
public struct CompiledFeature: Sendable {
    /// The feature as declared.
    public let feature: Feature
    /// Its expression; for a plain column, the column itself widened to the promised type.
    public let expression: TypedExpression

    /// Compiles a feature against the columns it may use.
    ///
    /// Checked definitions compile; anything else is `E-invalid-definitions`.
    public init(_ feature: Feature, columns: [ColumnSchema], owner: String) throws(TallyError) {
        let text = feature.expression ?? Self.quoted(feature.name)
        switch TypedExpression.compile(text, columns: columns, expected: feature.type) {
        case .success(let expression):
            self.feature = feature
            self.expression = expression
        case .failure(let problems):
            throw TallyError(
                .invalidDefinitions, problems.problems.first?.message ?? "the expression does not compile",
                subject: "\(owner), feature \(feature.name)", help: "run `\(.check)` for the place")
        }
    }

    /// A column's name as an expression that reads it, whatever characters it has.
    static func quoted(_ name: String) -> String {
        name.quoted(by: "\"")
    }
}
