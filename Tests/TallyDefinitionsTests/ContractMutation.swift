// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// Changes one thing of a document at random: mostly something the standard refuses.
struct ContractMutation {
    /// Keys of all versions of the standard, and one of none.
    private static let keys = [
        "id", "name", "logicalType", "logicalTypeOptions", "items", "properties", "map", "enum", "quality", "metric",
        "rule", "mustBe", "mustBeGreaterThan", "mustBeBetween", "query", "engine", "implementation", "unit",
        "arguments",
        "type", "server", "port", "schema", "location", "format", "encoding", "delimiter", "stream", "host",
        "workgroup",
        "vendor", "description", "tags", "context", "synonyms", "deprecated", "semanticType", "relationships", "from",
        "to", "customProperties", "authoritativeDefinitions", "value", "property", "team", "members", "username",
        "minimum", "exclusiveMinimum", "multipleOf", "minLength", "required", "dimensions", "timezone", "status",
        "element", "scheduler", "unheardOf", "Name",
    ]
    private static let words = [
        "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean", "map", "vector",
        "library", "sql", "text", "custom", "nullValues", "rowCount", "f32", "f64", "i8", "u128", "blob", "column",
        "s3", "sftp", "kafka", "athena", "duckdb", "hana", "zen", "glue", "local", "azure", "parquet", "avro",
        "sftp://host/x", "a.b", "a.b.c", "a-b.c", "schema/a/properties/b", "/schema/a", "x.yaml#schema/a/b",
        "https://x.org/y.yml#/schema/a b/properties/c", "schema/a.b", "a b", "a.b#", "", "v3.1.0", "DataContract",
        "foreignKey", "accuracy", "cosine", "binary", "not a word",
    ]

    private static func value(_ random: inout SeededGenerator) -> JSON {
        let values: [JSON] = [
            .null, .bool(true), .bool(false), .int(0), .int(5), .int(-1), .double(2.5), .double(4), .array([]),
            .array([.string("a.b")]), .array([.int(1), .int(2)]), .array([.int(2), .double(2)]), .members([]),
            .object([("value", .int(1))]), .array([.object([("value", .int(1))]), .object([("value", .int(1))])]),
            .object([("name", .string("x")), ("logicalType", .string("number"))]),
        ]
        guard Bool.random(using: &random), let value = values.randomElement(using: &random) else {
            return .string(words.randomElement(using: &random) ?? "")
        }
        return value
    }

    /// A changed copy; the change is at a random depth.
    static func apply(to value: JSON, _ random: inout SeededGenerator) -> JSON {
        switch value {
        case .members(var members):
            if !members.isEmpty, Int.random(in: 0..<10, using: &random) < 8 {
                let index = Int.random(in: 0..<members.count, using: &random)
                members[index] = .init(members[index].name, apply(to: members[index].value, &random))
                return .members(members)
            }
            return change(members, &random)
        case .array(var elements):
            if !elements.isEmpty, Int.random(in: 0..<10, using: &random) < 9 {
                let index = Int.random(in: 0..<elements.count, using: &random)
                elements[index] = apply(to: elements[index], &random)
                return .array(elements)
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return .array([])
            case 1: return .array(elements + (elements.first.map { [$0] } ?? []))
            case 2: return .array(elements + [Self.value(&random)])
            default: return Self.value(&random)
            }
        case .null, .bool, .int, .double, .string:
            return Self.value(&random)
        }
    }

    private static func change(_ members: [JSON.Member], _ random: inout SeededGenerator) -> JSON {
        var members = members
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where !members.isEmpty: members.remove(at: Int.random(in: 0..<members.count, using: &random))
        case 1: return value(&random)
        default:
            let key = keys.randomElement(using: &random) ?? ""
            members.removeAll { $0.name == key }
            members.append(.init(key, value(&random)))
        }
        return .members(members)
    }

    /// A server with some of the keys servers have.
    static func server(_ random: inout SeededGenerator) -> JSON {
        let types = [
            "api", "athena", "azure", "bigquery", "btrieve", "clickhouse", "databricks", "denodo", "dremio", "duckdb",
            "exasol", "fastobjects", "glue", "hana", "cloudsql", "db2", "hive", "iceberg", "impala", "informix",
            "ingres", "kafka", "kinesis", "local", "mysql", "oracle", "poet", "postgresql", "postgres", "presto",
            "pubsub", "redshift", "s3", "sftp", "snowflake", "sqlserver", "synapse", "teradata", "trino", "vectorwise",
            "versant", "vertica", "zen", "custom", "nothing",
        ]
        let keys = [
            "account", "catalog", "database", "dataset", "delimiter", "endpointUrl", "format", "encoding", "host",
            "location", "path", "port", "project", "region", "regionName", "schema", "serviceName", "stagingDir",
            "stream", "warehouse", "workgroup", "catalogUrl", "namespace",
        ]
        var members: [(String, JSON)] = [
            ("server", .string("s")), ("type", .string(types.randomElement(using: &random) ?? "")),
        ]
        let isRich = Bool.random(using: &random)
        for key in keys where Int.random(in: 0..<10, using: &random) < (isRich ? 8 : 2) {
            let plain: JSON = key == "port" ? .int(1) : .string(key == "location" ? "sftp://x" : "parquet")
            members.append((key, Int.random(in: 0..<30, using: &random) == 0 ? value(&random) : plain))
        }
        return .object(members)
    }
}
