// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally verify`: checks promises against data.
struct ContractVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold the promises of contracts and feature views against the data; changes nothing.",
        discussion: """
            Without names every source with a contract and every view with promises is verified. With --contract and \
            --data a contract file is held against data files, without a repository.

            Examples:
              tally verify weather --fail-on warning
              tally verify --contract flights.odcs.yaml --data 'flights/*.parquet' --format junit
            """)

    @OptionGroup var report: ReportOptions

    @Argument(help: "Sources and feature views; all of them when none is named.")
    var names: [String] = []

    @Option(help: "A contract file, to be held against --data.")
    var contract: String?

    @Option(
        help:
            "A path or glob of data files (Parquet, CSV or JSON lines) for --contract; once, or as TABLE=PATH for each table."
    )
    var data: [String] = []

    @Option(
        help: "The instant that ages are counted from (RFC 3339 with an offset); now when left out.",
        transform: Instant.read)
    var now: Instant?

    @Option(help: "How many failing rows are named for a promise; 0 spares the look for them.")
    var samples = 5

    @Flag(name: .customLong("show-values"), help: "Show what stands in failing rows, but in classified columns.")
    var showsValues = false

    @Flag(name: .customLong("all"), help: "Show kept promises too.")
    var showsKept = false

    @OptionGroup var means: EngineOptions

    func run() async throws {
        guard samples >= 0, samples <= 1_000 else {
            throw TallyError(.misuse, "--samples \(samples) is not between 0 and 1000")
        }
        let reports: [VerificationReport]
        var verified: FeatureStore.Verification?
        if contract == nil {
            guard data.isEmpty else { throw TallyError(.misuse, "--data needs --contract") }
            let found = try await FeatureStore(root: report.root(), host: SystemClock.host, limits: limits)
                .verify(names, at: now?.time, sampleRows: samples)
            reports = found.reports
            verified = found
        } else {
            reports = try await fileReports()
        }
        let suppressions = Suppressions(verified?.project, at: SystemClock.now())
        let text = VerificationText(
            showsKept: showsKept, showsValues: showsValues, suppressions: suppressions,
            underViews: verified?.contractsUnderViews ?? [:])
        let groups = reports.map(text.group)
        // A table's data may be named TABLE=PATH.
        let read =
            data + data.compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) } + [contract ?? ""]
        try report.render(
            groups, reading: read.filter { !$0.isEmpty }, table: reports.map(text.text).joined(separator: "\n"),
            json: VerificationAnswer(showsValues: showsValues, underViews: text.underViews).json(reports))
        for note in reports.flatMap(\.notes) { Terminal.note("note: \(note)") }
        for warning in reports.flatMap(\.warnings) + suppressions.warnings { Terminal.warn(warning) }
        let items = groups.flatMap(\.items)
        try report.end(
            isBroken: items.contains { $0.outcome == .failed }, hasWarnings: items.contains { $0.outcome == .warned },
            isUnproven: reports.contains(where: \.isUnproven))
    }

    private var limits: EngineLimits { EngineLimits(memory: means.memory.bytes, threads: means.threads) }

    /// Verifies data files by a contract file.
    private func fileReports() async throws -> [VerificationReport] {
        guard names.isEmpty, let path = contract, !data.isEmpty else {
            throw TallyError(
                .misuse, "--contract needs --data and no names",
                help: "tally verify --contract flights.odcs.yaml --data flights.csv")
        }
        let directory = report.place.directory ?? "."
        let contract = try ContractFile.read(path, in: directory)
        return try await FeatureStore(root: directory, host: SystemClock.host, limits: limits)
            .verify(contract, against: try ContractFile.sources(data, of: contract), at: now?.time, sampleRows: samples)
    }
}
