// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally status`: what is applied, what would change, and what was run last.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is applied, what the files would change, and the last runs.",
        discussion: "Example: tally status --format json")

    @OptionGroup var global: GlobalOptions

    private static let runLimit = 10

    func run() async throws {
        let (workspace, checked) = try await Workspace.checked(root: global.root(), now: SystemClock.now())
        let state = try await workspace.appliedState()
        let plan = try checked.result.set.map { set throws(TallyError) in try Planner.plan(current: state, wanted: set)
        }
        var runs: [RunRecord] = []
        if let registry = try workspace.registryForReading() { runs = try await registry.runs(limit: Self.runLimit) }
        let generations = try workspace.onlineStoreForReading()?.generations() ?? []
        let online = OnlineStatus(state: state, generations: generations, now: SystemClock.now())
        Output.render(
            global.format, table: text(workspace, state, checked, plan, runs, online),
            json: json(workspace, state, plan, runs, online))
    }

    private func text(
        _ workspace: Workspace, _ state: RegistryState, _ checked: CheckedRepository, _ plan: TallyModel.Plan?,
        _ runs: [RunRecord], _ online: OnlineStatus
    ) -> String {
        var lines = ["project \(workspace.project.name)  generation \(state.generation)"]
        if let plan {
            lines.append(
                plan.isEmpty ? "files and registry agree" : "\(plan.changes.count) changes to apply (`tally plan`)")
        } else {
            lines.append("the definitions have errors (`tally check`)")
        }
        for reason in checked.unproven { lines.append("unproven: \(reason)") }
        if !state.releases.isEmpty {
            var table = TextTable(headings: ["service", "release", "state", "fingerprint"], flushRight: [1])
            for release in state.releases where release.state != .retired {
                table.rows.append(
                    [
                        release.release.service, String(release.number), release.state.rawValue,
                        release.release.fingerprint.short,
                    ])
            }
            lines += [""] + table.lines
        }
        if let table = online.table { lines += [""] + table.lines }
        if !runs.isEmpty { lines += [""] + RunsText(runs).lines }
        return Output.text(lines)
    }

    private func json(
        _ workspace: Workspace, _ state: RegistryState, _ plan: TallyModel.Plan?, _ runs: [RunRecord],
        _ online: OnlineStatus
    ) -> JSON {
        .object([
            ("project", .string(workspace.project.name)), ("generation", .int(Int64(state.generation))),
            ("changes", plan.map { .int(Int64($0.changes.count)) } ?? .null),
            (
                "releases",
                .array(
                    state.releases.map { release in
                        .object([
                            ("service", .string(release.release.service)), ("number", .int(Int64(release.number))),
                            ("state", .string(release.state.rawValue)),
                            ("fingerprint", .string(release.release.fingerprint.hex)),
                        ])
                    })
            ),
            ("online", online.json),
            (
                "runs",
                .array(
                    runs.map { run in
                        .object([
                            ("command", .string(run.command)), ("subject", .string(run.subject)),
                            ("startedAt", .string(run.startedAt.description)),
                            ("microseconds", .exact(run.duration.microseconds)),
                            ("identity", .string(run.identity.hex)), ("summary", run.summary),
                        ])
                    })
            ),
        ])
    }
}
