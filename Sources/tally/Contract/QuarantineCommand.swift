// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally quarantine …`: what was set aside.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Look at rows that were set aside, let them in after all, or give them up.",
        subcommands: [
            QuarantineList.self, QuarantineShow.self, QuarantineReplay.self, QuarantineDiscard.self,
        ])
}

/// What the commands of the quarantine have in common.
struct QuarantineOptions: ParsableArguments {
    @Option(help: "Only this run, as `tally quarantine list` names it.")
    var run: String?

    /// The waiting entries of a table; `E-not-found` when there is none.
    func entries(_ quarantine: Quarantine, table: String) throws(TallyError) -> [Quarantine.Entry] {
        let all = try quarantine.entries()
        let found = all.filter { $0.table == table && (run == nil || $0.run == run) }
        guard found.isEmpty else {
            Self.warnUnsealed(found)
            return found
        }
        let known = run == nil ? all.map(\.table) : all.filter { $0.table == table }.map(\.run)
        throw TallyError(
            .notFound, run.map { "there is no run '\($0)' of '\(table)'" } ?? "nothing was set aside of '\(table)'",
            help: known.isEmpty
                ? "nothing is set aside at all" : "there is \(Set(known).sorted().joined(separator: ", "))")
    }

    /// Says which entries nobody can tell to be as they were written.
    static func warnUnsealed(_ entries: [Quarantine.Entry]) {
        let unsealed = entries.filter { !$0.isSealed }
        guard let first = unsealed.first else { return }
        let more = unsealed.count > 1 ? " and \(unsealed.count - 1) more have" : " has"
        Terminal.warn(
            "\(first.table): run \(first.run)\(more) a verdict without checksum, as earlier versions wrote them: it counts as it "
                + "stands; `tally materialize` gives it one")
    }
}

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

/// `tally quarantine replay`.
struct QuarantineReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Let rows in that keep the promises as they are now; they are known from now on, and no earlier.",
        discussion: "Example: tally quarantine replay weather")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: QuarantineOptions

    @Argument(help: "The table: a source, or view.NAME.")
    var table: String

    @Flag(help: "Let all waiting rows in, whatever they break.")
    var accept = false

    func run() async throws {
        let store = try global.store()
        let quarantine = try store.quarantine()
        let entries = try options.entries(quarantine, table: table)
        let promised = try await store.promisedTable(table)
        var changed: [Quarantine.Entry] = []
        for entry in entries {
            changed.append(try await quarantine.replay(entry, of: promised, accepts: accept, at: SystemClock.now()))
        }
        Output.render(
            global.format, table: QuarantineList.text(changed),
            json: .object([("entries", .array(changed.map(\.json)))]))
    }
}

/// `tally quarantine discard`.
struct QuarantineDiscard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Give waiting rows up for good; shows them first, and removes on --yes.",
        discussion: "Example: tally quarantine discard weather --yes")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: QuarantineOptions

    @Argument(help: "The table: a source, or view.NAME.")
    var table: String

    @Flag(help: "Remove them.")
    var yes = false

    func run() async throws {
        let quarantine = try global.store().quarantine()
        var entries = try options.entries(quarantine, table: table)
        if yes {
            for index in entries.indices {
                entries[index] = try await quarantine.discard(entries[index], at: SystemClock.now())
            }
        }
        let waiting = entries.reduce(0) { $0 + $1.waiting }
        let note = yes || waiting == 0 ? "" : "\n\(waiting.grouped) rows would be gone: add --yes"
        Output.render(
            global.format, table: QuarantineList.text(entries) + note,
            json: .object([("discarded", .bool(yes)), ("entries", .array(entries.map(\.json)))]))
    }
}
