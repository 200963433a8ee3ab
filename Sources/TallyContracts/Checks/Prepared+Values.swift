// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Prepared {
    /// Returns the outcome for a promise whose column is not in the data: it cannot be executed.
    static func absent(_ promised: String, _ promise: Promise) -> Prepared {
        .unexecutable(promised, "the data lack the column")
    }

    /// A promise that texts have a match of a pattern.
    static func pattern(
        _ text: String, promised: String, _ promise: Promise, _ table: TableContext
    ) -> Prepared {
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard found.type == .string, !found.isDecimal else {
            return .unexecutable(promised, "\(found.nativeType) is no text")
        }
        do throws(PatternProblem) {
            let engineText = try Pattern(text).engineText
            return .values(
                promised, found.name, [.pattern(RowTest.PatternText(text: text, engineText: engineText))],
                failing: "do not match")
        } catch {
            return .unexecutable(promised, "the pattern cannot be read: \(error.message)")
        }
    }
}
