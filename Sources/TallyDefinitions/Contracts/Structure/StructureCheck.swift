// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks a document against the standard: what the published schema refuses is refused here, at its place.
struct StructureCheck {
    private let table: ContractTable
    private let findings: DiagnosticCollector

    init(_ standard: ContractStandard, _ findings: DiagnosticCollector) {
        table = ContractTable(standard: standard)
        self.findings = findings
    }

    /// Judges a document by the version that it names, and by 3.2.0, which the standard's own pipeline holds all by.
    ///
    /// What only the named version refuses is a warning: a word that came later, or a key that is no longer required.
    static func judge(_ root: YAMLNode, _ standard: ContractStandard, _ findings: DiagnosticCollector) {
        let own = DiagnosticCollector()
        StructureCheck(standard, own).run(root)
        guard standard < .v32, !own.diagnostics.isEmpty else {
            for diagnostic in own.diagnostics { findings.add(diagnostic) }
            return
        }
        let judging = DiagnosticCollector()
        StructureCheck(.v32, judging).run(root)
        let refused = Set(judging.diagnostics.map(\.location))
        for diagnostic in own.diagnostics {
            guard !refused.contains(diagnostic.location) else {
                findings.add(diagnostic)
                continue
            }
            findings.warning(
                diagnostic.code, diagnostic.message, at: diagnostic.location,
                note: [diagnostic.note, "\(ContractStandard.v32.spelled) admits it"].compactMap { $0 }
                    .joined(separator: "; "), help: diagnostic.help)
        }
        // What the named version did not look into, because it knows no such key, is judged by the other one alone.
        let known = Set(own.diagnostics.map(\.location))
        let unseen = places(under: root, known, isInside: false)
        for diagnostic in judging.diagnostics
        where !known.contains(diagnostic.location) && unseen.contains(diagnostic.location) {
            findings.add(diagnostic)
        }
    }

    /// Returns the positions of the nodes and keys that are at some positions, and of all inside of them.
    private static func places(
        under node: YAMLNode, _ heads: Set<SourceLocation>, isInside: Bool
    ) -> Set<SourceLocation> {
        let isInside = isInside || heads.contains(node.location)
        var places: Set<SourceLocation> = isInside ? [node.location] : []
        for item in node.items { places.formUnion(self.places(under: item, heads, isInside: isInside)) }
        for entry in node.entries {
            let isHead = isInside || heads.contains(entry.key.location)
            if isHead { places.insert(entry.key.location) }
            places.formUnion(self.places(under: entry.value, heads, isInside: isHead))
        }
        return places
    }

    /// Checks a whole document.
    func run(_ root: YAMLNode) { check(root, .part(.root), "the contract", at: root.location) }

    /// Checks one value; `name` is its key in quotes, `place` the position of its key.
    private func check(_ node: YAMLNode, _ shape: ContractShape, _ name: String, at place: SourceLocation) {
        guard !node.isRefused else { return }
        let value = node.json
        guard shape.fits(value) else {
            let location = value == .null && node.text == "" ? place : node.location
            findings.error(
                ContractCode.wrongKind,
                value == .null ? "\(name) has no value" : "\(name) is \(Self.word(for: value))", at: location,
                note: "expected \(shape.expected)", help: Self.help(for: node, shape))
            return
        }
        switch shape {
        case .any, .text, .truth, .scalar, .mapping: break
        case .word(let words): checkWord(node, words, name)
        case .form(let form):
            guard let text = value.stringValue, !form.matches(text) else { break }
            findings.error(
                ContractCode.wrongValue, "\(name) '\(text)' does not have its form", at: node.location,
                note: form.expected)
        case .whole(let least):
            guard let least, let number = value.numberValue, number < Double(least) else { break }
            findings.error(
                ContractCode.wrongValue, "\(name) is \(node.text ?? "")", at: node.location,
                note: "expected at least \(least)")
        case .number(let isPositive):
            guard isPositive, let number = value.numberValue, number <= 0 else { break }
            findings.error(
                ContractCode.wrongValue, "\(name) is \(node.text ?? "")", at: node.location,
                note: "expected more than 0")
        case .list(let element, let limit): checkList(node, element, limit, name)
        case .part(let part): checkMapping(node, part, value)
        case .either(let shapes):
            guard let fitting = shapes.first(where: { $0.fits(value) }) else { break }
            check(node, fitting, name, at: place)
        }
    }

    private func checkWord(_ node: YAMLNode, _ words: [String], _ name: String) {
        guard let text = node.json.stringValue, !words.contains(text) else { return }
        let later = ContractStandard.allCases.filter { $0 > table.standard }.first { newer in
            name == "'logicalType'" && ContractTable(standard: newer).logicalTypes.contains(text)
        }
        findings.error(
            ContractCode.wrongValue, "'\(text)' is not a possible value of \(name)", at: node.location,
            note: words.count > 12
                ? "expected one of \(words.count) words, such as \(listed(Array(words.prefix(4)), "or"))"
                : "expected \(listed(words, "or"))",
            help: later.map { "it came with \($0.spelled): change 'apiVersion'" }
                ?? Self.synonyms[text].flatMap { words.contains($0) ? "write '\($0)'" : nil }
                ?? nearestName(to: text, among: words).map { "write '\($0)'" })
    }

