// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Release {
    /// The release as a registry stores it, and as its fingerprint is taken from.
    public var json: JSON {
        Self.json(service: service, fingerprints: fingerprints, columns: columns, parts: parts)
    }

    static func json(service: String, fingerprints: Fingerprints, columns: [Column], parts: [Part]) -> JSON {
        .object([
            ("service", .string(service)), ("fingerprints", fingerprints.json),
            ("columns", .array(columns.map(\.json))), ("parts", .array(parts.map(\.json))),
        ])
    }

    /// Reads what `json` writes; nil for anything else.
    public init?(json: JSON) {
        guard let service = json["service"]?.stringValue,
            let fingerprints = json["fingerprints"].flatMap({ Fingerprints(json: $0) }),
            let columns = json["columns"]?.arrayValue, let parts = json["parts"]?.arrayValue
        else { return nil }
        let readColumns = columns.compactMap { Column(json: $0) }
        let readParts = parts.compactMap { Part(json: $0) }
        guard readColumns.count == columns.count, readParts.count == parts.count else { return nil }
        self.init(service: service, fingerprints: fingerprints, columns: readColumns, parts: readParts)
    }
}

extension Release.Column {
    fileprivate var json: JSON {
        let origin: [(String, JSON)] =
            switch origin {
            case .feature(let view, let name): [("view", .string(view)), ("feature", .string(name))]
            case .expression: []
            }
        return .object([("name", .string(name)), ("type", .string(type.name))] + origin)
    }

    fileprivate init?(json: JSON) {
        guard let name = json["name"]?.stringValue,
            let type = json["type"]?.stringValue.flatMap({ DataType(name: $0) })
        else { return nil }
        let view = json["view"]?.stringValue
        let feature = json["feature"]?.stringValue
        switch (view, feature) {
        case (.some(let view), .some(let feature)):
            self.init(name: name, type: type, origin: .feature(view: view, name: feature))
        case (nil, nil): self.init(name: name, type: type, origin: .expression)
        case (.some, nil), (nil, .some): return nil
        }
    }
}

extension Release.Part {
    fileprivate var json: JSON {
        .object([
            ("kind", .string(kind.rawValue)), ("name", .string(name)), ("fingerprints", fingerprints.json),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap({ Kind(rawValue: $0) }),
            let name = json["name"]?.stringValue,
            let fingerprints = json["fingerprints"].flatMap({ Fingerprints(json: $0) })
        else { return nil }
        self.init(kind: kind, name: name, fingerprints: fingerprints)
    }
}
