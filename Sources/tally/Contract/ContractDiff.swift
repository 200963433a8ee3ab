// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel

/// `tally contract diff`: two versions of a contract, with a witness for every no.
struct ContractDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two versions of a contract: backward, forward and in meaning, with a witness for every no.",
        discussion: """
            Backward: whoever reads the new version may read old data. Forward: whoever reads the old version may read \
            new data. A no comes with rows that one version admits and the other refuses, tried on both.

            Example: tally contract diff weather.odcs.yaml weather.new.odcs.yaml
            """)

    @OptionGroup var report: ReportOptions

    @Argument(help: "The old version.")
    var old: String

    @Argument(help: "The new version.")
    var new: String

    func run() async throws {
        let folder = report.place.directory ?? "."
        let comparison = ContractComparison(
            old: try ContractFile.read(old, in: folder), new: try ContractFile.read(new, in: folder))
        let items = comparison.items
        try report.render(
            [
                ReportGroup(
                    name: "\(comparison.new.id) \(comparison.old.version) -> \(comparison.new.version)", items: items)
            ],
            table: comparison.text, json: comparison.json)
        try report.end(
            isBroken: items.contains { $0.outcome == .failed }, hasWarnings: items.contains { $0.outcome == .warned },
            isUnproven: false)
    }
}