    private func checkList(_ node: YAMLNode, _ element: ContractShape, _ limit: ContractShape.ListLimit, _ name: String)
    {
        let items = node.items
        if items.count < limit.atLeast || items.count > limit.atMost ?? .max {
            let expected = limit.atMost == limit.atLeast ? "exactly \(limit.atLeast)" : "at least \(limit.atLeast)"
            findings.error(
                ContractCode.wrongList, "\(name) has \(items.count) elements", at: node.location,
                note: "expected \(expected)")
        }
        if limit.isUnique {
            // Texts are the same when their bytes are, as the standard's schema has it.
            var seen: Set<[UInt8]> = []
            for item in items where !seen.insert(Array(item.json.canonicalText.utf8)).inserted {
                findings.error(
                    ContractCode.wrongList, "\(name) holds a value twice", at: item.location,
                    help: "delete one of the two")
            }
        }
        for item in items { check(item, element, "an element of \(name)", at: item.location) }
    }
}

extension StructureCheck {
    private func checkMapping(_ node: YAMLNode, _ part: ContractPart, _ written: JSON) {
        let rule = table.rule(part, written)
        for entry in node.entries where !entry.key.isRefused {
            guard let key = entry.key.text else {
                findings.error(
                    ContractCode.wrongKind, "\(entry.key.shape) stands where a key is expected",
                    at: entry.key.location, help: "\(rule.subject) has the keys \(listed(rule.keys.map(\.name)))")
                continue
            }
            if let shape = rule[key] {
                check(entry.value, shape, "'\(key)'", at: entry.key.location)
            } else if !rule.isOpen {
                findings.error(
                    ContractCode.unknownKey, "the standard has no key '\(key)' in \(rule.subject)",
                    at: entry.key.location, help: help(forUnknown: key, node, part, rule))
            }
        }
        for key in rule.required where node.entry(key) == nil {
            findings.error(
                ContractCode.missingKey, "\(rule.subject) needs '\(key)'", at: node.location, help: "add '\(key): …'")
        }
        if part == .quality { checkOperators(node, written) }
        if part == .relationship(isOfProperty: false), let from = node.value("from")?.json,
            let to = node.value("to")?.json
        {
            checkEnds(node, from, to)
        }
    }

    private func help(forUnknown key: String, _ node: YAMLNode, _ part: ContractPart, _ rule: ContractRule) -> String {
        let newer = ContractStandard.allCases.first { newer in
            newer > table.standard && ContractTable(standard: newer).rule(part, node.json)[key] != nil
        }
        if let newer { return "it came with \(newer.spelled): change 'apiVersion'" }
        if case .options(nil) = part { return "write 'logicalType' beside 'logicalTypeOptions'" }
        if part == .quality, ContractTable.operators.contains(key) {
            return node.string("type") == "custom"
                ? "put it inside 'implementation'" : "write 'metric: ' or 'type: sql', to which it belongs"
        }
        let free = rule.keys.map(\.name).filter { node.entry($0) == nil }
        if key == "nullable" { return "write 'required: true' where null is forbidden" }
        if let meant = Self.synonyms[key], free.contains(meant) { return "write '\(meant)'" }
        if let near = nearestName(to: key, among: free) { return "write '\(near)'" }
        let hasCustom = rule["customProperties"] != nil
        return hasCustom ? "put it under 'customProperties', or delete it" : "delete it"
    }

    private func checkOperators(_ node: YAMLNode, _ rule: JSON) {
        guard table.needsOperator(rule) else { return }
        let written = node.entries.filter { ContractTable.operators.contains($0.key.text ?? "") }
        if written.isEmpty {
            findings.error(
                ContractCode.operators, "a quality rule needs an operator", at: node.location,
                note: "expected one of \(ContractTable.operators.joined(separator: ", "))",
                help: "add for example 'mustBe: 0'")
        } else if written.count > 1 {
            findings.error(
                ContractCode.operators, "a quality rule has one operator, and this has \(written.count)",
                at: written[1].key.location,
                note: "'\(written[0].key.text ?? "")' is at \(written[0].key.location.spelled)",
                help: "make a rule of each, or write 'mustBeBetween'")
        }
    }

    private func checkEnds(_ node: YAMLNode, _ from: JSON, _ to: JSON) {
        guard (from.stringValue == nil) != (to.stringValue == nil) else { return }
        findings.error(
            ContractCode.wrongKind, "'from' and 'to' are not both a text or both a list",
            at: node.value("to")?.location ?? node.location, help: "write two texts, or two lists of the same length")
    }

    /// Words of other tools with those of the standard.
    private static let synonyms = [
        "double": "number", "float": "number", "decimal": "number", "numeric": "number", "int": "integer",
        "bigint": "integer", "long": "integer", "bool": "boolean", "datetime": "timestamp", "varchar": "string",
        "text": "string", "list": "array", "struct": "object", "record": "object", "embedding": "vector",
        "type": "logicalType", "columns": "properties", "fields": "properties", "primary_key": "primaryKey",
        "models": "schema", "sla": "slaProperties", "owner": "team",
        "rules": "quality", "checks": "quality", "options": "logicalTypeOptions", "min": "minimum", "max": "maximum",
    ]

    /// A value in plain words.
    static func word(for value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "true or false"
        case .int, .double: "a number"
        case .string: "text"
        case .array: "a list"
        case .members: "a mapping"
        }
    }

    private static func help(for node: YAMLNode, _ shape: ContractShape) -> String? {
        guard let text = node.text else {
            if case .list = shape { return "start each element with '- '" }
            return nil
        }
        switch shape {
        case .text, .form, .word: return text.isEmpty ? nil : "put it in quotes: \"\(text)\""
        case .whole, .number:
            return shape.fits(CoreSchema.value(ofPlain: text)) ? "write it without quotes" : nil
        case .truth:
            let words = ["yes": true, "on": true, "true": true, "no": false, "off": false, "false": false]
            return words[text.lowercased()].map { "write '\($0)', without quotes" }
        case .any, .scalar, .mapping, .part, .list, .either: return nil
        }
    }
}

extension JSON {
    /// The number of a numeric value.
    var numberValue: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .null, .bool, .string, .array, .members: nil
        }
    }
}
