// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally status`: what is applied, what would change, and what was run last.
struct RepositoryStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is applied, what the files would change, and the last runs.",
        discussion: "Example: tally status --format json")

    @OptionGroup var global: GlobalOptions

    private static let runLimit = 10

    func run() async throws {
        let status = try await global.store().status(runs: Self.runLimit)
        let now = SystemClock.now()
        let online = OnlineStatus(state: status.state, generations: status.generations, now: now)
        Output.render(global.format, table: text(status, online), json: status.json(at: now))
    }

    private func text(_ status: FeatureStore.Status, _ online: OnlineStatus) -> String {
        var lines = ["project \(status.project.name)  generation \(status.state.generation)"]
        if let plan = status.plan {
            lines.append(
                plan.isEmpty ? "files and registry agree" : "\(plan.changes.count) changes to apply (`tally plan`)")
        } else {
            lines.append("the definitions have errors (`tally check`)")
        }
        for reason in status.checked.unproven { lines.append("unproven: \(reason)") }
        if !status.state.releases.isEmpty {
            var table = TextTable(headings: ["service", "release", "state", "fingerprint"], flushRight: [1])
            for release in status.state.releases where release.state != .retired {
                table.rows.append(
                    [
                        release.release.service, String(release.number), release.state.rawValue,
                        release.release.fingerprint.short,
                    ])
            }
            lines += [""] + table.lines
        }
        if let table = online.table { lines += [""] + table.lines }
        if !status.runs.isEmpty { lines += [""] + RunsText(status.runs).lines }
        return Output.text(lines)
    }
}
