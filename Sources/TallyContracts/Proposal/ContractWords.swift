// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Writes small parts of a contract document.
enum ContractWords {
    /// A custom property that speaks to this program.
    static func vendor(_ name: String, _ value: JSON, description: String? = nil) -> JSON {
        var members: [(String, JSON)] = [
            ("property", .string(name)), ("value", value), ("vendor", .string("tallystick")),
        ]
        if let description { members.append(("description", .string(description))) }
        return .object(members)
    }

    /// Returns the reaction to a broken promise as contract properties.
    static func onViolation(_ reaction: Reaction) -> JSON {
        let action = JSON.string(reaction.action.rawValue)
        guard let limit = reaction.limit else { return vendor("onViolation", action) }
        return vendor("onViolation", .object([("action", action), ("upTo", .number(limit))]))
    }

    /// Labels as texts, `key:value`, in the order of their bytes.
    static func tags(_ tags: [String: String]) -> JSON {
        .array(
            tags.map { "\($0.key):\($0.value)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                .map { .string($0) })
    }

    /// A name without the characters that the standard forbids in identifiers.
    static func identifier(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "-" })
    }

    /// A promise as a quality rule: a metric of the standard's library, else one for this program.
    static func rule(_ promise: Promise) -> JSON {
        var members: [(String, JSON)] = []
        let isLibrary = promise.check == "nullValues" && promise.column != nil || promise.check == "rowCount"
        let arguments = promise.arguments.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { ($0.key, $0.value) }
        if isLibrary {
            members.append(("metric", .string(promise.check)))
            members += arguments
        } else {
            let name = promise.check == "expression" ? [] : [("metric", JSON.string(promise.check))]
            members += [
                ("type", .string("custom")), ("engine", .string("tallystick")),
                ("implementation", .object(name + arguments)),
            ]
        }
        members.append(("severity", .string(promise.severity.rawValue)))
        if let text = promise.description { members.append(("description", .string(text))) }
        if let reaction = promise.reaction { members.append(("customProperties", .array([onViolation(reaction)]))) }
        return .object(members)
    }
}
