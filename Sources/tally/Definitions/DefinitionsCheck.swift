// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel

/// `tally check`: every problem of every definition at once.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Parse, type and lint every definition; reads file schemas, never rows.",
        discussion: "Example: tally check --format json")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let workspace = try Workspace(root: global.root())
        let checked = try await workspace.check()
        Output.render(
            global.format, table: text(workspace, checked), json: json(checked))
        if checked.result.hasErrors || checked.failures.values.contains(where: { $0.code == .invalidData }) {
            throw ExitStatus.broken
        }
        if !checked.unproven.isEmpty { throw ExitStatus.unproven }
    }

    private func text(_ workspace: Workspace, _ checked: CheckedRepository) -> String {
        let diagnostics = checked.result.diagnostics
        var text = DiagnosticRenderer.text(
            diagnostics, sources: workspace.repository.files, color: Terminal.hasColor)
        for reason in checked.unproven { text += "unproven: \(reason)\n" }
        guard diagnostics.isEmpty, let set = checked.result.set else { return text }
        let count = set.entities.count + set.sources.count + set.views.count + set.services.count
        let verdict = checked.unproven.isEmpty ? "all kept" : "the rest is kept"
        return text + "\(count) definitions in \(workspace.repository.files.count) files checked: \(verdict)\n"
    }

    private func json(_ checked: CheckedRepository) -> JSON {
        .object([
            ("diagnostics", DiagnosticRenderer.json(checked.result.diagnostics)),
            ("unproven", .array(checked.unproven.map { .string($0) })),
        ])
    }
}
