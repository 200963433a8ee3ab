// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel
internal import TallyStore

/// Verifications as people and programs read them.
enum VerificationText {
    /// A table's findings: what is broken and what is unproven with its place, counts, and the coverage.
    static func text(_ report: VerificationReport, showsKept: Bool, _ suppressions: Suppressions) -> String {
        let contract = report.contract
        let owner = contract.owner.map { ", promised by \($0)" } ?? ""
        var lines = ["\(report.name): \(contract.id) \(contract.version)\(owner)"]
        let order: [Verdict] = [.broken, .unproven, .kept]
        let shown = report.findings.filter { showsKept || $0.verdict != .kept }
            .sorted { left, right in
                (order.firstIndex(of: left.verdict) ?? 0) < (order.firstIndex(of: right.verdict) ?? 0)
            }
        let width = shown.map(\.promise.id.count).max() ?? 0
        for finding in shown {
            let suppression = finding.verdict == .broken ? suppressions.of(finding) : nil
            let word = suppression == nil ? word(finding) : "known   "
            let gap = String(repeating: " ", count: width - finding.promise.id.count)
            lines.append("  \(word)  \(finding.promise.id)\(gap)  \(finding.message)")
            if let suppression { lines.append(String(repeating: " ", count: word.count + 4) + suppression.words) }
            if let details = details(finding, contract) {
                lines.append(String(repeating: " ", count: word.count + 4) + details)
            }
        }
        let counts = order.reversed().map { verdict in
            "\(report.findings.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        lines.append("  " + counts.joined(separator: ", "))
        lines.append("  " + report.coverage.text)
        return Output.text(lines) + "\n"
    }

    private static func word(_ finding: Finding) -> String {
        switch (finding.verdict, finding.promise.severity) {
        case (.kept, _): "kept    "
        case (.broken, .error): "BROKEN  "
        case (.broken, .warning), (.broken, .info): "warning "
        case (.unproven, _): "unproven"
        }
    }

    private static func details(_ finding: Finding, _ contract: Contract) -> String? {
        guard finding.verdict == .broken else { return nil }
        var parts: [String] = []
        if let place = finding.promise.location { parts.append("\(place.file):\(place.line):\(place.column)") }
        if !finding.evidence.firstRows.isEmpty {
            parts.append("first rows: \(finding.evidence.firstRows.map { String($0) }.joined(separator: ", "))")
        }
        let reaction = contract.reaction(to: finding.promise)
        let limit =
            reaction.limit.flatMap(DecimalNumber.init(shortest:)).map { ", up to \($0 * 100) % of the rows" } ?? ""
        parts.append("on violation: \(reaction.action.rawValue)\(limit)")
        if let words = finding.promise.description {
            parts.append(words.split(whereSeparator: \.isNewline).joined(separator: " "))
        }
        return parts.joined(separator: "; ")
    }

    /// An object of everything.
    static func json(_ reports: [VerificationReport]) -> JSON {
        .object([
            (
                "tables",
                .array(
                    reports.map { report in
                        .object([
                            ("name", .string(report.name)), ("contract", .string(report.contract.id)),
                            ("version", .string(report.contract.version)), ("now", .string(report.now.description)),
                            ("coverage", report.coverage.json), ("findings", .array(report.findings.map(\.json))),
                        ])
                    })
            )
        ])
    }

    /// The tables as parts of a report.
    static func groups(_ reports: [VerificationReport], _ suppressions: Suppressions) -> [ReportGroup] {
        reports.map { report in
            let items = report.findings.map { suppressions.applied(to: ReportItem($0), suppressions.of($0)) }
            return ReportGroup(name: report.name, items: items, coverage: report.coverage)
        }
    }
}
