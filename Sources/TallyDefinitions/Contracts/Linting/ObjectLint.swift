// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Looks at an object of a contract: names, keys, references, rules.
struct ObjectLint {
    private let node: YAMLNode
    private let lint: ContractLinter
    private let name: String
    private let columns: [String]

    init(_ node: YAMLNode, _ lint: ContractLinter) {
        self.node = node
        self.lint = lint
        name = node.string("name") ?? ""
        columns = node.list("properties").compactMap { $0.string("name") }
    }

    /// Looks at everything in it.
    func run() {
        lint.checkNames(of: node.list("properties"), "a property")
        checkKeys()
        VendorLint(lint).checkObject(node)
        checkVendorReferences()
        for property in node.list("properties") {
            PropertyLint(property, lint).run()
            for relationship in property.list("relationships") { check(relationship, isOfProperty: true) }
            for rule in property.list("quality") { quality(rule, column: property) }
            var thresholds = ThresholdLint(lint)
            thresholds.check(
                property.list("quality"), required: property.isTrue("required") || property.isTrue("primaryKey"))
        }
        for relationship in node.list("relationships") { check(relationship, isOfProperty: false) }
        for rule in node.list("quality") { quality(rule, column: nil) }
        var thresholds = ThresholdLint(lint)
        thresholds.check(node.list("quality"), required: false)
    }

    private func quality(_ rule: YAMLNode, column: YAMLNode?) {
        QualityLint(rule, column: column, object: node, lint).run()
    }

    /// Positions of the primary key are 1, 2, 3.
    private func checkKeys() {
        let keys = node.list("properties").filter { $0.isTrue("primaryKey") }
        var first: [Double: SourceLocation] = [:]
        for property in node.list("properties") {
            guard let place = property.value("primaryKeyPosition"), let position = place.json.numberValue,
                position != -1
            else { continue }
            if !property.isTrue("primaryKey") {
                lint.findings.warning(
                    ContractCode.keyPosition, "a position in the primary key, and the property is not part of it",
                    at: place.location, help: "add 'primaryKey: true', or delete the position")
            } else if let before = first[position] {
                lint.findings.error(
                    ContractCode.keyPosition, "position \(place.text ?? "") of the primary key stands twice",
                    at: place.location, note: "first written at \(before.spelled)",
                    help: "count the key's properties from 1")
            } else {
                first[position] = place.location
            }
        }
        guard !first.isEmpty, let key = keys.first else { return }
        let expected = Set((1...keys.count).map(Double.init))
        guard first.count == keys.count,
            Set(first.keys) != expected
                || first.count < keys.count && keys.contains(where: { $0.value("primaryKeyPosition") == nil })
        else { return }
        let place = keys.lazy.compactMap { $0.value("primaryKeyPosition")?.location }.first
        lint.findings.warning(
            ContractCode.keyPosition, "positions of the primary key of '\(name)' have gaps",
            at: place ?? key.location, note: "expected 1 to \(keys.count)", help: "count the key's properties from 1")
    }

    private func checkVendorReferences() {
        let vendor = VendorProperties(of: node)
        for key in ["eventTime", "createdTime"] {
            guard let place = vendor[key], let column = place.json.stringValue else { continue }
            checkColumn(column, place, key)
            guard let property = lint.index.property(column, in: node), let type = property.string("logicalType"),
                type != "timestamp", type != "date"
            else { continue }
            lint.findings.error(
                ContractCode.enumType, "\(key) '\(column)' is a \(type), not a time", at: place.location,
                help: "name a property of type timestamp")
        }
        for entity in vendor["entities"]?.items ?? [] {
            for key in entity.list("keys") {
                if let column = key.json.stringValue { checkColumn(column, key, "entities") }
            }
        }
    }

    /// Reports a name that is no property of the object: an error where this program's own words give it.
    func checkColumn(_ column: String, _ place: YAMLNode, _ word: String, isOwn: Bool = true) {
        guard lint.index.property(column, in: node) == nil else { return }
        let message = "'\(name)' has no property '\(column)', which '\(word)' names"
        let near = nearestName(to: column, among: columns)
        if isOwn {
            lint.reportDangling(message, at: place.location, near: near)
        } else {
            lint.reportUnled(message, at: place.location, near: near)
        }
    }

    private func check(_ relationship: YAMLNode, isOfProperty: Bool) {
        VendorLint(lint).checkReaction(relationship, level: "a relationship", hasDefault: false)
        let to = ends("to", of: relationship)
        let from = ends("from", of: relationship)
        let count = isOfProperty ? 1 : from.count
        if !to.isEmpty, count > 0, to.count != count {
            lint.reportDangling(
                "\(count) \(count == 1 ? "property leads" : "properties lead") to \(to.count)",
                at: relationship.value("to")?.location ?? relationship.location, near: nil)
        }
        for (place, target) in to + from {
            if target.isElsewhere {
                lint.reportNotExecuted(
                    "a relationship to another file is not executed", at: place.location,
                    help: "declare the object in this contract to have it checked")
            } else if !lint.index.contains(target) {
                reportDangling(target, place)
            }
        }
        for (place, target) in from where lint.index.object(target.object) != nil && target.object != name {
            lint.reportDangling(
                "'from' leads to '\(target.object)', and the relationship belongs to '\(name)'", at: place.location,
                near: nil)
        }
        if let first = to.first?.1.object, let other = to.first(where: { $0.1.object != first }) {
            lint.reportDangling("'to' leads to more than one object", at: other.0.location, near: nil)
        }
    }

    private func reportDangling(_ target: SchemaIndex.Target, _ place: YAMLNode) {
        guard let object = lint.index.object(target.object) else {
            let names = lint.index.objects.compactMap { $0.string("name") }
            lint.reportUnled(
                "there is no object '\(target.object)'", at: place.location,
                near: nearestName(to: target.object, among: names))
            return
        }
        let names = object.list("properties").compactMap { $0.string("name") }
        let property = target.property ?? ""
        lint.reportUnled(
            "'\(target.object)' has no property '\(property)'", at: place.location,
            near: nearestName(to: property, among: names).map { "\(target.object).\($0)" })
    }

    private func ends(_ key: String, of relationship: YAMLNode) -> [(YAMLNode, SchemaIndex.Target)] {
        guard let value = relationship.value(key) else { return [] }
        let nodes = value.items.isEmpty ? [value] : value.items
        return nodes.compactMap { node in node.json.stringValue.map { (node, lint.index.target($0)) } }
    }
}
