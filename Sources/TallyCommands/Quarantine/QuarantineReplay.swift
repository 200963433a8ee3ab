// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

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
