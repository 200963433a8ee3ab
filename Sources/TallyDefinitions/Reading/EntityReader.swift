// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads a document of kind `Entity`.
enum EntityReader {
    /// The entity; nil when it has no join key that can be read.
    static func read(_ mapping: MappingReader, name: String) -> LocatedDefinition? {
        let annotation = mapping.annotation()
        guard let keys = ColumnReader.columns(mapping, "joinKeys", .joinKey), !keys.columns.isEmpty else { return nil }
        for (column, node) in zip(keys.columns, keys.nodes) where !column.type.canBeKey {
            mapping.findings.error(
                DefinitionCode.keyType, "join key '\(column.name)' cannot be \(column.type)",
                at: node.value("type")?.location ?? node.location,
                note: "equal keys must have equal bytes, which floats and arrays do not promise",
                help: "use int64, or string for codes")
        }
        return LocatedDefinition(
            .entity(Entity(name: name, joinKeys: keys.columns, annotation: annotation)), node: mapping.node,
            parts: ["joinKeys": keys.nodes])
    }
}
