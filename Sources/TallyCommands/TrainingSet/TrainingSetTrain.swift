// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyExpressions
internal import TallyModel
internal import TallyStore

/// `tally train`: a point-in-time training set with its manifest.
struct TrainingSetTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Build a point-in-time training set for a feature service.",
        discussion: "Example: tally train arrival_delay --spine data/spine.parquet -o train.parquet")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The feature service.")
    var service: String

    @Option(help: "The spine: a Parquet or CSV file with one row for each prediction.")
    var spine: String

    @Option(name: [.short, .long], help: "The file to write, .parquet or .csv; its manifest is written beside it.")
    var output: String

    @Option(
        help: "Labels count as ripe up to this instant (RFC 3339 with an offset); now when left out.",
        transform: Instant.read)
    var asOf: Instant?

    @Option(help: "respect or ignore known times; ignore shows what a store without them would have leaked.")
    var known: KnownTimeOption = .respect

    @Option(help: "The spine's time column.")
    var timeColumn = TrainingRequest.defaultTimeColumn

    @Flag(help: "Name features view__feature.")
    var fullFeatureNames = false

    @Flag(help: "Replace a file that is there and is no training set; never one that is read.")
    var force = false

    @Flag(help: "End with 0 although first-seen times hide more than a tenth of the values.")
    var acceptRewritten = false

    @OptionGroup var spineText: SpineTextOptions

    @Flag(help: "Say that the clock is right, though it is not where the last write left it.")
    var acceptClock = false

    @OptionGroup var means: EngineOptions

    func run() async throws {
        let line = ProgressLine("train \(service)")
        defer { line.finish() }
        let limits = EngineLimits(memory: means.memory.bytes, threads: means.threads) {
            line.update($0, done: $1, of: $2)
        }
        let request = TrainingRequest(
            service: service, spine: Paths.absolute(spine), output: Paths.absolute(output), asOf: asOf?.time,
            ignoresKnownTime: known == .ignore, timeColumn: timeColumn, usesFullFeatureNames: fullFeatureNames,
            spineText: try spineText.options(), acceptsRewritten: acceptRewritten, partBytes: limits.spineBytes)
        let manifest = try await global.store(limits).train(request, replaces: force, acceptsClock: acceptClock)
        line.finish()
        Output.render(
            global.format, table: TrainingReport(manifest: manifest, output: output).text, json: manifest.json)
        for note in manifest.notes { Terminal.note("note: \(note)") }
        for warning in manifest.warnings { Terminal.warn(warning.description) }
        let isMarked = manifest.isMarked && !acceptRewritten
        // Who takes what first-seen times hide takes what is empty for it, too.
        let isAccepted = manifest.isMarked && acceptRewritten
        guard isMarked || !manifest.unproven.isEmpty && !isAccepted else { return }
        // JSON has no first line to read: those who only see what is written to standard error are told there.
        if global.format == .json { for reason in manifest.unproven { Terminal.note("unproven: \(reason)") } }
        if isMarked {
            Terminal.note(
                "unproven: \(output) is written whole, and marked: more than a tenth of its values are null only because of "
                    + "when files were first seen; --accept-rewritten takes it as it is")
        }
        throw ExitStatus.unproven
    }
}

/// The treatment of known times.
enum KnownTimeOption: String, ExpressibleByArgument, CaseIterable {
    case respect
    case ignore
}
