// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension MappingReader {
    /// The text of a value; nil with a diagnostic for lists, mappings and blank text.
    func text(_ node: YAMLNode, _ key: String) -> String? {
        guard !node.isRefused else { return nil }
        guard let text = node.text else {
            findings.error(
                DefinitionCode.wrongShape, "'\(key)' is \(node.shape), not text", at: node.location,
                note: "expected one value", help: textHelp(node, key))
            return nil
        }
        guard !node.isAbsent, !text.trimmed.isEmpty else {
            findings.error(
                DefinitionCode.noValue, "'\(key)' is empty", at: node.location, help: "write a value, or delete the key"
            )
            return nil
        }
        return text
    }

    /// The text of an optional key.
    func optionalText(_ key: String) -> String? { optional(key).flatMap { text($0, key) } }

    /// The elements of a list; nil with a diagnostic for anything else.
    func list(_ node: YAMLNode, _ key: String) -> [YAMLNode]? {
        guard !node.isRefused else { return nil }
        guard case .sequence(let items) = node.content else {
            let help = node.text.map { "write '\(key): [\(itemForm($0, key))]'" } ?? "start each item with '- '"
            findings.error(
                DefinitionCode.wrongShape, "'\(key)' is \(node.shape), not a list", at: node.location,
                note: "expected a list", help: help)
            return nil
        }
        return items.filter { !$0.isRefused }
    }

    /// Returns an example of how one item of a list is written, with its name.
    private func itemForm(_ name: String, _ key: String) -> String {
        switch key {
        case "joinKeys", "columns": "{name: \(name), type: string}"
        case "features" where table.subject == KeyTable.view.subject, "onDemand": "{name: \(name), type: float64}"
        default: name
        }
    }

    /// Returns advice for a list or mapping in place of a single value.
    private func textHelp(_ node: YAMLNode, _ key: String) -> String? {
        if node.items.count == 1, let text = node.items[0].text { return "write '\(key): \(text)'" }
        return key == "path" ? "use a glob such as 'data/*.parquet', or make a source for each file" : nil
    }

    /// The elements of a list that must not be empty.
    func filledList(_ node: YAMLNode, _ key: String) -> [YAMLNode]? {
        guard let items = list(node, key) else { return nil }
        guard !node.items.isEmpty else {
            findings.error(
                DefinitionCode.emptyList, "'\(key)' is empty", at: node.location, note: "expected at least one item",
                help: "add an item, or delete the whole definition")
            return nil
        }
        return items
    }

    /// A name by the rule of `NameRule`.
    func name(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = text(node, key) else { return nil }
        guard let problem = NameRule.problem(with: text) else { return text }
        findings.error(
            DefinitionCode.name, "'\(text)' is not a name", at: node.location, note: problem,
            help: NameRule.proposal(for: text).map { "write '\($0)'" } ?? "names look like 'wind_speed'")
        return nil
    }

    /// A duration as `TimeSpan` reads it.
    func duration(_ node: YAMLNode, _ key: String) -> TimeSpan? {
        guard let text = text(node, key) else { return nil }
        if let span = TimeSpan(text) { return span }
        findings.error(
            DefinitionCode.duration, "\(key) '\(text)' is not a duration", at: node.location,
            note: "expected a number and one of s, m, h, d", help: DurationProposal.help(for: text))
        return nil
    }

    /// A type as `DataType` reads it; arrays of arrays are refused.
    func type(_ node: YAMLNode, _ key: String) -> DataType? {
        guard let text = text(node, key) else { return nil }
        if let type = DataType(name: text), !type.isNestedArray { return type }
        let names = DataType.scalars.map(\.name)
        let isNested = DataType(name: text) != nil
        findings.error(
            DefinitionCode.unknownType, "'\(text)' is not a type", at: node.location,
            note: isNested
                ? "an array does not hold arrays"
                : "expected one of \(names.joined(separator: ", ")), array<...>",
            help: TypeProposal.proposal(for: text).map { "write '\($0)'" })
        return nil
    }

    /// `true` or `false`, spelled so and without quotes.
    func boolean(_ node: YAMLNode, _ key: String) -> Bool? {
        guard let text = text(node, key), case .scalar(let scalar) = node.content else { return nil }
        if scalar.style == .plain, text == "true" || text == "false" { return text == "true" }
        let meant: [String: Bool] = [
            "yes": true, "on": true, "y": true, "1": true, "true": true, "no": false, "off": false, "n": false,
            "0": false, "false": false,
        ]
        findings.error(
            DefinitionCode.boolean, "\(key) '\(text)' is neither true nor false", at: node.location,
            note: "expected true or false, without quotes",
            help: meant[text.lowercased()].map { "write '\(key): \($0)'" })
        return nil
    }

    /// One of the raw values of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: YAMLNode, _ key: String, of type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(node, key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        findings.error(
            DefinitionCode.choice, "'\(text)' is not a possible value of '\(key)'", at: node.location,
            note: "expected \(listed(names, "or"))",
            help: nearestName(to: text, among: names).map { "write '\($0)'" })
        return nil
    }

    /// Owner, description and tags, which every definition may have.
    func annotation() -> Annotation {
        Annotation(
            description: optionalText("description"), owner: optionalText("owner"),
            tags: optional("tags").map(tags) ?? [:])
    }

    private func tags(_ node: YAMLNode) -> [String: String] {
        guard case .mapping(let entries) = node.content else {
            let keys = node.items.compactMap(\.text)
            let example = keys.isEmpty ? "team: weather" : keys.map { "\($0): yes" }.joined(separator: ", ")
            findings.error(
                DefinitionCode.wrongShape, "'tags' is \(node.shape), not a mapping", at: node.location,
                note: "expected names with values", help: "write 'tags: {\(example)}'")
            return [:]
        }
        var tags: [String: String] = [:]
        for entry in entries {
            guard let key = text(entry.key, "tags"), let value = text(entry.value, key) else { continue }
            tags[key] = value
        }
        return tags
    }
}

extension DataType {
    /// Whether it is an array of arrays, which no column holds.
    fileprivate var isNestedArray: Bool {
        if case .array(.array) = self { true } else { false }
    }
}
