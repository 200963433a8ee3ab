// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally gc`: removes stored rows that no release needs.
struct OnlineStoreCollect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Show the stored rows that no release needs, and remove them with --yes.",
        discussion: """
            Rows are needed while tally.lock, a release that serves or waits, or an applied view names them. What served
            until ten seconds ago stays, since servers and programs may not have looked since.

            Example: tally gc --yes
            """)

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Remove what is shown.")
    var yes = false

    func run() async throws {
        guard let unused = try await global.store().collect(removing: yes) else {
            Output.render(global.format, table: "the online store is empty", json: Self.json([], [], removed: false))
            return
        }
        Output.render(
            global.format, table: text(unused.generations),
            json: Self.json(unused.generations, unused.lately, removed: yes))
        guard !unused.lately.isEmpty else { return }
        let views = Set(unused.lately.map(\.view)).sorted().joined(separator: ", ")
        Terminal.note(
            "note: earlier rows of \(views) stay, since they may have served until just now: run `tally gc` again in "
                + "\(UnusedGenerations.secondsKept) seconds")
    }

    private func text(_ unused: [OnlineGeneration]) -> String {
        guard !unused.isEmpty else { return "nothing to remove" }
        var table = TextTable(headings: ["view", "storage", "keys", "filled at"], flushRight: [2])
        for generation in unused {
            table.rows.append(
                [
                    generation.view, generation.storage.short, generation.keys.grouped,
                    generation.filledAt.description,
                ])
        }
        return table.text + (yes ? "\nremoved" : "\nnothing is removed yet: run `tally gc --yes`")
    }

    private static func json(_ unused: [OnlineGeneration], _ lately: [OnlineGeneration], removed: Bool) -> JSON {
        .object([
            ("unused", .array(unused.map(json))), ("lately", .array(lately.map(json))), ("removed", .bool(removed)),
        ])
    }

    private static func json(_ generation: OnlineGeneration) -> JSON {
        .object([
            ("view", .string(generation.view)), ("storage", .string(generation.storage.hex)),
            ("generation", .int(Int64(generation.number))), ("keys", .int(Int64(generation.keys))),
        ])
    }
}
