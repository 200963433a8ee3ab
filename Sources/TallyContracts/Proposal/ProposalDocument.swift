// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The words of the standard for a draft, members in the order in which people read them.
struct ProposalDocument {
    private let draft: ProposalDraft

    init(_ draft: ProposalDraft) { self.draft = draft }

    /// The whole document, of version 3.2.0.
    var json: JSON {
        let rows = Phrases.count(draft.profile.rows, "row")
        let purpose =
            "Proposed from \(rows); rules were learned from \(draft.profile.learnedRows.grouped) of them, tried on "
            + "the \(draft.profile.heldRows.grouped) \(draft.profile.holdOut.isLater ? "later ones" : "others"), and hold for all."
        var members: [(String, JSON)] = [
            ("apiVersion", .string("v3.2.0")), ("kind", .string("DataContract")),
            ("id", .string(ContractWords.identifier(draft.name))), ("name", .string(draft.name)),
            ("version", .string("0.1.0")), ("status", .string("draft")),
            ("description", .object([("purpose", .string(purpose))])), ("schema", .array([object])),
        ]
        if !draft.serviceLevels.isEmpty {
            members.append(("slaProperties", .array(draft.serviceLevels.map(serviceLevel))))
        }
        return .object(members)
    }

    private var object: JSON {
        var members: [(String, JSON)] = [("name", .string(draft.name)), ("logicalType", .string("object"))]
        if let text = draft.keyText { members.append(("description", .string(text))) }
        // What is not read is there all the same.
        let unread = draft.context.unread.map { name, native in
            let type = LogicalType(unread: native)
            var members: [(String, JSON)] = [("name", .string(name))]
            if let type { members.append(("logicalType", .string(type.rawValue))) }
            // The standard asks what a map holds.
            if type == .map { members.append(("map", Self.map(native))) }
            return JSON.object(members)
        }
        members.append(("properties", .array(draft.context.found.map(property) + unread)))
        if let rowCount = draft.rowCount {
            let rule: [(String, JSON)] = [
                ("metric", .string("rowCount")), ("mustBeGreaterThan", .int(Int64(rowCount))),
                ("description", .optional(draft.rowCountText)),
            ]
            members.append(("quality", .array([.object(rule)])))
        }
        if let eventTime = draft.eventTime {
            var custom = [
                ContractWords.vendor(
                    "eventTime", .string(eventTime.column), description: draft.eventTimeText)
            ]
            if eventTime.skew > 0 {
                let skew = TimeSpan(microseconds: eventTime.skew)
                custom.append(ContractWords.vendor("maxFutureSkew", .string(skew.description)))
            }
            members.append(("customProperties", .array(custom)))
        }
        return .object(members)
    }

    /// Returns the properties of a map by the engine's name of its type: `MAP(VARCHAR, INTEGER)`.
    private static func map(_ native: String) -> JSON {
        var (depth, parts) = (0, [""])
        for character in native.dropFirst("MAP(".count).dropLast() {
            depth += character == "(" ? 1 : character == ")" ? -1 : 0
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        let types = parts.map { part in String(part.drop { $0 == " " }) }
        func part(_ place: Int) -> JSON {
            .object(types.indices.contains(place) ? [("physicalType", .string(types[place]))] : [])
        }
        return .object([("key", part(0)), ("value", part(1))])
    }

    private func property(_ found: TableContext.Found) -> JSON {
        var members: [(String, JSON)] = [("name", .string(found.name))]
        if let text = draft.text(ofColumn: found.name) { members.append(("description", .string(text))) }
        if let type = draft.logicalType(of: found) { members.append(("logicalType", .string(type.rawValue))) }
        if !found.isText, !found.isValueless { members.append(("physicalType", .string(found.nativeType))) }
        let rules = draft.rules(of: found.name)
        let options = rules.flatMap { Self.options($0.kind) }
        if !options.isEmpty { members.append(("logicalTypeOptions", .object(options))) }
        if let position = draft.keys.firstIndex(where: { $0.isSame(as: found.name) }) {
            members += [("primaryKey", .bool(true)), ("primaryKeyPosition", .int(Int64(position + 1)))]
        }
        var custom: [JSON] = []
        for rule in rules {
            switch rule.kind {
            case .required: members.append(("required", .bool(true)))
            case .unique: members.append(("unique", .bool(true)))
            case .values(let values, _):
                members.append(("enum", .array(values.map { .object([("value", $0)]) })))
            case .nulls(let percent):
                let rule: [(String, JSON)] = [
                    ("metric", .string("nullValues")), ("mustBeLessOrEqualTo", .number(percent)),
                    ("unit", .string("percent")), ("description", .optional(draft.text(of: rule))),
                ]
                members.append(("quality", .array([.object(rule)])))
            case .finite(let allowsNaN, let allowsInfinity):
                if allowsNaN { custom.append(ContractWords.vendor("nanPolicy", .string("allow"))) }
                if allowsInfinity { custom.append(ContractWords.vendor("infPolicy", .string("allow"))) }
            case .range, .length, .form, .vector, .numberFormat: break
            }
        }
        if !custom.isEmpty { members.append(("customProperties", .array(custom))) }
        return .object(members)
    }

    private static func options(_ kind: ProposedRule.Kind) -> [(String, JSON)] {
        switch kind {
        case .range(let minimum, let maximum):
            return [minimum.map { ("minimum", $0) }, maximum.map { ("maximum", $0) }].compactMap { $0 }
        case .length(let range):
            let least: [(String, JSON)] = range.lowerBound > 0 ? [("minLength", .int(Int64(range.lowerBound)))] : []
            return least + [("maxLength", .int(Int64(range.upperBound)))]
        case .form(let name): return [("format", .string(name))]
        case .vector(let dimensions, let elementType):
            return [("dimensions", .int(Int64(dimensions))), ("elementType", .string(elementType))]
        case .numberFormat(let format): return [("format", .string(format))]
        case .required, .nulls, .finite, .values, .unique: return []
        }
    }

    private func serviceLevel(_ level: ProposalDraft.ServiceLevel) -> JSON {
        .object([
            ("property", .string(level.check)), ("value", .int(level.value)), ("unit", .string(level.unit)),
            ("element", .string("\(draft.name).\(level.column)")), ("description", .string(level.text)),
        ])
    }
}
