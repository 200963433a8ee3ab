// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Reports in the Static Analysis Results Interchange Format 2.1.0, which code hosts show beside the lines.
public enum SARIFReport {
    /// One run with a rule for each kind of item; kept promises are results of kind `pass`.
    public static func json(_ items: [ReportItem], version: String) -> JSON {
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
            ("message", .object([("text", .string(item.message))])),
            ("partialFingerprints", .object([("tally/v1", .string(item.id))])),
        ]
        if let place = item.location {
            let region = JSON.object([
                ("startLine", .int(Int64(place.line))), ("startColumn", .int(Int64(place.column))),
                ("endColumn", .int(Int64(place.column + place.length))),
            ])
            let physical = JSON.object([
                ("artifactLocation", .object([("uri", .string(place.file))])), ("region", region),
            ])
            members.append(("locations", .array([.object([("physicalLocation", physical)])])))
        }
        return .object(members)
    }
}
