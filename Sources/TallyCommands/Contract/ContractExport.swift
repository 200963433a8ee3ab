// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyContracts
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally contract export`: a view, or an older contract, in the newest version of the standard.
struct ContractExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a feature view, or a contract file, in version 3.2.0 of the standard.",
        discussion: """
            Examples:
              tally contract export origin_weather -o origin_weather.odcs.yaml
              tally contract export old.odcs.yaml
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A feature view, a source with a contract, or a contract file.")
    var subject: String

    @Option(
        name: [.customShort("o"), .customLong("output")], help: "The file to write; standard output when left out.")
    var output: String?

    @Flag(help: "Replace a file that is there; never one that is read, but for a contract.")
    var force = false

    func run() async throws {
        if let output {
            let folders = [global.place.directory ?? ".", FileName.folder(of: output)]
            try OutputGuard.forRepositories(of: folders).check(output, as: .contract, force: force)
        }
        let document = try await document()
        let yaml = ContractWriter.yaml(document)
        guard let output else {
            Output.render(global.format, document: yaml, json: document)
            return
        }
        LeftoverFiles.sweep(beside: output)
        try AtomicFile.write(Array(yaml.utf8), to: output)
        Output.render(global.format, table: "wrote \(output)\n", json: .object([("output", .string(output))]))
    }

    private func document() async throws -> JSON {
        let folder = global.place.directory ?? "."
        let isFile = [".yaml", ".yml", ".json"].contains { subject.hasSuffix($0) }
        if isFile { return ContractUpgrade.toLatest(try ContractFile.read(subject, in: folder).document) }
        return try await global.store().contractDocument(of: subject)
    }
}
