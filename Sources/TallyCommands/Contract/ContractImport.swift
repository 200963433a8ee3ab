// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally contract import`: a contract out of data, with the evidence for every rule.
struct ContractImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Propose a contract from data: types, keys, null shares, ranges, enums and freshness, each with its evidence.",
        discussion: """
            Rules are learned from the earlier rows and tried on the latest, where a time tells which these are; what does not \
            pass is loosened or dropped, and said. Read the proposal before you sign it: data show what was, and a contract says what shall be.

            Example: tally contract import 'flights/*.parquet' -o flights.odcs.yaml
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A path or glob of data files: Parquet, CSV or JSON lines.")
    var data: String

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "The contract file to write; standard output when left out.")
    var output: String?

    @Option(help: "The name of contract and table; the file's name when left out.")
    var name: String?

    @Option(help: "The column that tells when a row happened; found by itself when there is only one time.")
    var eventTime: String?

    @Option(
        help: "The instant that ages are counted from (RFC 3339 with an offset); now when left out.",
        transform: Instant.read)
    var now: Instant?

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var means: EngineOptions

    func run() async throws {
        let folder = global.place.directory ?? "."
        if let output {
            var outputs = OutputGuard.forRepositories(of: [folder, FileName.folder(of: output)])
            outputs.protect(data, in: folder, readBy: "this command")
            try outputs.check(output, as: .contract, force: force)
        }
        let engine = try StandaloneEngine.open(
            root: folder, limits: EngineLimits(memory: means.memory.bytes, threads: means.threads))
        let table = TableReference(rows: .files([data], try ContractFile.format(ofData: data)))
        var options = ContractProposal.Options(eventTime: eventTime)
        options.root = folder
        let proposal = try await ContractProposal.make(
            name: name ?? Self.name(of: data), table: table, engine: engine, now: now?.time ?? SystemClock.now(),
            options: options)
        let yaml = ContractWriter.yaml(proposal.document)
        guard let output else {
            Output.render(global.format, document: yaml, json: proposal.document)
            return
        }
        LeftoverFiles.sweep(beside: output)
        try AtomicFile.write(Array(yaml.utf8), to: output)
        Output.render(global.format, table: text(proposal, output), json: json(proposal, output))
    }

    /// The file's name without folders, globs and endings, as a name.
    static func name(of path: String) -> String {
        let parts = path.parts(by: "/")
        let last = parts.last { part in !part.contains("*") && !part.contains("?") } ?? "data"
        let stem = last.split(separator: ".").first.map(String.init) ?? last
        let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isLetter == true ? name : "data_" + name
    }

    private func text(_ proposal: ContractProposal.Proposal, _ output: String) -> String {
        var table = TextTable(headings: ["column", "rule", "", "evidence"])
        for item in proposal.evidence {
            table.rows.append([item.column ?? "-", item.check, item.outcome.rawValue, item.text])
        }
        // Ready to be pasted: a name is one word of a shell, and no option.
        func word(_ name: String) -> String {
            NextStep.shellWord(Medium.terminal.escaped(name.hasPrefix("-") ? "./" + name : name))
        }
        let file = word(output)
        return table.text + "\n\nwrote \(output): \(proposal.findings.count) promises, "
            + "\(proposal.findings.count { $0.verdict == .kept }) kept by all rows, none broken\n"
            + "next: tally contract lint \(file) && tally verify --contract \(file) --data \(word(data))\n"
    }

    private func json(_ proposal: ContractProposal.Proposal, _ output: String) -> JSON {
        let evidence = proposal.evidence.map { item in
            JSON.object([
                ("column", .optional(item.column)), ("check", .string(item.check)),
                ("outcome", .string(item.outcome.rawValue)), ("text", .string(item.text)),
            ])
        }
        return .object([
            ("output", .string(output)), ("evidence", .array(evidence)),
            ("heldOut", .array(proposal.heldOut.map(\.json))), ("findings", .array(proposal.findings.map(\.json))),
        ])
    }
}
