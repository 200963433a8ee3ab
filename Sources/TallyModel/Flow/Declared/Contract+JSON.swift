// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Contract {
    /// The members of the contract that data are held to: everything but source positions and the document it was read
    /// from.
    public var json: JSON {
        var members: [(String, JSON)] = [
            ("id", .string(id)), ("version", .string(version)), ("standard", .string(standard)),
        ]
        if let name { members.append(("name", .string(name))) }
        if let status { members.append(("status", .string(status))) }
        if let owner { members.append(("owner", .string(owner))) }
        if !reactions.isEmpty {
            let sorted = reactions.sorted { $0.key.rawValue < $1.key.rawValue }
            members.append(("onViolation", .object(sorted.map { ($0.key.rawValue, $0.value.json) })))
        }
        if !reserved.isEmpty { members.append(("reserved", .array(reserved.map { .string($0) }))) }
        members.append(("objects", .array(objects.map(\.json))))
        return .object(members)
    }

    /// Reads the object that `json` writes; nil for anything else.
    public init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let version = json["version"]?.stringValue,
            let standard = json["standard"]?.stringValue, let written = json["objects"]?.arrayValue
        else { return nil }
        let objects = written.compactMap { Object(json: $0) }
        var reactions: [Promise.Severity: Reaction] = [:]
        for member in json["onViolation"]?.objectValue ?? [] {
            guard let severity = Promise.Severity(rawValue: member.name), let reaction = Reaction(json: member.value)
            else { return nil }
            reactions[severity] = reaction
        }
        guard objects.count == written.count else { return nil }
        self.init(
            id: id, version: version, standard: standard, name: json["name"]?.stringValue,
            status: json["status"]?.stringValue, owner: json["owner"]?.stringValue, objects: objects,
            reactions: reactions, reserved: json["reserved"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}

extension Contract.Object {
    /// Everything but the places.
    var json: JSON {
        var members: [(String, JSON)] = [("name", .string(name))]
        if let physicalName { members.append(("physicalName", .string(physicalName))) }
        if !keys.isEmpty { members.append(("keys", .array(keys.map { .string($0) }))) }
        if let eventTime { members.append(("eventTime", .string(eventTime))) }
        if let knownTime { members.append(("knownTime", .string(knownTime))) }
        members.append(("columns", .array(columns.map(\.json))))
        members.append(("promises", .array(promises.map(\.json))))
        if !meaning.isEmpty { members.append(("meaning", .sorted(meaning))) }
        return .object(members)
    }

    init?(json: JSON) {
        guard let name = json["name"]?.stringValue, let columns = json["columns"]?.arrayValue,
            let promises = json["promises"]?.arrayValue
        else { return nil }
        let readColumns = columns.compactMap { Contract.Column(json: $0) }
        let readPromises = promises.compactMap { Promise(json: $0) }
        guard readColumns.count == columns.count, readPromises.count == promises.count else { return nil }
        self.init(
            name: name, physicalName: json["physicalName"]?.stringValue, columns: readColumns,
            keys: json["keys"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            eventTime: json["eventTime"]?.stringValue, knownTime: json["knownTime"]?.stringValue,
            promises: readPromises, meaning: json["meaning"]?.dictionary ?? [:])
    }
}

extension Contract.Column {
    /// Everything but the place.
    var json: JSON {
        var members: [(String, JSON)] = [("name", .string(name))]
        if let physicalName { members.append(("physicalName", .string(physicalName))) }
        if let logicalType { members.append(("logicalType", .string(logicalType))) }
        if let physicalType { members.append(("physicalType", .string(physicalType))) }
        if isRequired { members.append(("required", .bool(true))) }
        if isDeprecated { members.append(("deprecated", .bool(true))) }
        if !meaning.isEmpty { members.append(("meaning", .sorted(meaning))) }
        return .object(members)
    }

    init?(json: JSON) {
        guard let name = json["name"]?.stringValue else { return nil }
        self.init(
            name: name, physicalName: json["physicalName"]?.stringValue, logicalType: json["logicalType"]?.stringValue,
            physicalType: json["physicalType"]?.stringValue, isRequired: json["required"]?.boolValue ?? false,
            isDeprecated: json["deprecated"]?.boolValue ?? false, meaning: json["meaning"]?.dictionary ?? [:])
    }
}

extension JSON {
    /// An object with its members in the order of their names.
    static func sorted(_ members: [String: JSON]) -> JSON {
        .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// The members of an object by name.
    fileprivate var dictionary: [String: JSON] {
        Dictionary((objectValue ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }
}
