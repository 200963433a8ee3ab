// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Writes a feature view as a contract of the Open Data Contract Standard, for readers who do not know definitions.
public enum ViewContract {
    /// The document, of version 3.2.0: keys, event time, time to live, features with types and units, and all promises.
    ///
    /// Reading it again gives the promises of the view and its features, and those that the standard's words imply: types,
    /// keys that are never null, and, of a view without event time, that the keys tell rows apart. A promise that the standard has no word for, or whose severity or reaction is
    /// not that of its neighbours, is a rule of type custom. `contractOwner` is the view's owner when nil.
    public static func document(
        for view: FeatureView, source: Source, joinKeys: [ColumnSchema], contractOwner: String? = nil,
        version: String = "1.0.0", status: String = "active"
    ) -> JSON {
        var members: [(String, JSON)] = [
            ("apiVersion", .string("v3.2.0")), ("kind", .string("DataContract")),
            ("id", .string(ContractWords.identifier(view.name))), ("name", .string(view.name)),
            ("version", .string(version)), ("status", .string(status)),
        ]
        if let text = view.annotation.description {
            members.append(("description", .object([("purpose", .string(text))])))
        }
        if let owner = contractOwner ?? view.annotation.owner {
            members.append(("team", .object([("name", .string(owner))])))
        }
        if !view.annotation.tags.isEmpty { members.append(("tags", ContractWords.tags(view.annotation.tags))) }
        members.append(("schema", .array([object(view, source, joinKeys)])))
        let levels = view.promises.filter(isServiceLevel)
        if !levels.isEmpty {
            members.append(("slaProperties", .array(levels.map { serviceLevel($0, view, source) })))
        }
        return .object(members)
    }

    private static func object(_ view: FeatureView, _ source: Source, _ joinKeys: [ColumnSchema]) -> JSON {
        var members: [(String, JSON)] = [("name", .string(view.name)), ("logicalType", .string("object"))]
        if let text = view.annotation.description { members.append(("description", .string(text))) }
        members.append(("properties", .array(properties(view, source, joinKeys))))
        let rules = view.promises.filter { !isServiceLevel($0) && !isKey($0, joinKeys) }
        if !rules.isEmpty { members.append(("quality", .array(rules.map(ContractWords.rule)))) }
        var custom: [JSON] = []
        if let entities = entities(view, joinKeys) { custom.append(ContractWords.vendor("entities", entities)) }
        if let time = source.eventTime { custom.append(ContractWords.vendor("eventTime", .string(time))) }
        if let life = view.timeToLive { custom.append(ContractWords.vendor("ttl", .string(life.description))) }
        if !custom.isEmpty { members.append(("customProperties", .array(custom))) }
        return .object(members)
    }

    /// Returns keys, event time and features, each name once.
    private static func properties(_ view: FeatureView, _ source: Source, _ joinKeys: [ColumnSchema]) -> [JSON] {
        var seen: Set<String> = []
        var properties: [JSON] = []
        // History keeps many rows of a key: their key is told with the entities, and is no promise that rows differ by it.
        let isPrimary = source.eventTime == nil || view.promises.contains { isKey($0, joinKeys) }
        for (index, key) in joinKeys.enumerated() where seen.insert(key.name).inserted {
            let feature = view.features.first { $0.name.isSame(as: key.name) }
            properties.append(
                ViewProperty(
                    name: key.name, type: key.type, feature: feature, source: source, key: isPrimary ? index + 1 : nil,
                    isRequired: !isPrimary
                ).json)
        }
        if let time = source.eventTime, !view.features.contains(where: { $0.name.isSame(as: time) }),
            seen.insert(time).inserted
        {
            properties.append(
                ViewProperty(name: time, type: .timestamp, feature: nil, source: source, key: nil).json)
        }
        for feature in view.features where seen.insert(feature.name).inserted {
            properties.append(
                ViewProperty(name: feature.name, type: feature.type, feature: feature, source: source, key: nil).json)
        }
        return properties
    }

    /// The entities with their keys, where it is clear which keys are whose.
    private static func entities(_ view: FeatureView, _ joinKeys: [ColumnSchema]) -> JSON? {
        let names = joinKeys.map { JSON.string($0.name) }
        let shares: [[JSON]]
        if view.entities.count == 1 {
            shares = [names]
        } else if view.entities.count == names.count {
            shares = names.map { [$0] }
        } else {
            return nil
        }
        return .array(
            zip(view.entities, shares).map { .object([("name", .string($0)), ("keys", .array($1))]) })
    }

    /// Whether the primary key already implies the promise.
    private static func isKey(_ promise: Promise, _ joinKeys: [ColumnSchema]) -> Bool {
        promise.check == "unique" && promise.severity == .error && promise.reaction == nil
            && promise.arguments["columns"] == .array(joinKeys.map { .string($0.name) })
    }

    /// Whether it is a service level: those have no severity in the standard.
    private static func isServiceLevel(_ promise: Promise) -> Bool {
        ["freshness", "latency", "frequency"].contains(promise.check) && promise.severity == .error
            && promise.arguments.keys.allSatisfy { $0 == "limit" } && promise.arguments["limit"]?.exactValue != nil
    }

    private static func serviceLevel(_ promise: Promise, _ view: FeatureView, _ source: Source) -> JSON {
        let limit = promise.arguments["limit"]?.exactValue ?? 0
        let units: [(name: String, microseconds: Int64)] = [
            ("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000),
        ]
        let unit = units.first { limit % $0.microseconds == 0 } ?? units[3]
        var members: [(String, JSON)] = [
            ("property", .string(promise.check)),
            ("value", .number(Double(limit) / Double(unit.microseconds))), ("unit", .string(unit.name)),
            ("element", .string(source.eventTime.map { "\(view.name).\($0)" } ?? view.name)),
        ]
        if let text = promise.description { members.append(("description", .string(text))) }
        if let reaction = promise.reaction {
            members.append(("customProperties", .array([ContractWords.onViolation(reaction)])))
        }
        return .object(members)
    }
}
