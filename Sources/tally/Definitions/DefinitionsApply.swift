// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally apply`: records the definitions in the registry and writes tally.lock.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Record the definitions in the registry, in one step, and write tally.lock.",
        discussion: "Example: tally apply --dry-run")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Show what would be done and write nothing.")
    var dryRun = false

    func run() async throws {
        let workspace = try Workspace(root: global.root())
        let definitions = try await workspace.check().definitions()
        guard !dryRun else {
            let plan = try Planner.plan(current: try await workspace.appliedState(), wanted: definitions)
            Output.render(global.format, table: workspace.text(of: plan), json: PlanRenderer.json(plan))
            return
        }
        let apply = Apply(
            registry: try workspace.registry(), lockPath: workspace.root + "/" + Lockfile.fileName)
        let outcome = try await apply.run(wanted: definitions, at: SystemClock.now(), by: SystemClock.userName)
        Output.render(global.format, table: text(outcome), json: json(outcome))
    }

    private func text(_ outcome: ApplyOutcome) -> String {
        var text = PlanRenderer.outline(outcome.plan)
        if outcome.didCommit { text += "applied as generation \(outcome.state.generation)\n" }
        if outcome.didWriteLock { text += "wrote \(Lockfile.fileName)\n" }
        return text
    }

    private func json(_ outcome: ApplyOutcome) -> JSON {
        .object([
            ("plan", PlanRenderer.json(outcome.plan)), ("generation", .int(Int64(outcome.state.generation))),
            ("didCommit", .bool(outcome.didCommit)), ("didWriteLock", .bool(outcome.didWriteLock)),
        ])
    }
}
