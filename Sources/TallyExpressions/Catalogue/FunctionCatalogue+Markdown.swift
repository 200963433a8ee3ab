// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension FunctionCatalogue {
    /// The reference part of `docs/guides/expressions.md`: every operator, function and cast, as Markdown.
    public static func markdownTable() -> String {
        var lines: [String] = []
        for group in FunctionRecord.Group.allCases {
            let members = records.filter { $0.group == group }
            if members.isEmpty { continue }
            lines += ["### \(group.rawValue)", "", "| written | types | what it does | nulls | findings |"]
            lines.append("|---|---|---|---|---|")
            lines += members.map(row)
            lines.append("")
        }
        lines += ["### Casts", "", "| from | to | rule | findings |", "|---|---|---|---|"]
        lines += CastRules.rules.map { rule in
            "| \(rule.from) | \(rule.to) | \(rule.summary) | \(rule.canFail ? "failed cast" : "") |"
        }
        lines += ["", "### Error codes", "", "| code | meaning |", "|---|---|"]
        lines += ExpressionCode.all.map { "| \($0.code) | \($0.title) |" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ record: FunctionRecord) -> String {
        let cells = [
            code(record.notation), record.signatureTexts.map { escaped($0) }.joined(separator: "<br>"),
            escaped(record.summary), escaped(record.nulls ?? "null if an argument is null"),
            record.findings.description,
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func code(_ text: String) -> String { "`\(escaped(text))`" }

    /// A bar ends a cell even inside code, and a bare `<` starts a tag.
    private static func escaped(_ text: String) -> String {
        var result = ""
        var isCode = false
        for character in text {
            if character == "`" { isCode.toggle() }
            switch character {
            case "|": result += "\\|"
            case "<" where !isCode && text.hasPrefix("("): result += "\\<"
            default: result.append(character)
            }
        }
        return result
    }
}
