// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel

/// `tally contract …`: contract files alone.
struct ContractCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Lint, compare, propose and write contracts of the Open Data Contract Standard.",
        subcommands: [ContractLint.self, ContractDiff.self, ContractImport.self, ContractExport.self])
}

/// `tally contract lint`: every problem of contract files, without data.
struct ContractLint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Judge contract files by the standard and by what contradicts itself; needs no data.",
        discussion: """
            A folder stands for the contracts in it and in its folders: *.odcs.yaml, *.odcs.yml and *.odcs.json.

            Example: tally contract lint contracts --format github
            """)

    @OptionGroup var report: ReportOptions

    @Argument(help: "Contract files, and folders of them.")
    var paths: [String]

    func run() async throws {
        let folder = report.place.directory ?? "."
        var files: [String] = []
        for path in paths { files += try ContractFile.paths(path, in: folder) }
        var loaded: [LoadedContract] = []
        for file in files { loaded.append(try ContractFile.load(file, in: folder)) }
        let diagnostics = loaded.flatMap(\.diagnostics)
        let groups = zip(files, loaded).map { path, contract in
            let items = contract.diagnostics.map { ReportItem($0) }
            return ReportGroup(name: path, items: items.isEmpty ? [Self.passed(path)] : items)
        }
        var text = DiagnosticRenderer.text(
            diagnostics, sources: loaded.flatMap(\.files), color: Terminal.hasColor)
        if diagnostics.isEmpty {
            let promises = loaded.reduce(0) { $0 + ($1.contract?.objects.reduce(0) { $0 + $1.promises.count } ?? 0) }
            text =
                "\(files.count) \(files.count == 1 ? "contract" : "contracts") with \(promises) promises: no problems\n"
        }
        try report.render(
            groups, table: text, json: .object([("diagnostics", DiagnosticRenderer.json(diagnostics))]))
        // What cannot be read is no broken contract: nothing is known of it.
        if diagnostics.contains(where: \.isUnreadable) { throw ExitStatus.failed }
        try report.end(
            isBroken: loaded.contains { $0.hasErrors || $0.contract == nil },
            hasWarnings: diagnostics.contains { $0.severity == .warning }, isUnproven: false)
    }

    private static func passed(_ path: String) -> ReportItem {
        ReportItem(
            rule: "lint", ruleSummary: "a contract file has no problems", id: path, subject: path, outcome: .passed,
            message: "no problems", location: SourceLocation(file: path, line: 1, column: 1))
    }
}
