// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The required and allowed keys of each mapping of a contract, by version of the standard.
///
/// Written from the published JSON Schemas of versions 3.0.2, 3.1.0 and 3.2.0; a test holds it against them.
struct ContractTable: Sendable {
    let standard: ContractStandard

    typealias Keys = [(name: String, shape: ContractShape)]

    /// The keys of a mapping; some depend on what else is written in it.
    func rule(_ part: ContractPart, _ written: JSON) -> ContractRule {
        switch part {
        case .root: root
        case .server: server(written)
        case .object: object
        case .property: property(written, isItem: false)
        case .item: property(written, isItem: true)
        case .options(let type): options(type)
        case .relationship(let isOfProperty): relationship(isOfProperty: isOfProperty)
        case .quality: quality(written)
        case .description, .context, .statement, .constraint, .map, .enumValue, .synonym, .definition, .support,
            .price, .team, .member, .role, .serviceLevel, .customProperty:
            small(part)
        }
    }

    /// Keys that exist since a version; none before it.
    func since(_ version: ContractStandard, _ keys: Keys) -> Keys { standard >= version ? keys : [] }

    /// `id`, which most mappings have since 3.1.
    var id: Keys { since(.v31, [("id", .form(.identifier(standard)))]) }

    static let definitions = ContractShape.list(.part(.definition))
    static let custom = ContractShape.list(.part(.customProperty))

    private var root: ContractRule {
        let team = ContractShape.list(.part(.member))
        var required = ["version", "apiVersion", "kind", "id"]
        if standard < .v32 { required.append("status") }
        let keys: Keys = [
            ("version", .text), ("apiVersion", .text), ("kind", .word(["DataContract"])), ("id", .text),
            ("name", .text), ("tenant", .text), ("tags", .texts), ("status", .text),
            ("servers", .list(.part(.server))), ("dataProduct", .text), ("description", .part(.description)),
            ("domain", .text), ("schema", .list(.part(.object))), ("support", .list(.part(.support))),
            ("price", .part(.price)), ("team", standard == .v30 ? team : .either([.part(.team), team])),
            ("roles", .list(.part(.role))), ("slaDefaultElement", .text),
            ("slaProperties", .list(.part(.serviceLevel))), ("authoritativeDefinitions", Self.definitions),
            ("customProperties", Self.custom), ("contractCreatedTs", .text),
        ]
        return ContractRule(
            subject: "a contract", keys: keys + since(.v32, [("context", .either([.text, .part(.context)]))]),
            required: required)
    }

    /// The keys that objects and properties share.
    var element: Keys {
        id + [
            ("name", .text), ("physicalType", .text), ("description", .text), ("businessName", .text),
            ("authoritativeDefinitions", Self.definitions), ("tags", .texts), ("customProperties", Self.custom),
        ] + since(.v32, [("deprecated", .truth), ("synonyms", .list(.part(.synonym)))])
    }

    private var object: ContractRule {
        let keys: Keys = [
            ("logicalType", .word(standard == .v30 ? ["object"] : ["object", "blob"])), ("physicalName", .text),
            ("dataGranularityDescription", .text), ("properties", .list(.part(.property))),
            ("quality", .list(.part(.quality))),
        ]
        return ContractRule(
            subject: "an object of the schema",
            keys: element + keys + since(.v31, [("relationships", .list(.part(.relationship(isOfProperty: false))))])
                + since(.v32, [("context", .either([.text, .part(.context)]))]),
            required: ["name"])
    }

    private func relationship(isOfProperty: Bool) -> ContractRule {
        let reference = ContractShape.form(.reference(standard))
        let one = ContractShape.either([reference, .list(reference, .init(atLeast: 1))])
        var keys: Keys = since(.v32, [("id", .text)]) + [("type", .word(["foreignKey"]))]
        if !isOfProperty { keys.append(("from", one)) }
        return ContractRule(
            subject: isOfProperty ? "a relationship of a property" : "a relationship of an object",
            keys: keys + [("to", one), ("customProperties", Self.custom)],
            required: isOfProperty ? ["to"] : ["from", "to"])
    }
}
