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
        let request = mapping.optional("request").map { Self.request(mapping, $0) } ?? Inputs()
        let items = mapping.optional("onDemand").flatMap { mapping.list($0, "onDemand") } ?? []
        let onDemand = FeatureReader.read(items, "onDemand", .onDemand, of: name, mapping.findings)
        let label = mapping.optional("label").flatMap { LabelReader.read(mapping, $0) }
        guard let selections else { return nil }
        let service = FeatureService(
            name: name, selections: selections.selections, request: request.columns, onDemand: onDemand.features,
            label: label?.label, annotation: annotation)
        var parts = selections.parts
        parts["request"] = request.nodes
        parts["onDemand"] = onDemand.nodes
        parts["keys"] = label?.keyNodes ?? []
        let broken = onDemand.broken.union(request.broken)
        return LocatedDefinition(.featureService(service), node: mapping.node, parts: parts, brokenFeatures: broken)
    }

    /// Request inputs with the node of each, and the names of those that could not be read.
    private struct Inputs {
        var columns: [ColumnSchema] = []
        var nodes: [YAMLNode] = []
        var broken: Set<String> = []
    }

    /// The inputs of a request: names with types, in order.
    private static func request(
        _ mapping: MappingReader, _ node: YAMLNode
    ) -> Inputs {
        var inputs = Inputs()
        guard !node.isRefused else { return inputs }
        guard case .mapping(let entries) = node.content else {
            mapping.findings.error(
                DefinitionCode.wrongShape, "'request' is \(node.shape), not a mapping", at: node.location,
                note: "expected names with types", help: "write 'request: {distance: float64}'")
            return inputs
        }
        for entry in entries {
            guard let name = mapping.text(entry.key, "request") else { continue }
            // A key written twice was reported when the mapping was read.
            guard !inputs.columns.contains(where: { $0.name == name }) else { continue }
            if entry.value.isAbsent {
                mapping.findings.error(
                    DefinitionCode.noValue, "request input '\(name)' has no type", at: entry.key.location,
                    help: "write '\(name): float64'")
            } else if ReservedName.all.contains(name) {
                mapping.findings.error(
                    DefinitionCode.reservedName, "'\(name)' is reserved", at: entry.key.location,
                    note: ReservedName.use(of: name), help: "choose another name")
            } else if let type = mapping.type(entry.value, name) {
                inputs.columns.append(ColumnSchema(name: name, type: type))
                inputs.nodes.append(entry.key)
                continue
            }
            inputs.broken.insert(name)
        }
        return inputs
    }
}
