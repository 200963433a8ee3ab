// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyModel
internal import TallyStore

/// The format in which a command that judges prints its result.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
    case junit
    case sarif
    case github
    case markdown
}

/// The condition under which a command that judges ends with status 1.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case error
    case warning
    case never
}

/// The options of commands that judge.
struct ReportOptions: ParsableArguments {
    @OptionGroup var place: PlaceOptions

    @Option(name: .long, help: "How to print: table, json, junit, sarif, github or markdown.")
    var format: ReportFormat = .table

    @Option(name: .customLong("fail-on"), help: "End with status 1 for: error, warning or never.")
    var failOn: FailOn = .error

    @Flag(name: .customLong("passes"), help: "List kept promises in SARIF too, where each result is an alert.")
    var listsPasses = false

    @Option(name: .customLong("summary"), help: "Append a Markdown summary to this file, as for a pipeline's page.")
    var summary: String?

    func validate() throws {
        if listsPasses, format != .sarif { throw ValidationError("--passes goes with --format sarif only") }
    }

    /// The repository's root.
    func root() throws(TallyError) -> String { try place.root() }

    /// Ends with the status of what was found.
    func end(isBroken: Bool, hasWarnings: Bool, isUnproven: Bool) throws {
        switch failOn {
        case .never: return
        case .error: if isBroken { throw ExitStatus.broken }
        case .warning: if isBroken || hasWarnings { throw ExitStatus.broken }
        }
        if isUnproven { throw ExitStatus.unproven }
    }
}

/// One part of a report: a table, a file.
struct ReportGroup {
    let name: String
    let items: [ReportItem]
    var coverage: Coverage?
}

extension ReportOptions {
    /// Prints groups of items in the format that was asked for; `table` and `json` are the command's own forms.
    ///
    /// `reading` are files that the command reads beside those of the repository: no summary goes over them.
    func render(
        _ groups: [ReportGroup], reading: [String] = [], table: @autoclosure () -> String,
        json: @autoclosure () -> JSON
    ) throws {
        let named = groups.map { (name: $0.name, items: $0.items) }
        let items = groups.flatMap(\.items)
        let summaries = groups.map { (name: $0.name, items: $0.items, coverage: $0.coverage) }
        switch format {
        case .table: Terminal.write(table(), isPainted: Terminal.hasColor)
        case .json: Terminal.write(json: json())
        case .junit: Terminal.write(document: JUnitReport.text(named))
        case .sarif:
            Terminal.write(json: SARIFReport.json(items, version: TallyVersion.current, passes: listsPasses))
        case .github:
            let commands = GitHubReport.text(items)
            if !commands.isEmpty { Terminal.write(document: commands) }
            for coverage in groups.compactMap(\.coverage) { Terminal.write(Output.text([coverage.text])) }
        case .markdown: Terminal.write(document: MarkdownReport.text(summaries))
        }
        guard let summary else { return }
        let folders = [place.directory ?? ".", FileName.folder(of: summary)]
        var outputs = OutputGuard.forRepositories(of: folders)
        for file in reading { outputs.protect(file, in: place.directory ?? ".", readBy: "this command") }
        try outputs.check(summary, as: .addition)
        let before = try AtomicFile.read(summary) ?? []
        try AtomicFile.write(before + Array(MarkdownReport.text(summaries).utf8), to: summary)
    }
}
