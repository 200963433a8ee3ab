// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally contract diff`: two versions of a contract, with a witness for every no.
struct ContractDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two versions of a contract: backward, forward and in meaning, with a witness for every no.",
        discussion: """
            Backward: whoever reads the new version may read old data. Forward: whoever reads the old version may read \
            new data. A no comes with rows that one version admits and the other refuses, tried on both.
            What no proof decides, such as whether two transforms compute the same, --shadow tries on real data.
            It ends with 0 where nothing breaks that is promised: a version that moved far enough says that readers have \
            to act, unless the old contract writes its compatibility down. It ends with 3 where an answer is unproven \
            that data could show.

            Examples:
              tally contract diff weather.odcs.yaml weather.new.odcs.yaml
              tally contract diff old.odcs.yaml new.odcs.yaml --shadow 'data/weather/*.parquet'
            """)

    @OptionGroup var report: ReportOptions

    @Argument(help: "The old version.")
    var old: String

    @Argument(help: "The new version.")
    var new: String

    @Option(
        help:
            "Data files on which both versions are run for what no proof decides; a path or glob, or TABLE=PATH each."
    )
    var shadow: [String] = []

    func run() async throws {
        let folder = report.place.directory ?? "."
        var comparison = ContractComparison(
            old: try ContractFile.read(old, in: folder), new: try ContractFile.read(new, in: folder))
        if !shadow.isEmpty {
            if comparison.openObjects.isEmpty { Terminal.note(Shadow.nothingToRun) }
            let sources = try ContractFile.sources(shadow, of: comparison.new)
            for table in comparison.openObjects where sources[table] == nil {
                Terminal.note("table '\(table)' was not tried: no data was given for it")
            }
            let runner = Shadow(
                engine: try StandaloneEngine.open(root: folder, limits: EngineLimits()), root: folder,
                now: SystemClock.now())
            comparison = comparison.settled(by: try await runner.evidence(for: comparison, sources: sources))
        }
        let items = comparison.items
        try report.render(
            [
                ReportGroup(
                    name: "\(comparison.new.id) \(comparison.old.version) -> \(comparison.new.version)", items: items)
            ],
            table: comparison.text, json: comparison.json)
        try report.end(
            isBroken: items.contains { $0.outcome == .failed }, hasWarnings: items.contains { $0.outcome == .warned },
            isUnproven: comparison.isOpen)
    }
}
