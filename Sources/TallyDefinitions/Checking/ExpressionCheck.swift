// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

/// Compiles expressions and puts their problems where they are written, inside whatever YAML scalar holds them.
struct ExpressionCheck {
    let findings: DiagnosticCollector
    let file: String

    /// Compiles a feature's expression; columns of foreign types are distinguished from columns that do not exist.
    ///
    /// Names in `silent` may be missing without a word, because what defines them is wrong itself; nil means any name.
    /// `origin` says where a column is of its type, for columns in which files differ.
    func compile(
        _ feature: Feature, _ node: YAMLNode, columns: [ColumnSchema], native: [String: String] = [:],
        silent: Set<String>? = [], hints: [String: String] = [:], origin: (String) -> String? = { _ in nil }
    ) {
        guard let text = feature.expression else { return }
        guard case .failure(let failure) = TypedExpression.compile(text, columns: columns, expected: feature.type)
        else {
            return
        }
        let note = TypedExpression.columnUses(in: text).compactMap { origin($0.column) }.first
        for problem in failure.problems {
            guard problem.code == ExpressionCode.unknownColumn else {
                report(problem, node, note: note)
                continue
            }
            let name = columnName(in: text, problem.range)
            if let nativeType = native[name] {
                findings.error(
                    DefinitionCode.nativeType, "column '\(name)' is \(nativeType), which has no counterpart here",
                    at: location(of: problem.range, node), note: origin(name),
                    help: SourceColumns.castHelp(name, as: nil, native: nativeType))
            } else if let silent, !silent.contains(name) {
                report(problem, node, help: hints[name])
            }
        }
    }

    /// Reports problems of grammar only, for an expression whose columns are not known.
    func parse(_ feature: Feature, _ node: YAMLNode) {
        guard let text = feature.expression else { return }
        if case .failure(let failure) = TypedExpression.columnsReferenced(in: text) {
            for problem in failure.problems { report(problem, node) }
        }
    }

    private func report(_ problem: ExpressionProblem, _ node: YAMLNode, note: String? = nil, help: String? = nil) {
        let notes = [problem.note, note].compactMap(\.self)
        findings.error(
            problem.code, problem.message, at: location(of: problem.range, node),
            note: notes.isEmpty ? nil : notes.joined(separator: "; "),
            help: help ?? problem.help)
    }

    private func location(of range: Range<Int>, _ node: YAMLNode) -> SourceLocation {
        guard let expression = node.value("expression"), case .scalar(let scalar) = expression.content else {
            return node.location
        }
        guard scalar.layout.isExact else { return expression.location }
        return scalar.layout.location(of: range, in: file)
    }

    /// The name a range of an expression spells, without quotes.
    private func columnName(in text: String, _ range: Range<Int>) -> String {
        let scalars = text.unicodeScalars
        let word = scalars.dropFirst(range.lowerBound).prefix(range.count).text
        guard word.count >= 2, word.hasPrefix("\""), word.hasSuffix("\"") else { return word }
        return word.dropFirst().dropLast().split(separator: "\"\"", omittingEmptySubsequences: false)
            .joined(separator: "\"")
    }
}
