// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads the `features` of a service: `view`, or `{view: [feature, {name: feature, as: other}]}`.
enum SelectionReader {
    /// Selections with the node of each, and under `features/0` and so on the nodes of their items.
    struct Selections {
        var selections: [FeatureService.Selection] = []
        var parts: [String: [YAMLNode]] = [:]
    }

    /// Reads the list; nil with a diagnostic when there is none.
    static func read(_ mapping: MappingReader, _ node: YAMLNode) -> Selections? {
        guard let items = mapping.filledList(node, "features") else { return nil }
        var result = Selections()
        var first: [String: SourceLocation] = [:]
        for item in items {
            guard let (viewNode, list) = view(mapping, item), let view = mapping.text(viewNode, "features") else {
                continue
            }
            if let before = first[view] {
                mapping.findings.error(
                    DefinitionCode.duplicateName, "feature view '\(view)' is selected twice", at: viewNode.location,
                    note: "first selected at \(before.spelled)",
                    help: "select all its features in one place: '{\(view): [a, b]}'")
                continue
            }
            first[view] = viewNode.location
            let index = result.selections.count
            if let list {
                let selected = self.items(mapping, list, view)
                result.parts["features/\(index)"] = selected.map(\.node)
                result.selections.append(.init(view: view, items: selected.map(\.item)))
            } else {
                result.selections.append(.init(view: view))
            }
            result.parts["features", default: []].append(viewNode)
        }
        return result
    }

    /// The view of an item and the list of its features, if it has one.
    private static func view(_ mapping: MappingReader, _ item: YAMLNode) -> (YAMLNode, YAMLNode?)? {
        switch item.content {
        case .scalar:
            return (item, nil)
        case .sequence:
            mapping.findings.error(
                DefinitionCode.wrongShape, "a list stands where a feature view is expected", at: item.location,
                note: "expected a name, or a name with features", help: "write 'view' or '{view: [feature]}'")
            return nil
        case .mapping(let entries):
            guard let entry = entries.first, entries.count == 1 else {
                let names = entries.compactMap(\.key.text)
                let isLiteral = names.contains("view") || names.contains("name")
                mapping.findings.error(
                    DefinitionCode.wrongShape,
                    "an item of 'features' holds \(entries.count) keys, not one feature view",
                    at: item.location, note: "expected one feature view with its features",
                    help: isLiteral
                        ? "write the name of the view as the key: '{origin_weather: [wind_speed]}'"
                        : "make each view an item of its own")
                return nil
            }
            guard entry.key.text != nil else {
                _ = mapping.text(entry.key, "features")
                return nil
            }
            if entry.value.isAbsent {
                mapping.findings.error(
                    DefinitionCode.emptyList, "no feature of '\(entry.key.text ?? "")' is selected",
                    at: entry.key.location,
                    help: "list some, or write '\(entry.key.text ?? "")' alone for all of them")
                return nil
            }
            return (entry.key, entry.value)
        }
    }

    private static func items(
        _ mapping: MappingReader, _ list: YAMLNode, _ view: String
    ) -> [(item: FeatureService.Selection.Item, node: YAMLNode)] {
        guard let nodes = mapping.list(list, view) else { return [] }
        if list.items.isEmpty {
            mapping.findings.error(
                DefinitionCode.emptyList, "no feature of '\(view)' is selected", at: list.location,
                help: "list some, or write '\(view)' alone for all of them")
        }
        var result: [(item: FeatureService.Selection.Item, node: YAMLNode)] = []
        var seen: Set<[String?]> = []
        for node in nodes {
            guard let item = item(mapping, node) else { continue }
            if !seen.insert([item.feature, item.alias]).inserted {
                mapping.findings.error(
                    DefinitionCode.duplicateName, "'\(item.feature)' is selected twice", at: node.location,
                    help: "delete one of the two, or give one another name with 'as'")
                continue
            }
            result.append((item, node))
        }
        return result
    }

    private static func item(_ mapping: MappingReader, _ node: YAMLNode) -> FeatureService.Selection.Item? {
        if node.text != nil { return mapping.text(node, "features").map { .init(feature: $0) } }
        guard let reader = MappingReader(node, .selected, mapping.findings) else { return nil }
        let feature = reader.required("name").flatMap { reader.text($0, "name") }
        let alias = reader.optional("as").map { reader.outputName($0, "as") }
        guard let feature else { return nil }
        if case .some(.none) = alias { return nil }
        return .init(feature: feature, alias: alias ?? nil)
    }
}

extension MappingReader {
    /// A name in a training set: a name that is not reserved.
    func outputName(_ node: YAMLNode, _ key: String) -> String? {
        guard let name = name(node, key) else { return nil }
        guard ReservedName.all.contains(name) else { return name }
        findings.error(
            DefinitionCode.reservedName, "'\(name)' is reserved", at: node.location, note: ReservedName.use(of: name),
            help: "choose another name")
        return nil
    }
}
