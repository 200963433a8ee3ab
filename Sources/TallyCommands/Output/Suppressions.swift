// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// The suppressions of a project at an instant.
struct Suppressions {
    private let active: [String: Suppression]
    private let expired: [Suppression]

    /// Takes the suppressions of a project; none without a project.
    init(_ project: Project?, at now: Timestamp) {
        let all = project?.suppressions ?? []
        active = Dictionary(all.filter { $0.holds(at: now) }.map { ($0.id, $0) }) { first, _ in first }
        expired = all.filter { !$0.holds(at: now) }
    }

    /// Returns the suppression of a finding; nil for none.
    func of(_ finding: Finding) -> Suppression? { active[finding.promise.id] }

    /// Returns the suppression of a diagnostic by its code and file; nil for none.
    func of(_ diagnostic: Diagnostic) -> Suppression? {
        active["\(diagnostic.code.code) \(diagnostic.location.file)"]
    }

    /// Returns the line of a report, marked as suppressed if it is.
    func applied(to item: ReportItem, _ suppression: Suppression?) -> ReportItem {
        guard let suppression, item.outcome == .failed || item.outcome == .warned else { return item }
        return ReportItem(
            rule: item.rule, ruleSummary: item.ruleSummary, id: item.id, subject: item.subject, outcome: .skipped,
            message: "\(item.message); \(suppression.words)", location: item.location)
    }

    /// One line for each suppression that no longer holds.
    var warnings: [String] {
        expired.map { "the suppression of \($0.id) ended with \($0.until): \($0.reason)" }
    }
}

extension Suppression {
    /// `put up with until 2026-12-31: the gauge is being replaced`.
    var words: String { "put up with until \(until): \(reason)" }
}
