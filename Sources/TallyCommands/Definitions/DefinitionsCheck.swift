// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel

/// `tally check`: every problem of every definition at once.
struct DefinitionsCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Parse, type and lint every definition; reads the schemas of files, and every declared value of text.",
        discussion: "Example: tally check --format json")

    @OptionGroup var report: ReportOptions

    @Option(help: "Show how each column of a source of text is read, instead of checking.")
    var explainReading: String?

    func run() async throws {
        if let explainReading { return try await explain(explainReading) }
        let check = try await FeatureStore(root: report.root(), host: SystemClock.host).check()
        let (repository, checked) = (check.repository, check.checked)
        let suppressions = Suppressions(repository.project, at: SystemClock.now())
        let items = checked.result.diagnostics.map { suppressions.applied(to: ReportItem($0), suppressions.of($0)) }
        let open = checked.unproven.map { reason in
            ReportItem(
                rule: "columns", ruleSummary: "the columns of every source are known", id: reason, subject: "columns",
                outcome: .skipped, message: reason, location: nil)
        }
        let unreadable = checked.unreadable.map { error in
            ReportItem(
                rule: "reading", ruleSummary: "text is read as declared", id: error.subject ?? "reading",
                subject: error.subject ?? "reading", outcome: .failed,
                message: ([error.message] + error.details).joined(separator: "; "), location: nil)
        }
        try report.render(
            [ReportGroup(name: "definitions", items: items + unreadable + open)], table: text(repository, checked),
            json: check.json)
        for note in checked.notes { Terminal.note("note: \(note)") }
        for warning in suppressions.warnings { Terminal.warn(warning) }
        // What cannot be read is not broken: nothing is known of it. Files that a query does not find may come later.
        let queries = Set(
            repository.sources.compactMap { source in
                if case .query = source.location { source.name } else { nil }
            })
        if checked.result.diagnostics.contains(where: \.isUnreadable)
            || checked.failures.contains(where: { $0.value.code == .unreadable && !queries.contains($0.key) })
        {
            throw ExitStatus.failed
        }
        try report.end(
            isBroken: items.contains { $0.outcome == .failed }
                || checked.failures.values.contains { $0.code == .invalidData },
            hasWarnings: items.contains { $0.outcome == .warned }, isUnproven: !checked.unproven.isEmpty)
    }

    private func text(_ repository: LoadedRepository, _ checked: CheckedRepository) -> String {
        let diagnostics = checked.result.diagnostics
        var text = DiagnosticRenderer.text(
            diagnostics, sources: repository.files, color: Terminal.hasColor)
        for error in checked.unreadable { text += "\(error)\n" }
        for reason in checked.unproven { text += "unproven: \(reason)\n" }
        guard diagnostics.isEmpty, let set = checked.result.set else { return text }
        let count = set.entities.count + set.sources.count + set.views.count + set.services.count
        let verdict = checked.unproven.isEmpty && checked.unreadable.isEmpty ? "all kept" : "the rest is kept"
        return text + "\(count) definitions in \(repository.files.count) files checked: \(verdict)\n"
    }
}
