// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads the `label` of a service.
enum LabelReader {
    /// A label with the nodes of its keys.
    typealias Found = (label: FeatureService.Label, keyNodes: [YAMLNode])

    /// The label; nil with a diagnostic when a part of it could not be read.
    static func read(_ mapping: MappingReader, _ node: YAMLNode) -> Found? {
        if case .sequence(let items) = node.content, !node.isRefused {
            mapping.findings.error(
                DefinitionCode.manyLabels,
                items.count > 1
                    ? "'label' lists \(items.count) labels; a service has one" : "'label' is a list, not a mapping",
                at: items.count > 1 ? items[1].location : node.location,
                help: items.count > 1
                    ? "make a service for each label"
                    : "write the label itself: 'label: {source: …, keys: […], column: …}'")
            return nil
        }
        guard let reader = MappingReader(node, .label, mapping.findings) else { return nil }
        let source = reader.required("source").flatMap { reader.text($0, "source") }
        let column = reader.required("column").flatMap { reader.text($0, "column") }
        let keys = reader.required("keys").flatMap { self.keys(reader, $0) }
        let maturity = reader.optional("maturity").flatMap { reader.duration($0, "maturity") } ?? .zero
        let unripe =
            reader.optional("unripe").flatMap { reader.choice($0, "unripe", of: FeatureService.Label.Unripe.self) }
            ?? .omit
        let alias = reader.optional("as").flatMap { reader.outputName($0, "as") }
        guard let source, let column, let keys else { return nil }
        let label = FeatureService.Label(
            source: source, keys: keys.compactMap(\.text), column: column, maturity: maturity, unripe: unripe,
            alias: alias)
        return (label, keys)
    }

    private static func keys(_ reader: MappingReader, _ node: YAMLNode) -> [YAMLNode]? {
        guard let items = reader.filledList(node, "keys") else { return nil }
        var keys: [YAMLNode] = []
        for item in items {
            guard let text = reader.text(item, "keys") else { continue }
            if let before = keys.first(where: { $0.text == text }) {
                reader.findings.error(
                    DefinitionCode.duplicateName, "'\(text)' stands twice in 'keys'", at: item.location,
                    note: "first written at \(before.location.spelled)", help: "delete one of the two")
                continue
            }
            keys.append(item)
        }
        return keys.isEmpty ? nil : keys
    }
}
