// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel

/// `tally list`: every definition in a line.
struct RepositoryList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List entities, sources, views, transforms and services.",
        discussion: "Example: tally list views --format json")

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "Only this kind: entities, sources, views, transforms or services; all when left out.",
        transform: ListedKind.read)
    var kind: ListedKind?

    func run() async throws {
        let repository = try global.store().written()
        let rows = repository.listed(kind?.kind)
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
            json: repository.json(of: kind?.kind))
        if !repository.diagnostics.isEmpty {
            Terminal.note("some files have errors: see `tally check`")
            throw ExitStatus.broken
        }
    }
}

/// A kind of definitions as people write it: `views`, `view`, `FeatureView`, `feature-views`.
struct ListedKind {
    let kind: Definition.Kind

    /// Reads a kind, of one or of many, in any case.
    static func read(_ text: String) throws -> ListedKind {
        let plain = String(text.lowercased().filter { $0 != "-" && $0 != "_" })
        let short = plain.hasPrefix("feature") ? String(plain.dropFirst("feature".count)) : plain
        if let kind = names[short] { return ListedKind(kind: kind) }
        let plurals = names.keys.filter { $0.hasSuffix("s") }.sorted()
        throw BadValue(
            message: "there is no kind '\(text)'",
            help: nearestName(to: short, among: plurals).map { "did you mean '\($0)'?" }
                ?? "write one of \(plurals.joined(separator: ", "))")
    }

    private static let names: [String: Definition.Kind] = [
        "entity": .entity, "entities": .entity, "source": .source, "sources": .source, "view": .featureView,
        "views": .featureView, "transform": .pythonTransform, "transforms": .pythonTransform,
        "service": .featureService, "services": .featureService,
    ]
}

extension Definition {
    /// The main fact of a definition, for one without a description.
    var gist: String {
        switch self {
        case .entity(let entity): "by " + entity.joinKeys.map(\.name).joined(separator: ", ")
        case .source(let source):
            switch source.location {
            case .files(let path, _): path
            case .query: "a query"
            }
        case .featureView(let view): "\(view.features.count) features from \(view.source)"
        case .pythonTransform(let transform): "\(transform.outputs.count) features from \(transform.source)"
        case .featureService(let service): service.selections.map(\.view).joined(separator: ", ")
        }
    }
}
