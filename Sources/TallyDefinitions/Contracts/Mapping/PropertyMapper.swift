// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyReading

/// Makes a column of a property, and the promises about it.
struct PropertyMapper {
    let node: YAMLNode
    let name: String
    private let type: String?
    private let options: YAMLNode?
    private let vendor: VendorProperties

    /// Reads a property; what a list or a map holds has no name of its own.
    init(_ node: YAMLNode, name: String? = nil) {
        self.node = node
        self.name = name ?? node.string("name") ?? ""
        type = node.string("logicalType")
        options = node.value("logicalTypeOptions")
        vendor = VendorProperties(of: node)
    }

    /// Whether it belongs to the primary key.
    var isKey: Bool { node.isTrue("primaryKey") }

    /// The column.
    var column: Contract.Column {
        Contract.Column(
            name: name, physicalName: node.string("physicalName"), logicalType: type,
            physicalType: node.string("physicalType"), isRequired: isKey || node.isTrue("required"),
            isDeprecated: node.isTrue("deprecated"), meaning: Meaning.ofProperty(node, vendor),
            location: node.value("name")?.location ?? node.location)
    }

    /// Returns the promises about the column in a fixed order, then its quality rules.
    func promises() -> [PromiseDraft] {
        var promises = typePromises() + valuePromises() + structurePromises()
        if node.isTrue("unique") {
            promises.append(draft("unique", ["columns": .array([.string(name)])], at: node.value("unique")))
        }
        let reaction = vendor["onViolation"].flatMap { node -> Reaction? in
            var problems: [ReactionText.Problem] = []
            return ReactionText.read(node, &problems)
        }
        promises += node.list("quality").map { QualityMapper($0, column: name).draft }
        for index in promises.indices where promises[index].reaction == nil { promises[index].reaction = reaction }
        return promises
    }

    private func draft(_ check: String, _ arguments: [String: JSON] = [:], at place: YAMLNode?) -> PromiseDraft {
        PromiseDraft(
            column: name, check: check, arguments: arguments,
            location: place?.location ?? node.value("name")?.location ?? node.location)
    }

    private func typePromises() -> [PromiseDraft] {
        var promises = [draft("present", at: node.value("name"))]
        if let type { promises.append(draft("logicalType", ["type": .string(type)], at: node.value("logicalType"))) }
        if let physical = node.string("physicalType") {
            promises.append(draft("physicalType", ["type": .string(physical)], at: node.value("physicalType")))
        }
        if type == "integer" || type == "number", let format = options?.json("format") {
            promises.append(draft("numberFormat", ["format": format], at: options?.value("format")))
        }
        if node.isTrue("required") || isKey {
            promises.append(
                draft("required", at: node.isTrue("required") ? node.value("required") : node.value("primaryKey")))
        }
        if type == "number" || type == "vector" {
            let nan = vendor.string("nanPolicy") ?? "reject"
            let infinity = vendor.string("infPolicy") ?? "reject"
            if nan != "allow" || infinity != "allow" {
                promises.append(
                    draft(
                        "finite", ["nan": .string(nan), "infinity": .string(infinity)],
                        at: vendor["nanPolicy"] ?? vendor["infPolicy"] ?? node.value("logicalType")))
            }
        }
        return promises
    }

    private func valuePromises() -> [PromiseDraft] {
        var promises: [PromiseDraft] = []
        let bounds = self.bounds
        if let first = bounds.first {
            promises.append(
                draft("range", Dictionary(uniqueKeysWithValues: bounds.map { ($0.name, $0.value) }), at: first.node))
        }
        if type == "integer" || type == "number", let step = options?.json("multipleOf") {
            promises.append(draft("multipleOf", ["value": step], at: options?.value("multipleOf")))
        }
        if type == "string" {
            promises += option("length", ["minLength": "minimum", "maxLength": "maximum"])
            promises += option("pattern", ["pattern": "pattern"]) + option("format", ["format": "format"])
        }
        if ["date", "timestamp", "time"].contains(type) {
            promises += timeFormat
            promises += option("timezone", ["timezone": "timezone", "defaultTimezone": "defaultTimezone"])
        }
        if type == "array" {
            promises += option("items", ["minItems": "minimum", "maxItems": "maximum", "uniqueItems": "unique"])
        }
        if type == "object" || type == "map" {
            promises += option(
                "properties", ["minProperties": "minimum", "maxProperties": "maximum", "required": "required"])
        }
        return promises
    }

