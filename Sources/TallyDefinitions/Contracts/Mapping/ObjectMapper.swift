// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Makes an object of a contract: its columns, its keys and its promises in the order of the document.
struct ObjectMapper {
    private let node: YAMLNode
    private let name: String
    private let vendor: VendorProperties
    private let index: SchemaIndex

    init(_ node: YAMLNode, _ index: SchemaIndex) {
        self.node = node
        self.index = index
        name = node.string("name") ?? ""
        vendor = VendorProperties(of: node)
    }

    /// The object with all promises but those of service levels.
    func draft() -> ObjectDraft {
        let properties = node.list("properties").map { PropertyMapper($0) }
        let primary = Self.keys(properties)
        var draft = ObjectDraft(
            node: node, name: name, columns: properties.map(\.column),
            keys: primary.isEmpty ? entityKeys(properties) : primary,
            eventTime: vendor.string("eventTime"), knownTime: vendor.string("createdTime"),
            meaning: Meaning.ofObject(vendor))
        for property in properties { draft.promises += property.promises() }
        draft.promises += tablePromises(primary)
        for relationship in node.list("relationships") {
            draft.promises.append(RelationshipMapper(relationship, of: name, index).draft)
        }
        for property in properties {
            for relationship in property.node.list("relationships") {
                draft.promises.append(
                    RelationshipMapper(relationship, of: name, property: property.name, index).draft)
            }
        }
        draft.promises += node.list("quality").map { QualityMapper($0, column: nil).draft }
        return draft
    }

    /// The names of the primary key's columns, by position, then as written.
    private static func keys(_ properties: [PropertyMapper]) -> [String] {
        let keys = properties.filter(\.isKey).enumerated().map { index, property in
            let position = property.node.json("primaryKeyPosition")?.numberValue ?? -1
            return (rank: position < 0 ? Double.infinity : position, index: index, name: property.name)
        }
        return keys.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.name)
    }

    /// The keys of the entities that the rows are about, of a table that keeps many rows of one: no promise that they differ.
    private func entityKeys(_ properties: [PropertyMapper]) -> [String] {
        let names = (vendor["entities"]?.json.arrayValue ?? []).flatMap { entity in
            (entity["keys"]?.arrayValue ?? []).compactMap(\.stringValue)
        }
        return properties.map(\.name).filter(names.contains)
    }

    private func tablePromises(_ keys: [String]) -> [PromiseDraft] {
        var promises: [PromiseDraft] = []
        let place = node.value("name")?.location ?? node.location
        let extra = vendor.string("extraColumns") ?? "warn"
        if extra != "allow" {
            let at = vendor["extraColumns"]?.location ?? place
            promises.append(
                PromiseDraft(check: "undeclared", severity: extra == "reject" ? .error : .warning, location: at))
        }
        if !keys.isEmpty {
            let columns = JSON.array(keys.map { .string($0) })
            promises.append(PromiseDraft(check: "unique", arguments: ["columns": columns], location: place))
        }
        guard let event = vendor.string("eventTime"), let at = vendor["eventTime"]?.location else { return promises }
        let skew = vendor["maxFutureSkew"].flatMap { DurationText.microseconds($0.json) } ?? 0
        promises.append(
            PromiseDraft(
                check: "notInFuture", arguments: ["column": .string(event), "skew": .int(skew)], location: at))
        if let known = vendor.string("createdTime"), let at = vendor["createdTime"]?.location {
            promises.append(
                PromiseDraft(
                    check: "knownAfterEvent", arguments: ["event": .string(event), "known": .string(known)],
                    location: at))
        }
        return promises
    }
}

/// The properties that tell consumers what a table or column means beyond its promises: vendor properties and native
/// keys.
enum Meaning {
    static let objectNames = [
        "entities", "eventTime", "createdTime", "ttl", "labelDelay", "filter", "environments", "window", "slide",
        "aggregation", "transformHash", "transformVersion", "transformLogic",
    ]
    static let columnNames = [
        "unit", "currency", "window", "slide", "aggregation", "filter", "default", "onMissing", "environments",
        "transformHash", "transformVersion", "chunker", "chunkSize", "tokenizer", "labelDelay", "ttl",
    ]

    /// The meaning of an object.
    static func ofObject(_ vendor: VendorProperties) -> [String: JSON] {
        Dictionary(uniqueKeysWithValues: objectNames.compactMap { name in vendor[name].map { (name, $0.json) } })
    }

    /// The meaning of a property.
    static func ofProperty(_ node: YAMLNode, _ vendor: VendorProperties) -> [String: JSON] {
        var meaning: [String: JSON] = [:]
        for name in columnNames { meaning[name] = vendor[name]?.json }
        for name in ["transformLogic", "classification", "semanticType"] { meaning[name] = node.json(name) }
        for name in ["embeddingModel", "embeddingModelVersion", "distanceMetric", "normalized"] {
            meaning[name] = node.value("logicalTypeOptions")?.json(name)
        }
        return meaning
    }
}
