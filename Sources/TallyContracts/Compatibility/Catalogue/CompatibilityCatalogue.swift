// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Every rule of compatibility, in the order of the documentation.
public enum CompatibilityCatalogue {
    /// The rules.
    public static let all: [CompatibilityRule] =
        columnRules + typeRules + valueRules + tableRules + guaranteeRules + keyRules + meaningRules + governanceRules

    private static let byID = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }

    /// The rule of a name; nil when there is none.
    public static subscript(id: String) -> CompatibilityRule? { byID[id] }

    /// The rules as the tables of `docs/compatibility.md`, one for each group.
    public static var markdown: String {
        CompatibilityRule.Group.allCases.map { group in
            let rows = all.filter { $0.group == group }.map { rule in
                let cells = [
                    "`\(rule.id)`", rule.title, rule.backward, rule.forward, rule.meaning.rawValue, rule.bump.word,
                    rule.why,
                ]
                return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
            }
            return "### \(group.rawValue)\n\n| rule | change | backward | forward | meaning | version | why |\n"
                + "|---|---|---|---|---|---|---|\n" + rows.joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }
}
