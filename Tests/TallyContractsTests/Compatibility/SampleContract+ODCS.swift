// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel

extension SampleContract {
    /// The contract as a document of the Open Data Contract Standard 3.2; nil for what this sample cannot say there.
    var document32: JSON? {
        let keyed = keys.enumerated().map { ($0.element, $0.offset + 1) }
        var properties: [JSON] = []
        for column in columns {
            guard let property = column.property(key: keyed.first { $0.0 == column.name }?.1) else { return nil }
            properties.append(property)
        }
        var quality: [JSON] = []
        for (check, arguments) in table {
            guard check == "rowCount" else { return nil }
            quality.append(
                .object([("metric", "rowCount")] + arguments.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        }
        guard severity.isEmpty, reaction.isEmpty, reserved.isEmpty, meaning.isEmpty, eventTime == nil || table.isEmpty
        else {
            return nil
        }
        var object: [(String, JSON)] = [("name", .string(object)), ("logicalType", "object")]
        object.append(("properties", .array(properties)))
        if !quality.isEmpty { object.append(("quality", .array(quality))) }
        return .object([
            ("apiVersion", "v3.2.0"), ("kind", "DataContract"), ("id", "c"), ("version", .string(version)),
            ("status", "active"), ("schema", .array(hasObject ? [.object(object)] : [])),
        ])
    }
}

extension SampleColumn {
    private static let options: [String: [String: String]] = [
        "range": [
            "minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "exclusiveMinimum",
            "exclusiveMaximum": "exclusiveMaximum",
        ],
        "multipleOf": ["value": "multipleOf"], "length": ["minimum": "minLength", "maximum": "maxLength"],
        "pattern": ["pattern": "pattern"], "format": ["format": "format"], "numberFormat": ["format": "format"],
        "items": ["minimum": "minItems", "maximum": "maxItems", "unique": "uniqueItems"],
        "vector": ["dimensions": "dimensions", "elementType": "elementType", "normalized": "normalized"],
    ]
    private static let native: Set<String> = [
        "embeddingModel", "distanceMetric", "normalized", "classification", "transformLogic",
    ]

    /// The property; nil for what the standard has no words for.
    fileprivate func property(key: Int?) -> JSON? {
        var members: [(String, JSON)] = [("name", .string(name))]
        if let logicalType { members.append(("logicalType", .string(logicalType))) }
        if let physicalType { members.append(("physicalType", .string(physicalType))) }
        if let physicalName { members.append(("physicalName", .string(physicalName))) }
        members.append(("required", .bool(isRequired)))
        if let key { members += [("primaryKey", true), ("primaryKeyPosition", .int(Int64(key)))] }
        var options: [(String, JSON)] = []
        var quality: [JSON] = []
        for (check, arguments) in checks {
            if check == "enum", let values = arguments["values"]?.arrayValue {
                members.append(("enum", .array(values.map { .object([("value", $0)]) })))
            } else if check == "unique" {
                members.append(("unique", true))
            } else if ["nullValues", "duplicateValues"].contains(check) {
                let given = arguments.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
                quality.append(.object([("metric", .string(check))] + given))
            } else if let names = Self.options[check] {
                for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
                    guard let option = names[name] else { return nil }
                    options.append((option, value))
                }
            } else {
                return nil
            }
        }
        for (name, value) in meaning.sorted(by: { $0.key < $1.key }) {
            guard Self.native.contains(name),
                logicalType == "vector" || !["embeddingModel", "distanceMetric", "normalized"].contains(name)
            else { return nil }
            if name == "classification" || name == "transformLogic" {
                members.append((name, value))
            } else {
                options.append((name, value))
            }
        }
        if !options.isEmpty { members.append(("logicalTypeOptions", .object(options))) }
        if !quality.isEmpty { members.append(("quality", .array(quality))) }
        return .object(members)
    }
}
