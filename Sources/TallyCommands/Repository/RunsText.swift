// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The last runs for people: what each did, and what the latest of each subject warned about.
struct RunsText {
    let lines: [String]

    init(_ runs: [RunRecord]) {
        var table = TextTable(headings: ["last runs", "for", "started", "took", "identity", "did"], flushRight: [3])
        var warnings: [String] = []
        var seen: Set<String> = []
        for run in runs {
            table.rows.append(
                [
                    run.command, run.subject, run.startedAt.description, Numbers.seconds(run.duration),
                    run.identity.short, Self.deeds(run),
                ])
            guard seen.insert(run.command + " " + run.subject).inserted else { continue }
            warnings += run.summary["warnings"]?.arrayValue?.compactMap(\.stringValue).map { "warning: \($0)" } ?? []
        }
        lines = table.lines + warnings
    }

    /// Returns a run's effect in numbers: rows read and written always, others when there were any.
    private static func deeds(_ run: RunRecord) -> String {
        if let decision = run.summary["decision"]?.stringValue {
            let rows = Int(run.summary["rows"]?.exactValue ?? 0)
            let aside = Int(run.summary["setAside"]?.exactValue ?? 0)
            return "\(decision): \(rows.grouped) rows"
                + (aside > 0 ? ", \(aside.grouped) set aside" : "")
        }
        if let scrub = run.summary["scrub"]?.stringValue { return scrub }
        if let rows = run.summary["rows"]?.intValue { return "\(Int(rows).grouped) rows" }
        guard let counts = run.summary["counts"] else { return "" }
        var parts: [String] = []
        for name in ["read", "written", "unchanged", "older", "removed", "pending"] {
            let number = Int(counts[name]?.intValue ?? 0)
            guard number > 0 || name == "read" || name == "written" else { continue }
            parts.append("\(number.grouped) \(name)")
        }
        return (run.summary["kind"]?.stringValue.map { $0 + ": " } ?? "") + parts.joined(separator: ", ")
    }
}
