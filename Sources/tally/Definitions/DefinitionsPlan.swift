// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally plan`: what apply would change, who is affected, and whether stored data has to be made again.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what apply would change and who is affected; writes nothing but what --shadow shows.",
        discussion: "Example, in CI: tally plan --locked")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Run changed transforms and undecided promises over the last data, and keep what that shows.")
    var shadow = false

    @Flag(help: "Fail when the definitions are not what tally.lock says.")
    var locked = false

    func run() async throws {
        let (workspace, checked) = try await Workspace.checked(root: global.root(), now: SystemClock.now())
        let definitions = try checked.definitions()
        let plan = try Planner.plan(current: try await workspace.appliedState(), wanted: definitions)
        var review = try await ContractReview(definitions, registry: try workspace.registryForReading())
        if shadow {
            var questions = 0
            if try workspace.registryForReading() != nil {
                questions = try await review.run(
                    Shadow(engine: workspace.engine, root: workspace.root, now: SystemClock.now()),
                    registry: try workspace.registry(), at: SystemClock.now())
            }
            if questions == 0 { Terminal.note(Shadow.nothingToRun) }
        }
        Output.render(
            global.format, table: workspace.text(of: plan) + review.comparisons.map { "\n" + $0.text }.joined(),
            json: .members(
                (PlanRenderer.json(plan).objectValue ?? [])
                    + [JSON.Member("contracts", .array(review.comparisons.map(\.json)))]))
        if locked {
            try LockCheck.verify(
                path: workspace.root + "/" + Lockfile.fileName, wanted: try FingerprintGraph.build(from: definitions))
        }
    }
}

extension Workspace {
    /// A plan as people read it, with the changed lines of the definition files.
    func text(of plan: TallyModel.Plan) -> String {
        let positions = repository.positions
        return PlanRenderer.text(
            plan, locate: { positions.location($0.kind, $0.name, $1) }, line: { positions.sourceLine($0) })
    }
}
