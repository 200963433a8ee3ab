// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally plan`: the changes that apply would make, the affected consumers, and the data to be made again.
struct DefinitionsPlan: AsyncParsableCommand {
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
        let preview = try await global.store().plan(shadow: shadow, checkingLock: locked)
        if preview.shadowed == 0 { Terminal.note(Shadow.nothingToRun) }
        Output.render(
            global.format, table: preview.planText + preview.comparisons.map { "\n" + $0.text }.joined(),
            json: preview.json)
        if let problem = preview.lockProblem { throw problem }
    }
}

extension FeatureStore.Preview {
    /// The plan as people read it, with the changed lines of the definition files.
    var planText: String {
        let positions = repository.positions
        return PlanRenderer.text(
            plan, locate: { positions.location($0.kind, $0.name, $1) }, line: { positions.sourceLine($0) })
    }
}
