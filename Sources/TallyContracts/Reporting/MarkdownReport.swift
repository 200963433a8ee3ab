// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reports as a Markdown summary, for a pipeline's page.
public enum MarkdownReport {
    /// A heading, counts, and a table of everything that did not pass, for each group.
    public static func text(_ groups: [(name: String, items: [ReportItem], coverage: Coverage?)]) -> String {
        groups.map { group in
            var text = "### \(escaped(group.name))\n\n\(counts(group.items))\n"
            let open = group.items.filter { $0.outcome != .passed }
            if !open.isEmpty {
                text += "\n| | promise | where | what |\n|---|---|---|---|\n"
                for item in open {
                    let place = item.location.map { escaped("\($0.file):\($0.line)") } ?? ""
                    text += "| \(word(item.outcome)) | \(Medium.markdownCode.escaped(item.id)) | \(place) | "
                    text += "\(escaped(item.message)) |\n"
                }
            }
            if let coverage = group.coverage { text += "\n\(escaped(coverage.text))\n" }
            return text
        }.joined(separator: "\n")
    }

    private static func counts(_ items: [ReportItem]) -> String {
        let outcomes: [(ReportItem.Outcome, String)] = [
            (.passed, "kept"), (.failed, "broken"), (.warned, "broken (warning)"), (.skipped, "unproven"),
        ]
        return outcomes.map { outcome, word in "\(items.count { $0.outcome == outcome }) \(word)" }
            .joined(separator: " | ")
    }

    private static func word(_ outcome: ReportItem.Outcome) -> String {
        switch outcome {
        case .passed: "kept"
        case .failed: "broken"
        case .warned: "warning"
        case .skipped: "unproven"
        }
    }

    private static func escaped(_ text: String) -> String { Medium.markdown.escaped(text) }
}
