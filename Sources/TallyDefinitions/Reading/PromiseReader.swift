// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads the `promise` of a feature or of a view; checks and arguments are those of a contract.
struct PromiseReader {
    private let mapping: MappingReader
    private let object: String
    private let column: String?

    /// The result of reading a `promise`.
    struct Result {
        var promises: [Promise] = []
        var defaultValue: JSON?
    }

    private init(_ mapping: MappingReader, object: String, column: String?) {
        self.mapping = mapping
        self.object = object
        self.column = column
    }

    /// The promises about a feature's values.
    static func feature(_ node: YAMLNode, _ feature: String, of object: String, _ findings: DiagnosticCollector)
        -> Result
    {
        guard let mapping = MappingReader(node, .featurePromise, findings) else { return Result() }
        let reader = PromiseReader(mapping, object: object, column: feature)
        let drafts = reader.values() + reader.counts() + reader.structure()
        return Result(
            promises: reader.promises(drafts), defaultValue: mapping.optional("default").map(\.json))
    }

    /// The promises about a view as a whole.
    static func view(_ node: YAMLNode, of object: String, _ findings: DiagnosticCollector) -> [Promise] {
        guard let mapping = MappingReader(node, .viewPromise, findings) else { return [] }
        let reader = PromiseReader(mapping, object: object, column: nil)
        return reader.promises(reader.table())
    }

    /// A check with its arguments and the key that asks for it.
    private typealias Draft = (check: String, arguments: [String: JSON], key: String)

    private func promises(_ drafts: [Draft]) -> [Promise] {
        let severity = mapping.optional("severity").flatMap {
            mapping.choice($0, "severity", of: Promise.Severity.self)
        }
        let reaction = mapping.optional("otherwise").flatMap { mapping.reaction($0, "otherwise") }
        var names = PromiseNames()
        let subject = column.map { "\(object).\($0)" } ?? object
        return drafts.map { draft in
            Promise(
                id: names.next("\(subject).\(draft.check)"), object: object, column: column, check: draft.check,
                arguments: draft.arguments, severity: severity ?? .error, reaction: reaction,
                location: mapping.node.entry(draft.key)?.key.location)
        }
    }

    private func values() -> [Draft] {
        var drafts: [Draft] = []
        if flag("required") { drafts.append(("required", [:], "required")) }
        if let finite = finite() { drafts.append(finite) }
        var range: [String: JSON] = [:]
        let bounds = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"]
        for name in bounds { range[name] = mapping.optional(name).flatMap { mapping.value($0, name) } }
        if let first = bounds.first(where: { range[$0] != nil }) { drafts.append(("range", range, first)) }
        if let step = mapping.optional("multipleOf").flatMap({ mapping.number($0, "multipleOf") }) {
            drafts.append(("multipleOf", ["value": step], "multipleOf"))
        }
        return drafts
    }

    /// Reads the promise about NaN and infinity; a member that is not written is not promised.
    private func finite() -> Draft? {
        let written = ["nan", "infinity"].filter { mapping.node.entry($0) != nil }
        guard let first = written.first else { return nil }
        var arguments: [String: JSON] = ["nan": .string("allow"), "infinity": .string("allow")]
        for name in written {
            guard let node = mapping.node.value(name), !node.isRefused else { return nil }
            let policies = ["reject", "null", "allow"]
            guard let text = node.text, policies.contains(text) else {
                mapping.findings.error(
                    DefinitionCode.choice, "'\(node.text ?? node.shape)' is not a possible value of '\(name)'",
                    at: node.location, note: "expected \(listed(policies, "or"))",
                    help: node.text.flatMap { nearestName(to: $0, among: policies) }.map { "write '\($0)'" })
                return nil
            }
            arguments[name] = .string(text)
        }
        return arguments.values.allSatisfy { $0 == .string("allow") } ? nil : ("finite", arguments, first)
    }

