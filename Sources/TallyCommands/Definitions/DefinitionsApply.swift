// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally apply`: records the definitions in the registry and writes tally.lock.
struct DefinitionsApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Record the definitions in the registry, in one step, and write tally.lock.",
        discussion: "Example: tally apply --dry-run")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Show what would be done and write nothing.")
    var dryRun = false

    func run() async throws {
        let store = try global.store()
        guard !dryRun else {
            let preview = try await store.plan(refusingLowVersions: true)
            Output.render(global.format, table: preview.planText, json: PlanRenderer.json(preview.plan))
            return
        }
        let applied = try await store.apply()
        Output.render(global.format, table: text(applied.outcome, applied.promoted), json: applied.json)
    }

    private func text(_ outcome: ApplyOutcome, _ promoted: [ReleaseName]) -> String {
        var text = PlanRenderer.outline(outcome.plan)
        if outcome.didCommit { text += "applied as generation \(outcome.state.generation)\n" }
        if outcome.didWriteLock { text += "wrote \(Lockfile.fileName)\n" }
        for release in promoted { text += "service \(release.service): release \(release.number) serves now\n" }
        return text
    }
}
