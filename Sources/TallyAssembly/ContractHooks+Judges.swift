// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
public import TallyDefinitions
internal import TallyExpressions
internal import TallyModel

extension ContractHooks {
    /// Judges patterns and expressions with the engines that run them: syntax, and the names of columns.
    public static let judging = ContractHooks(
        patternProblem: { text in
            do throws(PatternProblem) {
                _ = try Pattern(text)
                return nil
            } catch {
                return (error.message, error.range.lowerBound, error.help)
            }
        },
        expressionProblem: { text, object in
            switch TypedExpression.columnsReferenced(in: text) {
            case .failure(let problems):
                guard let first = problems.problems.first else { return nil }
                return (first.message, first.range.lowerBound, first.help)
            case .success(let columns):
                let names = object.columns.map { $0.physicalName ?? $0.name }
                guard let unknown = columns.first(where: { !names.contains($0.name) }) else { return nil }
                return (
                    "the table has no column '\(unknown.name)'", unknown.range.lowerBound,
                    nearestName(to: unknown.name, among: names).map { "write '\($0)'" }
                )
            }
        }, misfit: CheckCatalogue.misfit, checks: CheckCatalogue.all.map(\.name))
}
