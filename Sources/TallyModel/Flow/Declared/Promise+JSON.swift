// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Promise {
    /// An object of everything but the place; arguments sorted by name, so that equal promises have equal texts.
    public var json: JSON {
        var members: [(String, JSON)] = [("id", .string(id)), ("object", .string(object))]
        if let column { members.append(("column", .string(column))) }
        members.append(("check", .string(check)))
        if !arguments.isEmpty {
            members.append(("arguments", .object(arguments.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })))
        }
        members.append(("severity", .string(severity.rawValue)))
        if let reaction { members.append(("onViolation", reaction.json)) }
        if let description { members.append(("description", .string(description))) }
        return .object(members)
    }

    /// Reads the object that `json` writes; nil for anything else.
    public init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let object = json["object"]?.stringValue,
            let check = json["check"]?.stringValue,
            let severity = json["severity"]?.stringValue.flatMap({ Severity(rawValue: $0) })
        else { return nil }
        let written = json["onViolation"]
        let reaction = written.flatMap { Reaction(json: $0) }
        guard (written == nil) == (reaction == nil) else { return nil }
        let arguments = json["arguments"]?.objectValue ?? []
        self.init(
            id: id, object: object, column: json["column"]?.stringValue, check: check,
            arguments: Dictionary(arguments.map { ($0.name, $0.value) }) { first, _ in first }, severity: severity,
            reaction: reaction, description: json["description"]?.stringValue)
    }
}

extension Reaction {
    /// The action's name, or an object of action and limit.
    public var json: JSON {
        guard let limit else { return .string(action.rawValue) }
        return .object([("action", .string(action.rawValue)), ("upTo", .double(limit))])
    }

    /// Reads what `json` writes; nil for anything else.
    public init?(json: JSON) {
        let name = json.stringValue ?? json["action"]?.stringValue
        guard let action = name.flatMap({ Action(rawValue: $0) }) else { return nil }
        switch json["upTo"] {
        case .double(let limit)?: self.init(action, upTo: limit)
        case .int(let limit)?: self.init(action, upTo: Double(limit))
        case nil: self.init(action)
        case .null?, .bool?, .string?, .array?, .members?: return nil
        }
    }
}
