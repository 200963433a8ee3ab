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
        let (workspace, checked) = try await Workspace.checked(root: global.root(), now: SystemClock.now())
        let definitions = try checked.definitions()
        guard !dryRun else {
            try await ContractReview(definitions, registry: try workspace.registryForReading()).refuseLowVersions()
            let plan = try Planner.plan(current: try await workspace.appliedState(), wanted: definitions)
            Output.render(global.format, table: workspace.text(of: plan), json: PlanRenderer.json(plan))
            return
        }
        let registry = try workspace.registry()
        let apply = Apply(registry: registry, lockPath: workspace.root + "/" + Lockfile.fileName)
        let outcome = try await apply.run(wanted: definitions, at: SystemClock.now(), by: SystemClock.userName)
        // A release that needs no rows but those that are stored already serves at once.
        var promoted: [ReleaseName] = []
        if let store = try workspace.onlineStoreForReading() {
            promoted = try await Promotion(registry: registry, store: store)
                .run(at: SystemClock.now(), by: SystemClock.userName)
        }
        Output.render(global.format, table: text(outcome, promoted), json: json(outcome, promoted))
    }

    private func text(_ outcome: ApplyOutcome, _ promoted: [ReleaseName]) -> String {
        var text = PlanRenderer.outline(outcome.plan)
        if outcome.didCommit { text += "applied as generation \(outcome.state.generation)\n" }
        if outcome.didWriteLock { text += "wrote \(Lockfile.fileName)\n" }
        for release in promoted { text += "service \(release.service): release \(release.number) serves now\n" }
        return text
    }

    private func json(_ outcome: ApplyOutcome, _ promoted: [ReleaseName]) -> JSON {
        .object([
            ("plan", PlanRenderer.json(outcome.plan)), ("generation", .int(Int64(outcome.state.generation))),
            ("didCommit", .bool(outcome.didCommit)), ("didWriteLock", .bool(outcome.didWriteLock)),
            ("promoted", .array(promoted.map(\.json))),
        ])
    }
}
