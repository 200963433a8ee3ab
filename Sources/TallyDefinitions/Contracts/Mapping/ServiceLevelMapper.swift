// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Makes promises of `slaProperties`: those about time are checked against data, others are reported as not executed.
struct ServiceLevelMapper {
    let root: YAMLNode
    let index: SchemaIndex

    /// The recommended names with their short forms; `freshness` is what `latency` was called before.
    static let names = [
        "availability": "av", "throughput": "th", "errorRate": "er", "generalAvailability": "ga", "endOfSupport": "es",
        "endOfLife": "el", "retention": "re", "frequency": "fy", "latency": "ly", "timeToDetect": "td",
        "timeToNotify": "tn", "timeToRepair": "tr", "freshness": "fr", "timeOfAvailability": "ta",
    ]
    /// The names that are checks of data.
    static let checks: Set<String> = ["freshness", "latency", "frequency"]
    /// The names whose value is a length of time.
    static let durations = checks.union(["retention", "timeToDetect", "timeToNotify", "timeToRepair"])

    /// The recommended name behind a word, whatever its case; nil for a word of the author's own.
    static func name(_ word: String) -> String? {
        let lower = word.lowercased()
        return names.first { $0.key.lowercased() == lower || $0.value == lower }?.key
    }

    /// Adds the promises to the objects they are about.
    func add(to drafts: inout [ObjectDraft]) {
        for node in root.list("slaProperties") {
            let word = node.string("property") ?? ""
            let name = Self.name(word) ?? word
            let elements = elements(of: node)
            let isLed = elements.isEmpty || elements.contains { target in drafts.contains { $0.name == target.object } }
            if Self.checks.contains(name), isLed, Self.limit(of: node) != nil {
                addCheck(name, node, elements, to: &drafts)
            } else {
                addOther(name, node, elements, to: &drafts)
            }
        }
    }

    /// The elements of a service level, else those of the contract's default.
    func elements(of node: YAMLNode) -> [SchemaIndex.Target] {
        let text = node.string("element") ?? root.string("slaDefaultElement") ?? ""
        return text.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }.map(index.target)
    }

    /// The time a service level names, in microseconds; nil when there is none.
    static func limit(of node: YAMLNode) -> Int64? {
        guard let value = node.json("value") else { return nil }
        if let unit = node.string("unit") { return DurationText.microseconds(value, unit: unit) }
        return DurationText.microseconds(value)
    }

    private func addCheck(
        _ name: String, _ node: YAMLNode, _ elements: [SchemaIndex.Target], to drafts: inout [ObjectDraft]
    ) {
        let limit = Self.limit(of: node)
        for (position, object) in drafts.enumerated() {
            // Without an element, the whole contract is meant.
            let mine =
                elements.isEmpty
                ? [SchemaIndex.Target(object: object.name, property: nil)]
                : elements.filter { $0.object == object.name }
            for element in mine {
                var arguments: [String: JSON] = [:]
                if let limit { arguments["limit"] = .int(limit) }
                if let column = element.property ?? object.eventTime { arguments["column"] = .string(column) }
                drafts[position].promises.append(draft(name, node, arguments))
            }
        }
    }

    private func addOther(
        _ name: String, _ node: YAMLNode, _ elements: [SchemaIndex.Target], to drafts: inout [ObjectDraft]
    ) {
        var arguments: [String: JSON] = ["property": .string(name), "value": node.value("value")?.json ?? .null]
        arguments["unit"] = node.json("unit")
        // What is about the contract as a whole is told once, at its first object.
        let named = elements.map(\.object).filter { name in drafts.contains { $0.name == name } }
        let objects = named.isEmpty ? drafts.prefix(1).map(\.name) : named
        for position in drafts.indices where objects.contains(drafts[position].name) {
            drafts[position].promises.append(draft("serviceLevel", node, arguments))
        }
    }

    private func draft(_ check: String, _ node: YAMLNode, _ arguments: [String: JSON]) -> PromiseDraft {
        let vendor = VendorProperties(of: node)
        var problems: [ReactionText.Problem] = []
        return PromiseDraft(
            id: node.string("id"), check: check, arguments: arguments,
            reaction: vendor["onViolation"].flatMap { ReactionText.read($0, &problems) },
            description: node.string("description"), location: node.value("property")?.location ?? node.location)
    }
}
