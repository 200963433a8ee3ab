// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel

/// `tally list`: every definition in a line.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List entities, sources, views and services.",
        discussion: "Example: tally list --format json")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let workspace = try Workspace(root: global.root())
        let rows = workspace.repository.definitions.map(\.definition)
            .sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
        var table = TextTable(headings: ["kind", "name", "owner", "what"])
        for definition in rows {
            table.rows.append(
                [
                    definition.kind.word, definition.name, definition.annotation.owner ?? "-",
                    definition.annotation.description ?? definition.gist,
                ])
        }
        Output.render(
            global.format, table: table.text,
            json: .array(
                rows.map { definition in
                    .object([
                        ("kind", .string(definition.kind.word)), ("name", .string(definition.name)),
                        ("owner", .optional(definition.annotation.owner)),
                        ("description", .optional(definition.annotation.description)),
                    ])
                }))
        if !workspace.repository.diagnostics.isEmpty {
            Terminal.writeError("some files have errors: see `tally check`")
            throw ExitStatus.broken
        }
    }
}

extension Definition {
    /// Owner, description and tags, whatever the kind.
    var annotation: Annotation {
        switch self {
        case .entity(let entity): entity.annotation
        case .source(let source): source.annotation
        case .featureView(let view): view.annotation
        case .featureService(let service): service.annotation
        }
    }

    /// What the definition holds, for one without a description.
    var gist: String {
        switch self {
        case .entity(let entity): "by " + entity.joinKeys.map(\.name).joined(separator: ", ")
        case .source(let source):
            switch source.location {
            case .files(let path, _): path
            case .query: "a query"
            }
        case .featureView(let view): "\(view.features.count) features from \(view.source)"
        case .featureService(let service): service.selections.map(\.view).joined(separator: ", ")
        }
    }
}
