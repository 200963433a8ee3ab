// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads a document of kind `FeatureService`.
enum FeatureServiceReader {
    /// The service; nil when its list of features could not be read.
    static func read(_ mapping: MappingReader, name: String) -> LocatedDefinition? {
        let annotation = mapping.annotation()
        let selections = mapping.required("features", help: "add 'features: [a_view]'").flatMap {
            SelectionReader.read(mapping, $0)
        }
        let request = mapping.optional("request").map { TypedNames.read(mapping, $0, "request") } ?? TypedNames()
        let items = mapping.optional("onDemand").flatMap { mapping.list($0, "onDemand") } ?? []
        let onDemand = FeatureReader.read(items, "onDemand", .onDemand, of: name, mapping.findings)
        let transforms = Self.transforms(mapping)
        let label = mapping.optional("label").flatMap { LabelReader.read(mapping, $0) }
        guard let selections else { return nil }
        let service = FeatureService(
            name: name, selections: selections.selections, request: request.columns, onDemand: onDemand.features,
            transforms: transforms.names, label: label?.label, annotation: annotation)
        var parts = selections.parts
        parts["request"] = request.nodes
        parts["onDemand"] = onDemand.nodes
        parts["transforms"] = transforms.nodes
        parts["keys"] = label?.keyNodes ?? []
        let broken = onDemand.broken.union(request.broken)
        return LocatedDefinition(.featureService(service), node: mapping.node, parts: parts, brokenFeatures: broken)
    }

    /// The names of the service's functions in Python, each once.
    private static func transforms(_ mapping: MappingReader) -> (names: [String], nodes: [YAMLNode]) {
        let items = mapping.optional("transforms").flatMap { mapping.filledList($0, "transforms") } ?? []
        var names: [String] = []
        var nodes: [YAMLNode] = []
        for item in items {
            guard let name = mapping.text(item, "transforms") else { continue }
            if let before = names.firstIndex(of: name) {
                mapping.findings.error(
                    DefinitionCode.duplicateName, "'\(name)' stands twice in 'transforms'", at: item.location,
                    note: "first written at \(nodes[before].location.spelled)", help: "delete one of the two")
                continue
            }
            names.append(name)
            nodes.append(item)
        }
        return (names, nodes)
    }
}
