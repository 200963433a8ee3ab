// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally show`: one definition with its fingerprints, its users and its versions.
struct RepositoryShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a definition: what it promises, its fingerprints, who uses it, its versions.",
        discussion: "Example: tally show origin_weather")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The name of an entity, source, view, transform or service; `view:NAME` when it is not unique.")
    var name: String

    func run() async throws {
        let catalogue = try await global.store().catalogue()
        var shown: [ShownDefinition] = []
        for node in try nodes(in: catalogue.graph) {
            shown.append(
                ShownDefinition(
                    node: node, users: catalogue.graph.dependents(of: node.id),
                    versions: try await catalogue.versions(of: node.id),
                    location: catalogue.repository.positions.location(node.id.kind, node.id.name, [])))
        }
        Output.render(
            global.format, table: shown.map(\.text).joined(separator: "\n\n"), json: .array(shown.map(\.json)))
    }

    private func nodes(in graph: FingerprintGraph) throws(TallyError) -> [PlanNode] {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        let found = graph.nodes.filter { node in
            parts.count == 2 ? node.id.kind.word == parts[0] && node.id.name == parts[1] : node.id.name == name
        }
        guard !found.isEmpty else {
            throw TallyError(
                .notFound, "there is no definition '\(name)'",
                help: nearestName(to: name, among: graph.nodes.map(\.id.name)).map { "did you mean '\($0)'?" }
                    ?? "`tally list` shows all of them")
        }
        return found
    }
}

/// A definition with all that is known about it.
private struct ShownDefinition {
    let node: PlanNode
    let users: [DefinitionID]
    let versions: [DefinitionVersion]
    let location: SourceLocation?

    var text: String {
        var lines = ["\(node.id)" + (location.map { "  (\($0.file):\($0.line))" } ?? "")]
        lines += YAMLText.lines(node.document).map { "  " + $0 }
        lines.append("fingerprints")
        lines += [
            "  storage \(node.fingerprints.storage)", "  value   \(node.fingerprints.value)",
            "  promise \(node.fingerprints.promise)",
        ]
        lines.append("used by " + (users.isEmpty ? "nothing" : users.map(\.description).joined(separator: ", ")))
        guard !versions.isEmpty else { return Output.text(lines + ["not applied yet"]) }
        for version in versions.reversed() {
            lines.append(
                "version \(version.stamp.version): \(version.node == nil ? "removed" : "applied") "
                    + "\(version.stamp.appliedAt) by \(version.stamp.appliedBy), generation \(version.stamp.generation)"
            )
        }
        return Output.text(lines)
    }

    var json: JSON {
        .object([
            ("kind", .string(node.id.kind.word)), ("name", .string(node.id.name)), ("document", node.document),
            ("fingerprints", node.fingerprints.json), ("usedBy", .array(users.map { .string($0.description) })),
            (
                "versions",
                .array(
                    versions.map { version in
                        .object([
                            ("version", .int(Int64(version.stamp.version))),
                            ("appliedAt", .string(version.stamp.appliedAt.description)),
                            ("appliedBy", .string(version.stamp.appliedBy)),
                            ("removed", .bool(version.node == nil)),
                        ])
                    })
            ),
        ])
    }
}

/// A JSON value as indented text without braces, for people.
enum YAMLText {
    /// One line for each scalar; objects and lists of objects are indented.
    static func lines(_ value: JSON) -> [String] {
        switch value {
        case .members(let members): members.flatMap { entry($0.name, $0.value) }
        case .array(let elements):
            elements.flatMap { element -> [String] in
                let inner = lines(element)
                return inner.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
            }
        case .null, .bool, .int, .double, .string: [scalar(value)]
        }
    }

    private static func entry(_ name: String, _ value: JSON) -> [String] {
        switch value {
        case .null: []
        case .members(let members) where members.isEmpty: []
        case .array(let elements) where elements.isEmpty: []
        case .members, .array: [name + ":"] + lines(value).map { "  " + $0 }
        case .bool, .int, .double, .string: [name + ": " + scalar(value)]
        }
    }

    private static func scalar(_ value: JSON) -> String { value.stringValue ?? value.compactText }
}
