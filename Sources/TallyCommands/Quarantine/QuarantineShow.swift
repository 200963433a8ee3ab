// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally quarantine show`.
struct QuarantineShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the rows that wait: their place, the rules they break and what was observed.",
        discussion: "Example: tally quarantine show weather --limit 20")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: QuarantineOptions

    @Argument(help: "The table: a source, or view.NAME.")
    var table: String

    @Option(help: "How many rows of each run are shown.")
    var limit = 10

    func run() async throws {
        let quarantine = try global.store().quarantine()
        var texts: [String] = []
        var documents: [JSON] = []
        for entry in try options.entries(quarantine, table: table) {
            let rows = try await quarantine.rows(of: entry, limit: max(0, limit))
            var text = TextTable(headings: ["row", "rule", "observed"], flushRight: [0])
            text.rows = rows.map { [String($0.row), $0.rule, $0.observed] }
            texts.append(
                "\(entry.file): \(entry.waiting.grouped) of \(entry.rows.grouped) rows wait"
                    + (entry.path.map { " in \($0)" } ?? "") + "\n" + (rows.isEmpty ? "" : text.text + "\n")
                    + (entry.waiting > 0 ? "replay: tally quarantine replay \(table) --run \(entry.run)\n" : ""))
            let listed = rows.map { row in
                JSON.object([
                    ("row", .int(Int64(row.row))), ("rule", .string(row.rule)), ("observed", .string(row.observed)),
                ])
            }
            documents.append(.object([("entry", entry.json), ("rows", .array(listed))]))
        }
        Output.render(
            global.format, table: texts.joined(separator: "\n"), json: .object([("entries", .array(documents))]))
    }
}
