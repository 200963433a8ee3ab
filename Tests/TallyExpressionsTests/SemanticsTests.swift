// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel
import Testing

/// What operators and functions do at and around their boundaries: value, type and finding, in one line each.
///
/// Holds SEMANTICS 6.1.
@Suite struct SemanticsTests {
    static let all = SemanticsTable.all
    static let columns = SemanticsTable.columns
    static let row = SemanticsTable.row

    @Test(arguments: all)
    func `every operator and function at its boundaries`(text: String, wanted: String) {
        #expect(Rendering.value(text, row: Self.row, columns: Self.columns) == wanted)
    }

    @Test(arguments: all)
    func `the column evaluator says the same as the table`(text: String, wanted: String) throws {
        guard case .success(let expression) = TypedExpression.compile(text, columns: Self.columns) else { return }
        let batch = Batch(
            Self.columns.map { column in
                let value = Self.row[column.name] ?? .null
                return (column.name, Column(type: column.type, values: [value, value, value]))
            })
        let result = expression.evaluate(batch)
        for row in 0..<3 {
            let finding = EvaluationFinding(rawValue: result.findingRows?[row] ?? 0)
            let found =
                "\(Rendering.text(result.column[row])): \(expression.type)" + (finding.isEmpty ? "" : " (\(finding))")
            #expect(found == wanted)
        }
    }

    @Test
    func `a batch without rows gives a column without rows`() throws {
        for (text, _) in Self.all {
            guard case .success(let expression) = TypedExpression.compile(text, columns: Self.columns) else { continue }
            let batch = Batch(Self.columns.map { ($0.name, Column(type: $0.type, values: [])) })
            let result = expression.evaluate(batch)
            #expect(
                result.column.count == 0 && result.column.type == expression.type && result.findings.isEmpty, "\(text)")
        }
    }

    @Test
    func `every function and operator of the catalogue is in a table`() {
        let texts = Self.all.map(\.0).joined(separator: "\n").lowercased()
        for name in FunctionCatalogue.functionNames { #expect(texts.contains(name + "("), "\(name)") }
    }
}