    private func counts() -> [Draft] {
        var drafts: [Draft] = []
        var length: [String: JSON] = [:]
        for (name, argument) in [("minLength", "minimum"), ("maxLength", "maximum")] {
            length[argument] = mapping.optional(name).flatMap { mapping.whole($0, name, atLeast: 0) }
        }
        if !length.isEmpty {
            drafts.append(("length", length, length["minimum"] == nil ? "maxLength" : "minLength"))
        }
        for name in ["pattern", "format"] {
            if let text = mapping.optionalText(name) { drafts.append((name, [name: .string(text)], name)) }
        }
        if let nulls = mapping.optional("nulls").flatMap({ MappingReader($0, .nulls, mapping.findings) }),
            let share = nulls.required("atMost").flatMap({ nulls.share($0, "atMost") })
        {
            // A share of 0.01 is one percent, by the decimal point: 0.07 times the float 100 is a little more than 7.
            let percent = DecimalNumber(shortest: share).flatMap { Double($0.timesTen(toThe: 2).description) } ?? share
            drafts.append(
                (
                    "nullValues", ["mustBeLessOrEqualTo": .double(percent), "unit": .string("percent")], "nulls"
                ))
        }
        return drafts
    }

    private func structure() -> [Draft] {
        var drafts: [Draft] = []
        if let values = mapping.optional("enum").flatMap({ mapping.filledList($0, "enum") }) {
            drafts.append(("enum", ["values": .array(values.map(\.json))], "enum"))
        }
        if let dimensions = mapping.optional("dimensions").flatMap({ mapping.whole($0, "dimensions", atLeast: 1) }) {
            drafts.append(("vector", ["dimensions": dimensions], "dimensions"))
        }
        if flag("unique"), let column {
            drafts.append(("unique", ["columns": .array([.string(column)])], "unique"))
        }
        return drafts
    }

    private func flag(_ key: String) -> Bool {
        mapping.optional(key).flatMap { mapping.boolean($0, key) } ?? false
    }
}

extension PromiseReader {
    private func table() -> [Draft] {
        var drafts: [Draft] = []
        if let limit = mapping.optional("freshness").flatMap({ mapping.duration($0, "freshness") }) {
            drafts.append(("freshness", ["limit": .int(limit.microseconds)], "freshness"))
        }
        if let rows = mapping.optional("rowCount").flatMap({ MappingReader($0, .rowCount, mapping.findings) }) {
            var arguments: [String: JSON] = [:]
            for name in ContractTable.operators {
                guard let node = rows.optional(name) else { continue }
                arguments[name] =
                    name.hasSuffix("Between") ? pair(rows, node, name) : rows.whole(node, name, atLeast: 0)
            }
            if arguments.count == 1 {
                arguments["unit"] = .string("rows")
                drafts.append(("rowCount", arguments, "rowCount"))
            } else if rows.node.entries.count != 1 {
                mapping.findings.error(
                    DefinitionCode.exclusiveKeys, "'rowCount' has \(rows.node.entries.count) operators",
                    at: rows.node.location, note: "expected exactly one",
                    help: "write for example '{mustBeBetween: [1, 1000]}'")
            }
        }
        if let columns = mapping.optional("unique").flatMap({ mapping.filledList($0, "unique") }) {
            let names = columns.compactMap { mapping.text($0, "unique") }
            drafts.append(("unique", ["columns": .array(names.map { .string($0) })], "unique"))
        }
        if let node = mapping.optional("expression") {
            let nodes = node.items.isEmpty ? [node] : node.items
            for text in nodes.compactMap({ mapping.text($0, "expression") }) {
                drafts.append(("expression", ["expression": .string(text)], "expression"))
            }
        }
        return drafts
    }

    private func pair(_ rows: MappingReader, _ node: YAMLNode, _ key: String) -> JSON? {
        guard let items = rows.list(node, key) else { return nil }
        guard items.count == 2 else {
            rows.findings.error(
                DefinitionCode.wrongShape, "'\(key)' lists \(items.count) numbers, not two", at: node.location,
                help: "write the lowest and the highest: '\(key): [1, 1000]'")
            return nil
        }
        let numbers = items.compactMap { rows.whole($0, key, atLeast: 0) }
        return numbers.count == 2 ? .array(numbers) : nil
    }
}
