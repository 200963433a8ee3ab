// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Makes a promise of a relationship: every combination of values occurs in another object.
struct RelationshipMapper {
    private let node: YAMLNode
    private let object: String
    private let property: String?
    private let index: SchemaIndex

    init(_ node: YAMLNode, of object: String, property: String? = nil, _ index: SchemaIndex) {
        self.node = node
        self.object = object
        self.property = property
        self.index = index
    }

    /// The promise.
    var draft: PromiseDraft {
        let columns = property.map { [$0] } ?? targets("from").map { $0.property ?? $0.object }
        let to = targets("to")
        let vendor = VendorProperties(of: node)
        var problems: [ReactionText.Problem] = []
        return PromiseDraft(
            id: node.string("id"), check: "reference",
            arguments: [
                "columns": .array(columns.map { .string($0) }), "object": .string(to.first?.object ?? ""),
                "properties": .array(to.map { .string($0.property ?? "") }),
            ], reaction: vendor["onViolation"].flatMap { ReactionText.read($0, &problems) },
            location: node.value("to")?.location ?? node.location)
    }

    private func targets(_ key: String) -> [SchemaIndex.Target] {
        guard let value = node.value(key) else { return [] }
        let texts = value.items.isEmpty ? [value.json.stringValue] : value.items.map(\.json.stringValue)
        return texts.compactMap { $0 }.map(index.target)
    }
}
