// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The position of each definition and of each of its keys, for plans and errors that name a definition.
public struct PositionIndex: Sendable {
    /// The subject that has positions.
    enum Subject: Sendable, Hashable {
        case project
        case definition(Definition.Kind, String)
    }

    private let roots: [Subject: YAMLNode]
    private let texts: [String: SourceText]

    init(_ roots: [Subject: YAMLNode], texts: [String: SourceText]) {
        self.roots = roots
        self.texts = texts
    }

    /// The place of a definition's name, or of the value at a path of keys inside it; nil when that is not written.
    ///
    /// A path looks like `["features", "wind_speed", "type"]`: keys, and items of lists by their name (the view's name in
    /// a service), else by their index. Lists and mappings are placed at their key, items of lists at their name.
    public func location(_ kind: Definition.Kind, _ name: String, _ path: [String] = []) -> SourceLocation? {
        roots[.definition(kind, name)].flatMap { Self.location(in: $0, path[...]) }
    }

    /// The place of a key of `tally.yaml`, such as `["stores", "registry"]`; nil when it is not written.
    public func projectLocation(_ path: [String] = []) -> SourceLocation? {
        roots[.project].flatMap { Self.location(in: $0, path[...]) }
    }

    /// The text of the line a place is in; nil for a file or line that was not read.
    public func sourceLine(_ location: SourceLocation) -> String? {
        guard let text = texts[location.file], text.lines.indices.contains(location.line - 1) else { return nil }
        return text.text(location.line - 1)
    }

    private static func location(in node: YAMLNode, _ path: ArraySlice<String>) -> SourceLocation? {
        guard let step = path.first else { return node.value("name")?.location ?? node.location }
        let rest = path.dropFirst()
        switch node.content {
        case .scalar:
            return nil
        case .mapping:
            guard let entry = node.entry(step) else { return nil }
            if rest.isEmpty, entry.value.text == nil { return entry.key.location }
            return location(in: entry.value, rest)
        case .sequence(let items):
            let item =
                items.first { itemName($0) == step }
                ?? Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
            guard let item else { return nil }
            // In `{view: [features]}` the view's name is the key: the path goes on behind it.
            guard item.value("name") == nil, let only = item.entries.first, item.entries.count == 1 else {
                return location(in: item, rest)
            }
            return rest.isEmpty ? only.key.location : location(in: only.value, rest)
        }
    }

    private static func itemName(_ item: YAMLNode) -> String? {
        if let name = item.text ?? item.value("name")?.text { return name }
        return item.entries.count == 1 ? item.entries.first?.key.text : nil
    }
}
