// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally compare`: compares served values with offline ones, bit by bit.
struct VectorCompare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare what is served with what the offline kernel computes, bit by bit, status by status.",
        discussion: """
            Draws pairs of entity and instant, reads each from the online store and computes it from the sources. Ends with 1 on \
            any difference, and with 3 when something could not be compared.

            Example: tally compare arrival_delay --sample 10000
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The feature service.")
    var service: String

    @Option(help: "How many pairs of entity and instant to draw.")
    var sample = 10_000

    @Option(
        help: "The first instant (RFC 3339 with an offset); the first that all online rows answer when left out.",
        transform: Instant.read)
    var at: Instant?

    @Option(help: "Equal seeds draw equal pairs.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...10_000_000).contains(sample) else {
            throw ValidationError("--sample must be between 1 and 10000000")
        }
    }

    func run() async throws {
        let report = try await global.store().compare(
            service, ComparisonRequest(sample: sample, at: at?.time, seed: seed))
        Output.render(global.format, table: Self.text(report), json: report.json)
        for warning in report.warnings { Terminal.warn(warning) }
        for reason in report.unproven { Terminal.note("unproven: \(reason)") }
        if report.differing > 0 { throw ExitStatus.broken }
        if !report.unproven.isEmpty || report.present == 0 { throw ExitStatus.unproven }
    }

    /// Nulls that agree show nothing: the keys, the instant or the time to live does not fit.
    private static let nothingPresent =
        "unproven: no value was present on both sides, so nothing was compared; ask with --at for an instant at which "
        + "there were values"

    private static func text(_ report: ComparisonReport) -> String {
        var table = TextTable(headings: ["feature", "compared", "present", "differing"], flushRight: [1, 2, 3])
        for column in report.columns {
            table.rows.append(
                [column.name] + [column.compared, column.present, column.differing].map { $0.grouped })
        }
        var lines = report.present == 0 && report.differing == 0 ? [nothingPresent, ""] : []
        lines += table.lines + [""]
        lines.append(
            "\(report.compared.grouped) values of \(report.pairs.grouped) vectors compared, "
                + "\(Numbers.percent(report.present, of: report.compared)) present on both sides, "
                + "\(report.differing.grouped) differ")
        if let difference = report.difference {
            lines += [
                "first difference: \(difference.column) for \(difference.keys.joined(separator: ", ")) at \(difference.time)",
                "  served   \(difference.served)", "  offline  \(difference.offline)",
            ]
        }
        return Output.text(lines)
    }
}
