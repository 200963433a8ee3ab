// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A definition with the place it was read from.
///
/// When the file has mistakes, parts that could not be read are missing from it: then the reading has errors, and the
/// definition is good for further checks and for display only.
public struct LocatedDefinition: Sendable {
    /// The definition.
    public let definition: Definition
    /// The position of its name.
    public let location: SourceLocation

    /// The document.
    let node: YAMLNode
    /// The nodes of list members by the key of the list, one for each member of the definition's own list.
    let parts: [String: [YAMLNode]]
    /// Names of features that were written but could not be read.
    let brokenFeatures: Set<String>

    init(
        _ definition: Definition, node: YAMLNode, parts: [String: [YAMLNode]] = [:], brokenFeatures: Set<String> = []
    ) {
        self.definition = definition
        self.node = node
        self.parts = parts
        self.brokenFeatures = brokenFeatures
        location = node.value("name")?.location ?? node.location
    }

    /// Returns a source whose times are read by its contract; any other definition unchanged.
    func reading(as contracts: [String: LoadedContract]) -> LocatedDefinition {
        guard case .source(let source) = definition, let path = source.contract,
            let contract = contracts[path]?.contract
        else { return self }
        return LocatedDefinition(
            .source(source.reading(as: contract)), node: node, parts: parts, brokenFeatures: brokenFeatures)
    }

    /// Returns a function in Python with the digest of its file; any other definition unchanged.
    func reading(_ code: TransformCode) -> LocatedDefinition {
        guard case .pythonTransform(let transform) = definition else { return self }
        let digest = code.digest(of: transform, self)
        return LocatedDefinition(
            .pythonTransform(transform.reading(digest)), node: node, parts: parts, brokenFeatures: brokenFeatures)
    }

    /// The node of a member of a list.
    func part(_ key: String, _ index: Int) -> YAMLNode {
        guard let nodes = parts[key], nodes.indices.contains(index) else { return node.value(key) ?? node }
        return nodes[index]
    }

    /// The place of a value, or of the whole definition's name when the key is not written.
    func place(_ key: String) -> SourceLocation { node.value(key)?.location ?? location }
}

extension Definition.Kind {
    /// The kind in plain words, for messages.
    var word: String {
        switch self {
        case .entity: "entity"
        case .source: "source"
        case .featureView: "feature view"
        case .pythonTransform: "Python transform"
        case .featureService: "feature service"
        }
    }
}

/// The facts that are known about unreadable documents, so that references to them are not called wrong.
struct UnreadDefinitions: Sendable {
    /// Whether there is such a document.
    var isAny = false
    /// Names that their lines seem to define.
    var names: Set<String> = []

    /// Takes the names from the lines of a document.
    mutating func add(_ lines: ArraySlice<[Unicode.Scalar]>) {
        isAny = true
        for line in lines {
            let text = line.text.trimmed
            guard text.hasPrefix("name:") else { continue }
            names.insert(String(text.dropFirst("name:".count)).trimmed)
        }
    }
}

/// The name of a definition that was written, whether or not the rest of it could be read.
struct DeclaredName: Sendable {
    let kind: Definition.Kind
    let name: String
    let location: SourceLocation
}
