// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally materialize`: fills the online store.
struct OnlineStoreMaterialize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "materialize",
        abstract: "Fill the online store with the latest row of each entity.",
        discussion: """
            Reads what is new since the last run: new and changed files whole, the others for what became known meanwhile.

            Example: tally materialize origin_weather --until 2013-12-31T00:00:00Z
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The feature views; all applied ones when none is named.")
    var views: [String] = []

    @Option(
        help: "Take in what is known up to this instant (RFC 3339 with an offset); now when left out.",
        transform: Instant.read)
    var until: Instant?

    @Flag(help: "Read everything again, and remove keys that the sources no longer have.")
    var full = false

    @Flag(help: "Say that the clock is right, though it is not where the last write left it.")
    var acceptClock = false

    @Flag(help: "Take an instant of --until that lies ahead.")
    var acceptFuture = false

    @OptionGroup var means: EngineOptions

    func run() async throws {
        let line = ProgressLine("materialize")
        defer { line.finish() }
        let limits = EngineLimits(memory: means.memory.bytes, threads: means.threads) {
            line.update($0, done: $1, of: $2)
        }
        let fill = try await global.store(limits).materialize(
            MaterializationRequest(
                views: views, until: until?.time, isFull: full, allowsFuture: acceptFuture, memory: limits.spineBytes),
            acceptsClock: acceptClock)
        let outcome = fill.outcome
        line.finish()
        Output.render(global.format, table: Self.text(outcome), json: fill.json)
        for note in outcome.notes { Terminal.note("note: \(note)") }
        if let kept = fill.keptDamaged {
            Terminal.warn(
                "the online store was damaged: a new one is in its place, and the damaged file is kept as \(kept)")
        }
        for warning in outcome.reports.flatMap(\.warnings) { Terminal.warn(warning.description) }
    }

    private static func text(_ outcome: MaterializationOutcome) -> String {
        var table = TextTable(
            headings: ["view", "run", "read", "written", "unchanged", "removed", "pending", "keys", "until", "took"],
            flushRight: [2, 3, 4, 5, 6, 7, 9])
        for report in outcome.reports {
            let numbers = [
                report.counts.read, report.counts.written, report.counts.unchanged, report.counts.removed,
                report.counts.pending, report.generation.keys,
            ]
            let kind =
                switch report.kind {
                case .incremental: "incremental"
                case .full: "full"
                case .upToDate: "up to date"
                }
            table.rows.append(
                [report.view, kind] + numbers.map { $0.grouped }
                    + [report.generation.until.description, Numbers.seconds(report.duration)])
        }
        var lines = table.lines
        if !outcome.coverage.isEmpty { lines += [""] + outcome.coverage }
        if !outcome.promoted.isEmpty { lines.append("") }
        for release in outcome.promoted {
            lines.append(
                "service \(release.service): release \(release.number) serves now (\(release.fingerprint.short))")
        }
        return Output.text(lines)
    }
}
