// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally quarantine list`.
struct QuarantineList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what was set aside, by table and file.",
        discussion: "Example: tally quarantine list")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let entries = try global.store().quarantine().entries()
        QuarantineOptions.warnUnsealed(entries)
        Output.render(
            global.format, table: Self.text(entries), json: .object([("entries", .array(entries.map(\.json)))]))
    }

    static func text(_ entries: [Quarantine.Entry]) -> String {
        guard !entries.isEmpty else { return "nothing was set aside\n" }
        var table = TextTable(
            headings: ["table", "run", "file", "rows", "set aside", "waiting", "replayed", "discarded", "decided"],
            flushRight: [3, 4, 5, 6, 7])
        for entry in entries {
            let numbers = [entry.rows, entry.setAside, entry.waiting, entry.replayed, entry.discarded]
            table.rows.append(
                [entry.table, entry.run, entry.file] + numbers.map { $0.grouped }
                    + [entry.decidedAt.description])
        }
        return table.text
    }
}
