// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Reports in the Static Analysis Results Interchange Format 2.1.0, which code hosts show beside the lines.
public enum SARIFReport {
    /// One run with a result for each finding, and a rule for each kind of them.
    ///
    /// What is broken is of kind `fail`, what is unproven of kind `open`. Kept promises are no findings: code hosts raise an
    /// alert for each result, whatever its kind. `passes` lists them too, as results of kind `pass`.
    public static func json(_ all: [ReportItem], version: String, passes: Bool = false) -> JSON {
        let items = passes ? all : all.filter { $0.outcome != .passed }
        var summaries: [(String, String)] = []
        for item in items where !summaries.contains(where: { $0.0 == item.rule }) {
            summaries.append((item.rule, item.ruleSummary))
        }
        let rules = summaries.map { rule, summary in
            JSON.object([("id", .string(rule)), ("shortDescription", .object([("text", .string(summary))]))])
        }
        let driver = JSON.object([
            ("name", .string("tally")), ("version", .string(version)), ("rules", .array(rules)),
        ])
        return .object([
            ("version", .string("2.1.0")),
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
            (
                "runs",
                .array([
                    .object([
                        ("tool", .object([("driver", driver)])), ("columnKind", .string("unicodeCodePoints")),
                        ("results", .array(items.map(result))),
                    ])
                ])
            ),
        ])
    }

    private static func result(_ item: ReportItem) -> JSON {
        let (level, kind) =
            switch item.outcome {
            case .passed: ("none", "pass")
            case .failed: ("error", "fail")
            case .warned: ("warning", "fail")
            case .skipped: ("none", "open")
            }
        var members: [(String, JSON)] = [
            ("ruleId", .string(item.rule)), ("level", .string(level)), ("kind", .string(kind)),
            ("message", .object([("text", .string(words(item.message)))])),
            ("partialFingerprints", .object([("tally/v1", .string(item.id))])),
        ]
        if let place = item.location {
            let region = JSON.object([
                ("startLine", .int(Int64(place.line))), ("startColumn", .int(Int64(place.column))),
                ("endColumn", .int(Int64(place.column + place.length))),
            ])
            let physical = JSON.object([
                ("artifactLocation", .object([("uri", .string(Medium.uri.escaped(place.file)))])), ("region", region),
            ])
            members.append(("locations", .array([.object([("physicalLocation", physical)])])))
        }
        return .object(members)
    }
    /// Returns a message that readers show literally; `[text](target)` would be a link (SARIF 2.1.0, section 3.11.6).
    private static func words(_ message: String) -> String {
        let text = Medium.terminal.escaped(message)
        return text.contains("](") ? text.replacing("[", with: "\\[").replacing("]", with: "\\]") : text
    }
}
