// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

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