    /// The form of times; an unsupported form becomes a promise that reports so, and no form is inferred.
    private var timeFormat: [PromiseDraft] {
        guard let format = options?.json("format") else { return [] }
        var arguments = ["format": format]
        if type != "time", format.stringValue.flatMap(TimePattern.init) == nil {
            arguments["isUnderstood"] = .bool(false)
        }
        return [draft("timeFormat", arguments, at: options?.value("format"))]
    }

    /// One promise of some options under other names; none when no option is written.
    private func option(_ check: String, _ names: KeyValuePairs<String, String>) -> [PromiseDraft] {
        var arguments: [String: JSON] = [:]
        var place: YAMLNode?
        for (option, argument) in names {
            guard let value = options?.json(option) else { continue }
            arguments[argument] = value
            place = place ?? options?.value(option)
        }
        return arguments.isEmpty ? [] : [draft(check, arguments, at: place)]
    }

    /// The bounds in force: in 3.0 an exclusive bound is a flag on the other one.
    var bounds: [(name: String, value: JSON, node: YAMLNode)] {
        guard let options, ["integer", "number", "date", "timestamp", "time"].contains(type) else { return [] }
        var bounds: [(name: String, value: JSON, node: YAMLNode)] = []
        for (name, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            let isExclusive = options.isTrue(exclusive)
            if let node = options.value(name), let value = options.json(name) {
                bounds.append((isExclusive ? exclusive : name, value, node))
            }
            if let node = options.value(exclusive), let value = options.json(exclusive), value.boolValue == nil {
                bounds.append((exclusive, value, node))
            }
        }
        return bounds
    }

    private func structurePromises() -> [PromiseDraft] {
        var promises: [PromiseDraft] = []
        let values = node.list("enum").compactMap { $0.value("value")?.json }
        if !values.isEmpty { promises.append(draft("enum", ["values": .array(values)], at: node.entry("enum")?.key)) }
        if type == "vector", let dimensions = options?.json("dimensions") {
            let arguments: [String: JSON] = [
                "dimensions": dimensions, "elementType": options?.json("elementType") ?? .string("float32"),
                "normalized": options?.json("normalized") ?? .bool(false),
            ]
            promises.append(draft("vector", arguments, at: options?.value("dimensions")))
        }
        // What stands inside a value is promised too, and told as not executed rather than passed over.
        if let place = ["properties", "items", "map"].lazy.compactMap({ node.entry($0)?.key }).first {
            let inside = parts
            if !inside.isEmpty { promises.append(draft("nested", ["parts": .array(inside)], at: place)) }
        }
        return promises
    }

    /// The parts of a value: the fields of an object, `items` of a list, `key` and `value` of a map.
    private var parts: [JSON] {
        var parts = node.list("properties").map { PropertyMapper($0).part }
        if let items = node.value("items") { parts.append(PropertyMapper(items, name: "items").part) }
        for end in ["key", "value"] {
            if let held = node.value("map")?.value(end) { parts.append(PropertyMapper(held, name: end).part) }
        }
        return parts
    }

    /// A part of a value as a column with its promises, without anything that is there for people.
    private var part: JSON {
        let column = column
        var members: [(String, JSON)] = [("name", .string(name))]
        let texts = [
            ("physicalName", column.physicalName), ("logicalType", column.logicalType),
            ("physicalType", column.physicalType),
        ]
        members += texts.compactMap { key, text in text.map { (key, .string($0)) } }
        if column.isRequired { members.append(("required", .bool(true))) }
        if column.isDeprecated { members.append(("deprecated", .bool(true))) }
        if !column.meaning.isEmpty { members.append(("meaning", .sorted(column.meaning))) }
        let promises = promises().map { promise in
            var members: [(String, JSON)] = [("check", .string(promise.check))]
            if !promise.arguments.isEmpty { members.append(("arguments", .sorted(promise.arguments))) }
            if promise.severity != .error { members.append(("severity", .string(promise.severity.rawValue))) }
            return JSON.object(members)
        }
        return .object(members + [("promises", .array(promises))])
    }
}

extension JSON {
    /// Returns an object whose members are in the order of their names.
    fileprivate static func sorted(_ members: [String: JSON]) -> JSON {
        .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
