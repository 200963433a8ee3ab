// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyContracts
internal import TallyModel
internal import TallyStore

/// Renders verifications for people and for programs.
struct VerificationText {
    /// Whether kept promises are shown to people, and each promise of a table that is another one.
    let showsKept: Bool
    /// Whether the values of failing rows are shown.
    let showsValues: Bool
    let suppressions: Suppressions
    /// The contracts of the sources that views read, by the names of the views' reports.
    let underViews: [String: Contract]

    /// A table's findings: what is broken and what is unproven with its place, counts, and the coverage.
    func text(_ report: VerificationReport) -> String {
        let contract = report.contract
        let owner = contract.owner.map { ", promised by \($0)" } ?? ""
        var lines = ["\(report.name): \(contract.id) \(contract.version)\(owner)"]
        if let mismatch = report.mismatch, !showsKept {
            return Output.text(["\(report.name): \(mismatch)"]) + "\n"
        }
        let order: [Verdict] = [.broken, .unproven, .kept]
        let shown = report.findings.indices.filter { showsKept || report.findings[$0].verdict != .kept }
            .sorted { left, right in
                let places = [left, right].map { order.firstIndex(of: report.findings[$0].verdict) ?? 0 }
                return (places[0], left) < (places[1], right)
            }
        let width = shown.map { report.findings[$0].promise.id.count }.max() ?? 0
        for index in shown {
            let finding = report.findings[index]
            let suppression = finding.verdict == .broken ? suppressions.of(finding) : nil
            let word = suppression == nil ? Self.word(finding) : "known   "
            let gap = String(repeating: " ", count: width - finding.promise.id.count)
            lines.append("  \(word)  \(finding.promise.id)\(gap)  \(finding.message)")
            let margin = String(repeating: " ", count: word.count + 4)
            if let suppression { lines.append(margin + suppression.words) }
            if let details = details(finding, words(index, report), contract) { lines.append(margin + details) }
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

    private func details(_ finding: Finding, _ rows: String?, _ contract: Contract) -> String? {
        guard finding.verdict == .broken else { return nil }
        var parts: [String] = []
        if let place = finding.promise.location { parts.append("\(place.file):\(place.line):\(place.column)") }
        if let rows { parts.append(rows) }
        let reaction = contract.reaction(to: finding.promise)
        let limit =
            reaction.limit.flatMap(DecimalNumber.init(shortest:)).map { ", up to \($0 * 100) % of the rows" } ?? ""
        parts.append("on violation: \(reaction.action.rawValue)\(limit)")
        if let words = finding.promise.description {
            parts.append(words.split(whereSeparator: \.isNewline).joined(separator: " "))
        }
        return parts.joined(separator: "; ")
    }

    /// `first rows: 3 (amount: -2.5), 7 (amount: -1.0) of data/may.csv`; nil where no row is known.
    ///
    /// A table of one file needs no name of it.
    private func words(_ index: Int, _ report: VerificationReport) -> String? {
        guard let rows = report.rows[index], !rows.isEmpty else { return nil }
        let columns = columns(of: report, report.findings[index])
        var files: [(file: String?, rows: [String])] = []
        for row in rows {
            let text = "\(row.row)" + (showsValues ? " (\(columns.text(of: row.failing.cells)))" : "")
            if !files.isEmpty, files.last?.file == row.file {
                files[files.count - 1].rows.append(text)
            } else {
                files.append((row.file, [text]))
            }
        }
        let places = files.map { file, rows in
            rows.joined(separator: ", ") + (report.fileCount > 1 ? file.map { " of \($0)" } ?? "" : "")
        }
        return "first rows: " + places.joined(separator: ", ")
    }

    private func columns(of report: VerificationReport, _ finding: Finding) -> ClassifiedColumns {
        ClassifiedColumns(
            report.contract, object: finding.promise.object, ofViewOver: underViews[report.name])
    }

    /// The table as a part of a report; data of another table are one line.
    func group(_ report: VerificationReport) -> ReportGroup {
        if let mismatch = report.mismatch, !showsKept {
            let item = ReportItem(
                rule: "columns", ruleSummary: "the data are those of the contract's table",
                id: "\(report.name).columns",
                subject: report.name, outcome: .failed, message: mismatch, location: report.contract.location)
            return ReportGroup(name: report.name, items: [item], coverage: report.coverage)
        }
        let items = report.findings.indices.map { index in
            let finding = report.findings[index]
            let rows = finding.verdict == .broken ? words(index, report) : nil
            return suppressions.applied(to: ReportItem(finding).adding(rows), suppressions.of(finding))
        }
        return ReportGroup(name: report.name, items: items, coverage: report.coverage)
    }
}

extension ReportItem {
    /// Returns the line with more words.
    fileprivate func adding(_ words: String?) -> ReportItem {
        guard let words else { return self }
        return ReportItem(
            rule: rule, ruleSummary: ruleSummary, id: id, subject: subject, outcome: outcome,
            message: "\(message); \(words)", location: location)
    }
}
