// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally verify`: holds promises against data.
struct VerifyCommand: AsyncParsableCommand {
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
        var workspace: Workspace?
        var underViews: [String: Contract] = [:]
        let reports: [VerificationReport]
        if contract == nil {
            guard data.isEmpty else { throw TallyError(.misuse, "--data needs --contract") }
            let (opened, checked) = try await Workspace.checked(
                root: report.root(), limits: limits, now: SystemClock.now())
            workspace = opened
            for (name, view) in checked.result.set?.views ?? [:] {
                underViews["view \(name)"] = checked.result.set?.contracts[view.source]
            }
            reports = try await repositoryReports(opened, checked)
        } else {
            reports = try await fileReports()
        }
        let suppressions = Suppressions(workspace?.project, at: SystemClock.now())
        let text = VerificationText(
            showsKept: showsKept, showsValues: showsValues, suppressions: suppressions, underViews: underViews)
        let groups = reports.map(text.group)
        // A table's data may be named TABLE=PATH.
        let read =
            data + data.compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) } + [contract ?? ""]
        try report.render(
            groups, reading: read.filter { !$0.isEmpty }, table: reports.map(text.text).joined(separator: "\n"),
            json: text.json(reports))
        for note in reports.flatMap(\.notes) { Terminal.note("note: \(note)") }
        for warning in reports.flatMap(\.warnings) + suppressions.warnings { Terminal.warn(warning) }
        let items = groups.flatMap(\.items)
        try report.end(
            isBroken: items.contains { $0.outcome == .failed }, hasWarnings: items.contains { $0.outcome == .warned },
            isUnproven: reports.contains(where: \.isUnproven))
    }

    private var limits: EngineLimits { EngineLimits(memory: means.memory.bytes, threads: means.threads) }

    /// Everything of a repository that makes promises, or the named part of it.
    private func repositoryReports(
        _ workspace: Workspace, _ checked: CheckedRepository
    ) async throws -> [VerificationReport] {
        // A source whose files cannot be read is told as what it is, and not as one without columns.
        if let failure = checked.failures.sorted(by: { $0.key < $1.key }).first?.value { throw failure }
        let set = try checked.definitions()
        var tables: [PromisedTable] = []
        for (name, source) in set.sources.sorted(by: { $0.key < $1.key }) {
            if let table = set.contracts[name].flatMap({ PromisedTable(source, $0) }) { tables.append(table) }
        }
        for view in set.views.values.sorted(by: { $0.name < $1.name }) {
            if let table = PromisedTable(try ViewPlan(view, in: set)) { tables.append(table) }
        }
        tables = try chosen(tables, set)
        let earlier = EarlierRuns(try workspace.registryForReading())
        let time = now?.time ?? SystemClock.now()
        let verifier = Verifier(engine: workspace.engine, root: workspace.root, now: time, sampleRows: samples)
        let sources = set.sources.mapValues { TableReference(of: $0) }
        var reports: [VerificationReport] = []
        for table in tables {
            let previous = try await earlier.rows(
                before: table, root: workspace.root, engine: workspace.engine, now: time)
            reports.append(try await verifier.verify(table, previousRows: previous, tables: sources))
        }
        return reports
    }

    private func chosen(_ tables: [PromisedTable], _ set: DefinitionSet) throws(TallyError) -> [PromisedTable] {
        guard !names.isEmpty else {
            guard !tables.isEmpty else {
                throw TallyError(
                    .notFound, "no source names a contract and no view makes a promise",
                    help: "write one with `tally contract import`, and name it under `contract:` of the source")
            }
            return tables
        }
        var chosen: [PromisedTable] = []
        for name in names {
            let found = tables.filter {
                $0.object.name == name || $0.source.name == name && $0.name == "source \(name)"
            }
            guard found.isEmpty else {
                chosen += found
                continue
            }
            let isKnown = set.sources[name] != nil || set.views[name] != nil
            let known = tables.map(\.object.name)
            throw TallyError(
                .notFound,
                isKnown ? "'\(name)' makes no promises" : "there is no source or view '\(name)'",
                help: nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
                    ?? "these make promises: \(known.joined(separator: ", "))")
        }
        return chosen
    }

    /// A contract file held against data files.
    private func fileReports() async throws -> [VerificationReport] {
        guard names.isEmpty, let path = contract, !data.isEmpty else {
            throw TallyError(
                .misuse, "--contract needs --data and no names",
                help: "tally verify --contract flights.odcs.yaml --data flights.csv")
        }
        let directory = report.place.directory ?? "."
        let engine = try StandaloneEngine.open(root: directory, limits: limits)
        async let start: Void = engine.start()
        let read = Result { () throws(TallyError) in try ContractFile.read(path, in: directory) }
        await start
        let contract = try read.get()
        let verifier = Verifier(
            engine: engine, root: directory, now: now?.time ?? SystemClock.now(), sampleRows: samples)
        let sources = try ContractFile.sources(data, of: contract)
        let tables = sources.mapValues { TableReference(of: $0) }
        var reports: [VerificationReport] = []
        for object in contract.objects {
            guard let source = sources[object.name], let table = PromisedTable(source, contract) else { continue }
            reports.append(try await verifier.verify(table, tables: tables))
        }
        return reports
    }
}
