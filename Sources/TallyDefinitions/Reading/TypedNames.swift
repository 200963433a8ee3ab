// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Names with types, in order: the inputs of a request, and what a function in Python takes and gives.
struct TypedNames {
    var columns: [ColumnSchema] = []
    /// The node of each name.
    var nodes: [YAMLNode] = []
    /// The names that could not be read.
    var broken: Set<String> = []

    /// Reads a mapping of names to types; one that is `allowed` may stand though it is reserved.
    static func read(
        _ mapping: MappingReader, _ node: YAMLNode, _ key: String, allowing allowed: String? = nil
    ) -> TypedNames {
        var inputs = TypedNames()
        guard !node.isRefused else { return inputs }
        guard case .mapping(let entries) = node.content else {
            mapping.findings.error(
                DefinitionCode.wrongShape, "'\(key)' is \(node.shape), not a mapping", at: node.location,
                note: "expected names with types", help: "write '\(key): {distance: float64}'")
            return inputs
        }
        for entry in entries {
            guard let name = mapping.text(entry.key, key) else { continue }
            // A key written twice was reported when the mapping was read.
            guard !inputs.columns.contains(where: { $0.name == name }) else { continue }
            if entry.value.isAbsent {
                let what = key == "request" ? "request input" : "'\(key)':"
                mapping.findings.error(
                    DefinitionCode.noValue, "\(what) '\(name)' has no type", at: entry.key.location,
                    help: "write '\(name): float64'")
            } else if ReservedName.all.contains(name), name != allowed {
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
