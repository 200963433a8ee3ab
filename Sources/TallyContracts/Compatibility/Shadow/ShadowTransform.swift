// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyExpressions
public import TallyModel

/// The computation of one column in both versions.
public struct ShadowTransform: Sendable {
    /// The two computations, or the reason why they cannot be run side by side.
    public enum Pair: Sendable {
        /// Both read the same rows.
        case ready(old: TypedExpression, new: TypedExpression)
        /// They cannot be compared, for this reason.
        case unready(String)
    }

    /// The column, as the contract names it.
    public let column: String
    /// The two computations.
    public let pair: Pair

    /// Describes the transforms of a column.
    public init(column: String, pair: Pair) {
        self.column = column
        self.pair = pair
    }

    /// Two texts as expressions over columns.
    public init(column: String, old: String?, new: String?, columns: [ColumnSchema]) {
        let pair: Pair
        switch (
            old.map { TypedExpression.compile($0, columns: columns) },
            new.map { TypedExpression.compile($0, columns: columns) }
        ) {
        case (.success(let before)?, .success(let after)?):
            pair =
                before.type == after.type
                ? .ready(old: before, new: after)
                : .unready("the old transform gives \(before.type.name), the new one \(after.type.name)")
        case (nil, nil): pair = .unready("neither version has a transform that can be run")
        case (nil, _), (_, nil): pair = .unready("only one version has a transform")
        case (.failure(let problems)?, _):
            pair = .unready("the old transform is no expression over these columns: \(Self.words(problems))")
        case (_, .failure(let problems)?):
            pair = .unready("the new transform is no expression over these columns: \(Self.words(problems))")
        }
        self.init(column: column, pair: pair)
    }

    private static func words(_ problems: ExpressionProblems) -> String {
        problems.problems.first?.message ?? "it does not compile"
    }
}
