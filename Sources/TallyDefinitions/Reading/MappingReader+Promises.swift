// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension MappingReader {
    /// A single value by the core schema; nil with a diagnostic for lists and mappings.
    func value(_ node: YAMLNode, _ key: String) -> JSON? {
        guard text(node, key) != nil else { return nil }
        return node.json
    }

    /// A number, without quotes.
    func number(_ node: YAMLNode, _ key: String) -> JSON? {
        guard let text = text(node, key) else { return nil }
        if node.json.numberValue != nil { return node.json }
        let isQuoted = CoreSchema.value(ofPlain: text).numberValue != nil
        findings.error(
            DefinitionCode.number, "\(key) '\(text)' is not a number", at: node.location,
            help: isQuoted ? "write '\(key): \(text)', without quotes" : nil)
        return nil
    }

    /// A whole number from a least one.
    func whole(_ node: YAMLNode, _ key: String, atLeast least: Int64) -> JSON? {
        guard let number = number(node, key) else { return nil }
        if let whole = number.intValue, whole >= least { return number }
        findings.error(
            DefinitionCode.number, "\(key) is \(node.text ?? "")", at: node.location,
            note: "expected a whole number, at least \(least)")
        return nil
    }

    /// A share from 0 to 1: `1%`, or a number.
    func share(_ node: YAMLNode, _ key: String) -> Double? {
        guard let text = text(node, key) else { return nil }
        if let share = ReactionText.share(node.json) { return share }
        findings.error(
            DefinitionCode.share, "\(key) '\(text)' is not a share", at: node.location,
            note: "expected 0% to 100%", help: "write for example '1%'")
        return nil
    }

    /// Reads the reaction to a broken promise: an action, or an action and the share up to which it applies.
    func reaction(_ node: YAMLNode, _ key: String) -> Reaction? {
        guard !node.isRefused else { return nil }
        guard case .mapping = node.content else {
            return choice(node, key, of: Reaction.Action.self).map { Reaction($0) }
        }
        guard let reader = MappingReader(node, .reaction, findings) else { return nil }
        let action = reader.required("action").flatMap { reader.choice($0, "action", of: Reaction.Action.self) }
        let limit = reader.optional("upTo").flatMap { reader.share($0, "upTo") }
        return action.map { Reaction($0, upTo: limit) }
    }
}

extension KeyTable {
    static let featurePromise = KeyTable(
        subject: "a promise of a feature",
        keys: [
            "required", "nan", "infinity", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
            "minLength", "maxLength", "pattern", "format", "nulls", "enum", "dimensions", "unique", "severity",
            "otherwise", "default",
        ])
    static let viewPromise = KeyTable(
        subject: "a promise of a feature view",
        keys: ["freshness", "rowCount", "unique", "expression", "severity", "otherwise"])
    static let nulls = KeyTable(subject: "'nulls'", keys: ["atMost"])
    static let rowCount = KeyTable(subject: "'rowCount'", keys: ContractTable.operators)
    static let reaction = KeyTable(subject: "'otherwise'", keys: ["action", "upTo"])
}
