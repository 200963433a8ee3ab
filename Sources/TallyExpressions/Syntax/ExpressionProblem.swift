// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One thing wrong with an expression, at its place in the expression's text.
public struct ExpressionProblem: Error, Sendable, Hashable {
    /// The stable code, one of `ExpressionCode`.
    public let code: DiagnosticCode
    /// The message: what was found and what was promised, in lower case.
    public let message: String
    /// The range in Unicode scalars from the start of the expression's text; may be empty at its end.
    public let range: Range<Int>
    /// A few words behind the caret.
    public let note: String?
    /// The advice to the author.
    public let help: String?

    /// Describes a problem.
    public init(
        _ code: DiagnosticCode, _ message: String, at range: Range<Int>, note: String? = nil, help: String? = nil
    ) {
        self.code = code
        self.message = message
        self.range = range
        self.note = note
        self.help = help
    }
}

/// Everything that was found wrong with an expression: the first syntax error, or all errors of names and types.
public struct ExpressionProblems: Error, Sendable, Hashable {
    /// The problems by position, never empty.
    public let problems: [ExpressionProblem]

    /// Takes problems and sorts them by position.
    public init(_ problems: [ExpressionProblem]) {
        precondition(!problems.isEmpty, "a failed expression has at least one problem")
        self.problems = problems.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.message) < (
                $1.range.lowerBound, $1.range.upperBound, $1.message
            )
        }
    }
}
