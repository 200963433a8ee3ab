// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension ContractTable {
    /// The required and allowed keys of a server type beside name, type, description, environment and roles.
    private struct ServerKind {
        /// The first version that has it.
        let since: ContractStandard
        let required: [String]
        let optional: [String]

        init(_ required: String, _ optional: String = "", since: ContractStandard = .v30) {
            self.since = since
            self.required = required.split(separator: " ").map(String.init)
            self.optional = optional.split(separator: " ").map(String.init)
        }
    }

    private static let serverKinds: [(type: String, kind: ServerKind)] = [
        ("api", ServerKind("location")), ("athena", ServerKind("schema", "stagingDir catalog regionName workgroup")),
        ("azure", ServerKind("location format", "encoding delimiter")), ("bigquery", ServerKind("project dataset")),
        ("btrieve", ServerKind("host database", "port", since: .v32)),
        ("clickhouse", ServerKind("host port database")), ("databricks", ServerKind("catalog schema", "host")),
        ("denodo", ServerKind("host port", "database")), ("dremio", ServerKind("host port", "schema")),
        ("duckdb", ServerKind("database", "schema")), ("exasol", ServerKind("host", "port schema", since: .v32)),
        ("fastobjects", ServerKind("database", "host port", since: .v32)),
        ("glue", ServerKind("account database", "location format encoding")),
        ("hana", ServerKind("host", "port database schema", since: .v32)),
        ("cloudsql", ServerKind("host port database schema")), ("db2", ServerKind("host port database", "schema")),
        ("hive", ServerKind("host database", "port", since: .v31)),
        ("iceberg", ServerKind("catalog catalogUrl", "namespace warehouse", since: .v32)),
        ("impala", ServerKind("host database", "port", since: .v31)),
        ("informix", ServerKind("host database", "port")),
        ("ingres", ServerKind("database host", "port", since: .v32)),
        ("kafka", ServerKind("host", "format encoding")), ("kinesis", ServerKind("", "region format encoding")),
        ("local", ServerKind("path format", "encoding")), ("mysql", ServerKind("host port database")),
        ("oracle", ServerKind("host port serviceName")),
        ("poet", ServerKind("database", "host port", since: .v32)),
        ("postgresql", ServerKind("host port database schema")),
        ("postgres", ServerKind("host port database schema")), ("presto", ServerKind("host", "catalog schema")),
        ("pubsub", ServerKind("project")), ("redshift", ServerKind("database schema", "host region account")),
        ("s3", ServerKind("location", "endpointUrl format encoding delimiter")),
        ("sftp", ServerKind("location", "format encoding delimiter")),
        ("snowflake", ServerKind("account database schema", "host port warehouse")),
        ("sqlserver", ServerKind("host database schema", "port")), ("synapse", ServerKind("host port database")),
        ("teradata", ServerKind("host", "port database", since: .v32)),
        ("trino", ServerKind("host port catalog schema")),
        ("vectorwise", ServerKind("database host", "port", since: .v32)),
        ("versant", ServerKind("database", "host port", since: .v32)),
        ("vertica", ServerKind("host port database schema")),
        ("zen", ServerKind("host database", "port", since: .v31)),
        (
            "custom",
            ServerKind(
                "",
                """
                account catalog database dataset delimiter endpointUrl format encoding host location path port \
                project region regionName schema serviceName stagingDir stream warehouse
                """)
        ),
    ]

    /// A server; its keys depend on its type.
    func server(_ written: JSON) -> ContractRule {
        let known = Self.serverKinds.filter { standard >= $0.kind.since }
        let type = written["type"]?.stringValue
        let kind = Self.serverKinds.first { $0.type == type }?.kind
        // A type that came later has the keys that it came with.
        if let kind, standard < kind.since {
            let later = ContractTable(standard: kind.since).server(written)
            let keys = later.keys.map { $0.name == "type" ? ("type", .word(known.map(\.type))) : $0 }
            return ContractRule(subject: later.subject, keys: keys, required: later.required)
        }
        var keys: Keys =
            id + [
                ("server", .text), ("type", .word(known.map(\.type))), ("description", .text), ("environment", .text),
                ("roles", .list(.part(.role))), ("customProperties", Self.custom),
            ]
        var required = ["server", "type"] + (kind?.required ?? [])
        if type == "athena", standard < .v32 { required.append("stagingDir") }
        for name in (kind?.required ?? []) + (kind?.optional ?? []) {
            // The key came with a version: an older one does not know it.
            let isNew = name == "encoding" || name == "workgroup"
            if isNew, standard < .v32 { continue }
            if name == "stream", standard < .v31 { continue }
            keys.append((name, serverShape(name, of: type)))
        }
        return ContractRule(
            subject: type.map { "a server of type '\($0)'" } ?? "a server", keys: keys, required: required,
            isOpen: standard == .v30)
    }

    private func serverShape(_ name: String, of type: String?) -> ContractShape {
        let whole = ContractShape.whole(atLeast: nil)
        let isFile = type == "azure" || type == "s3" || type == "sftp"
        switch (name, standard) {
        case ("port", .v32): return .either([whole, .text])
        case ("port", _): return whole
        case ("schema", .v30) where type == "duckdb": return whole
        case ("format", .v30) where isFile: return .word(["parquet", "delta", "json", "csv"])
        case ("delimiter", .v30) where isFile: return .word(["new_line", "array"])
        case ("location", _) where type == "sftp": return .form(.sftp)
        default: return .text
        }
    }
}
