// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An expression of the on-demand language whose names and types are known, ready to run (SEMANTICS 6).
///
/// The value of a row depends on that row alone, never on a clock, a random number, a locale or other rows.
public struct TypedExpression: Sendable {
    /// The type of every value.
    public let type: DataType
    /// The columns the expression reads, in order of first use.
    public let inputs: [String]
    /// One spelling for all layouts, letter cases of keywords and needless quotes or parentheses; goes into fingerprints.
    public let canonicalText: String
    private let inputTypes: [DataType]
    private let root: Node

    /// Parses and checks an expression over columns.
    ///
    /// With `expected` the result has that type: it is widened where nothing is lost (int32 to int64 or float64, float32
    /// to float64, a whole-number literal that fits exactly, null to anything), and anything else is a problem.
    /// The problems are the first syntax error, or every error of names and types.
    ///
    /// ```swift
    /// let columns = [ColumnSchema(name: "distance", type: .int64), ColumnSchema(name: "hours", type: .float64)]
    /// let speed = try TypedExpression.compile("distance / hours", columns: columns).get()
    /// let rows = Batch([
    ///     ("distance", Column(type: .int64, values: [.int64(300), .null])),
    ///     ("hours", Column(type: .float64, values: [.float64(2.5), .float64(1)])),
    /// ])
    /// speed.evaluate(rows).column.values  // [.float64(120), .null]
    /// ```
    public static func compile(
        _ text: String, columns: [ColumnSchema], expected: DataType? = nil
    ) -> Result<TypedExpression, ExpressionProblems> {
        let tree: ExpressionSyntax
        do throws(ExpressionProblem) { tree = try Parser.parse(text) } catch {
            return .failure(ExpressionProblems([error]))
        }
        var checker = TypeChecker(columns: columns)
        guard let checked = checker.check(tree), let (type, node) = checker.conclude(checked, tree, expected) else {
            return .failure(ExpressionProblems(checker.problems))
        }
        return .success(
            TypedExpression(
                type: type, inputs: checker.inputs.map(\.name), canonicalText: ExpressionPrinter.text(tree),
                inputTypes: checker.inputs.map(\.type), root: node))
    }

    /// The columns an expression names, at every place in the order of the text, before any type is known.
    public static func columnsReferenced(
        in text: String
    ) -> Result<[(name: String, range: Range<Int>)], ExpressionProblems> {
        do throws(ExpressionProblem) { return .success(columns(of: try Parser.parse(text))) } catch {
            return .failure(ExpressionProblems([error]))
        }
    }

    private static func columns(of tree: ExpressionSyntax) -> [(name: String, range: Range<Int>)] {
        if case .column(let name) = tree.kind { return [(name, tree.range)] }
        return tree.children.flatMap(columns)
    }

    /// The value of every row of a batch, which must have the input columns with the types they were compiled for.
    ///
    /// A row in which something goes wrong gets null and a finding; other rows are not touched. Time is linear in rows.
    public func evaluate(_ batch: Batch) -> Evaluated {
        let operands = zip(inputs, inputTypes).map { name, type in
            guard let column = batch[name] else { preconditionFailure("the batch has no column \(name)") }
            precondition(column.type == type, "column \(name) is \(column.type), not \(type)")
            return Operand(column)
        }
        var state = EvaluationState(count: batch.count)
        let result = root.evaluate(operands, nil, &state)
        return Evaluated(column: result.column(type, batch.count), findingRows: state.findingRows)
    }

    /// The value of one row by column name, bit for bit what `evaluate(_:)` gives; a name left out is null.
    ///
    /// The finding is empty unless something went wrong. Values must be null or of the types compiled for.
    public func evaluate(row: [String: Value]) -> (value: Value, finding: EvaluationFinding) {
        evaluate { row[$0] ?? .null }
    }

    /// Evaluates with a closure that gives the value of an input column; names that differ in a byte are two columns.
    public func evaluate(_ value: (String) -> Value) -> (value: Value, finding: EvaluationFinding) {
        let scalars = zip(inputs, inputTypes).map { name, type in
            let value = value(name)
            precondition(value.fits(type), "the value of column \(name) is not \(type)")
            return Scalar(value)
        }
        var finding = EvaluationFinding()
        let result = root.evaluate(scalars, &finding)
        return (result.value(as: type), finding)
    }
}
