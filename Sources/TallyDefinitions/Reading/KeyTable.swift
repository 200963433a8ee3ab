// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The keys a mapping may have and what it is called in messages.
struct KeyTable: Sendable {
    /// The mapping in plain words with its article, such as "a feature view".
    let subject: String
    /// The keys in the order of the documentation.
    let keys: [String]

    /// The keys that this version does not support yet; they are refused so that no author believes them to work.
    static let later: Set<String> = ["aggregations"]

    /// Words of other tools, and slips, with the keys that mean the same here.
    static let synonyms: [String: [String]] = [
        "ttl": ["timeToLive"], "time_to_live": ["timeToLive"], "timestamp": ["eventTime"],
        "timestamp_field": ["eventTime"], "event_timestamp": ["eventTime"], "created_timestamp_column": ["knownTime"],
        "sql": ["query", "expression"], "file": ["path"], "batch_source": ["source"], "dtype": ["type"],
        "valueType": ["type"], "value_type": ["type"], "entity": ["entities"], "expr": ["expression"],
        "formula": ["expression"], "feature": ["features"], "schema": ["features", "columns"],
        "views": ["features"], "fields": ["features", "columns"], "keys": ["joinKeys"], "join_keys": ["joinKeys"],
        "key": ["keys", "joinKeys"], "tz": ["timeZone"], "alias": ["as"], "transformations": ["onDemand"],
        "labels": ["label"], "udf": ["function"], "on_demand": ["onDemand"], "inputs": ["request"], "target": ["label"],
    ]

    static let project = KeyTable(subject: "tally.yaml", keys: ["project", "stores", "readable", "suppress"])
    static let suppression = KeyTable(subject: "a suppression", keys: ["id", "reason", "until"])
    static let stores = KeyTable(subject: "'stores'", keys: ["registry", "offline", "online"])
    static let entity = KeyTable(
        subject: "an entity", keys: ["kind", "name", "joinKeys", "description", "owner", "tags"])
    static let column = KeyTable(subject: "a column", keys: ["name", "type"])
    static let joinKey = KeyTable(subject: "a join key", keys: ["name", "type"])
    static let source = KeyTable(
        subject: "a source",
        keys: [
            "kind", "name", "path", "query", "format", "partitions", "eventTime", "knownAfter", "knownTime",
            "firstSeen", "history",
            "timeZone", "columns", "nulls", "trim", "decimal", "timeFormat", "delimiter", "encoding", "contract",
            "description", "owner",
            "tags",
        ])
    static let timeColumn = KeyTable(subject: "a time column", keys: ["column", "format"])
    static let view = KeyTable(
        subject: "a feature view",
        keys: [
            "kind", "name", "entities", "source", "timeToLive", "features", "promise", "description", "owner", "tags",
        ])
    static let feature = KeyTable(
        subject: "a feature",
        keys: ["name", "type", "expression", "strict", "unit", "promise", "description", "owner", "tags"])
    static let onDemand = KeyTable(
        subject: "an on-demand feature",
        keys: ["name", "type", "expression", "strict", "unit", "promise", "description", "owner", "tags"])
    static let transform = KeyTable(
        subject: "a Python transform",
        keys: [
            "kind", "name", "source", "sha256", "function", "mode", "inputs", "outputs", "requirements", "description",
            "owner", "tags",
        ])
    static let service = KeyTable(
        subject: "a feature service",
        keys: [
            "kind", "name", "features", "request", "onDemand", "transforms", "label", "description", "owner", "tags",
        ])
    static let selected = KeyTable(subject: "a selected feature", keys: ["name", "as"])
    static let label = KeyTable(
        subject: "a label", keys: ["source", "keys", "column", "maturity", "unripe", "as"])
}
