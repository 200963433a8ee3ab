// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension PlanNode {
    /// The node as a registry stores it.
    public var json: JSON {
        .object([
            ("kind", .string(id.kind.rawValue)), ("name", .string(id.name)), ("document", document),
            ("fingerprints", fingerprints.json),
            (
                "parts",
                .array(
                    parts.map { part in
                        .object([
                            ("kind", .string(part.kind.rawValue)), ("name", .string(part.name)),
                            ("fingerprints", part.fingerprints.json),
                        ])
                    })
            ),
            ("references", .array(references.map(\.json))),
        ])
    }

    /// Reads what `json` writes; nil for anything else.
    public init?(json: JSON) {
        guard let id = DefinitionID(json: json), let document = json["document"],
            let fingerprints = json["fingerprints"].flatMap({ Fingerprints(json: $0) }),
            let parts = json["parts"]?.arrayValue, let references = json["references"]?.arrayValue
        else { return nil }
        let readParts = parts.compactMap { Part(json: $0) }
        let readReferences = references.compactMap { DefinitionID(json: $0) }
        guard readParts.count == parts.count, readReferences.count == references.count else { return nil }
        self.init(
            id: id, document: document, fingerprints: fingerprints, parts: readParts, references: readReferences)
    }
}

extension PlanNode.Part {
    fileprivate init?(json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap({ Kind(rawValue: $0) }),
            let name = json["name"]?.stringValue,
            let fingerprints = json["fingerprints"].flatMap({ Fingerprints(json: $0) })
        else { return nil }
        self.init(kind: kind, name: name, fingerprints: fingerprints)
    }
}

extension DefinitionID {
    /// An object of kind and name.
    public var json: JSON { .object([("kind", .string(kind.rawValue)), ("name", .string(name))]) }

    /// Reads the members `kind` and `name` of an object; nil when they are missing or wrong.
    public init?(json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap({ Definition.Kind(rawValue: $0) }),
            let name = json["name"]?.stringValue
        else { return nil }
        self.init(kind, name)
    }
}
