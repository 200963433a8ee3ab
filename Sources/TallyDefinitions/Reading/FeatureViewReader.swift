// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads a document of kind `FeatureView`.
enum FeatureViewReader {
    /// The view; nil when its entities or its source could not be read.
    static func read(_ mapping: MappingReader, name: String) -> LocatedDefinition? {
        let annotation = mapping.annotation()
        if annotation.owner == nil, mapping.node.entry("owner") == nil {
            mapping.findings.warning(
                DefinitionCode.noOwner, "feature view '\(name)' has no owner",
                at: mapping.node.value("name")?.location ?? mapping.node.location,
                help: "add 'owner: ' and the person or team that promises it")
        }
        let life = mapping.optional("timeToLive").flatMap { node -> TimeSpan? in
            guard let span = mapping.duration(node, "timeToLive") else { return nil }
            guard span > .zero else {
                mapping.findings.error(
                    DefinitionCode.zeroDuration, "timeToLive '\(node.text ?? "")' lets every value expire at once",
                    at: node.location, help: "write a longer one, or delete the key for values that never expire")
                return nil
            }
            return span
        }
        let names = mapping.required("entities").flatMap { entities(mapping, $0) }
        let source = mapping.required("source").flatMap { mapping.text($0, "source") }
        let items =
            mapping.required("features", help: "add 'features:' with at least one item").flatMap {
                mapping.filledList($0, "features")
            } ?? []
        let features = FeatureReader.read(items, "features", .feature, of: name, mapping.findings)
        let promises =
            mapping.optional("promise").map { PromiseReader.view($0, of: name, mapping.findings) } ?? []
        guard let names, let source else { return nil }
        let view = FeatureView(
            name: name, entities: names.map(\.name), source: source, timeToLive: life, features: features.features,
            promises: promises, annotation: annotation)
        return LocatedDefinition(
            .featureView(view), node: mapping.node,
            parts: ["entities": names.map(\.node), "features": features.nodes], brokenFeatures: features.broken)
    }

    private static func entities(_ mapping: MappingReader, _ node: YAMLNode) -> [(name: String, node: YAMLNode)]? {
        guard let items = mapping.filledList(node, "entities") else { return nil }
        var result: [(name: String, node: YAMLNode)] = []
        for item in items {
            guard let name = mapping.text(item, "entities") else { continue }
            if let before = result.first(where: { $0.name == name }) {
                mapping.findings.error(
                    DefinitionCode.duplicateName, "'\(name)' stands twice in 'entities'", at: item.location,
                    note: "first written at \(before.node.location.spelled)", help: "delete one of the two")
                continue
            }
            result.append((name, item))
        }
        return result.isEmpty ? nil : result
    }
}
