// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Contracts proposed for files, with the types that only DuckDB knows.
@Suite struct DuckDBProposalTests {
    private let folder: TemporaryFolder
    private static let now = Timestamp(microseconds: 1_717_200_000_000_000)

    init() throws { folder = try TemporaryFolder("proposals") }

    private static let query = """
        SELECT i AS order_id, (i * 7 % 1000 / 10)::DECIMAL(9,2) AS price, (i % 50)::UBIGINT AS big,
            make_timestamp(1704067200000000 + i * 60000000) AS at, DATE '2020-01-01' + (i % 90)::INTEGER AS day,
            (TIME '08:00:00' + to_minutes(i % 500)) AS opens, md5(i::VARCHAR)::UUID AS ticket,
            (['red', 'green', 'blue'])[i % 3 + 1] AS colour, (i % 11)::FLOAT AS weight,
            [i::FLOAT, 1, 2] AS vector, {'a': i} AS inside, 'x'::BLOB AS raw, (i % 2 = 0) AS flag,
            CASE WHEN i % 100 = 0 THEN NULL ELSE (i % 77)::SMALLINT END AS small
        FROM range(3000) t(i)
        """

    private func propose(_ path: String, _ format: Source.FileFormat) async throws -> ContractProposal.Proposal {
        let engine = try DuckDBEngine(root: folder.path)
        return try await ContractProposal.make(
            name: "orders", table: TableReference(rows: .files([path], format)), engine: engine, now: Self.now)
    }

    private func property(_ proposal: ContractProposal.Proposal, _ name: String) -> JSON? {
        proposal.document["schema"]?.arrayValue?.first?["properties"]?.arrayValue?.first { $0["name"] == .string(name) }
    }

    @Test func `rows without a column that is read are counted`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery("SELECT {'a': i} AS inside FROM range(7) t(i)", to: folder.path + "/parts.parquet")
        let proposal = try await propose("parts.parquet", .parquet)
        let purpose = proposal.document["description"]?["purpose"]?.stringValue
        #expect(purpose?.hasPrefix("Proposed from 7 rows;") == true, "\(purpose ?? "")")
    }

    @Test func `types of the engine's own are named and bounded`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery(Self.query, to: folder.path + "/orders.parquet")
        let proposal = try await propose("orders.parquet", .parquet)
        for finding in proposal.findings {
            #expect(finding.verdict == .kept, "\(finding.promise.id): \(finding.observed)")
        }
        let types = [
            "order_id": "integer", "price": "number", "big": "integer", "at": "timestamp", "day": "date",
            "opens": "time", "ticket": "string", "colour": "string", "weight": "number", "vector": "vector",
            "flag": "boolean", "small": "integer",
        ]
        for (name, type) in types {
            #expect(property(proposal, name)?["logicalType"] == .string(type), "\(name)")
        }
        #expect(property(proposal, "raw")?["physicalType"] == .string("BLOB"))
        #expect(
            property(proposal, "inside") == .object([("name", .string("inside")), ("logicalType", .string("object"))]))
        #expect(proposal.evidence.contains { $0.column == "inside" && $0.outcome == .notProposed })
        #expect(property(proposal, "order_id")?["primaryKey"] == .bool(true))
        #expect(property(proposal, "ticket")?["logicalTypeOptions"]?["format"] == .string("uuid"))
        #expect(property(proposal, "price")?["logicalTypeOptions"]?["minimum"] == .int(0))
        #expect(property(proposal, "price")?["logicalTypeOptions"]?["maximum"] == .int(110))
        #expect(property(proposal, "price")?["physicalType"] == .string("DECIMAL(9,2)"))
        #expect(property(proposal, "colour")?["enum"]?.arrayValue?.count == 3)
        #expect(property(proposal, "small")?["quality"] != nil)
    }

    @Test func `text files have no physical types, and the same rules`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery(
            "SELECT order_id, \"at\", day, colour, weight, flag, small FROM (\(Self.query))",
            to: folder.path + "/orders.parquet")
        let parquet = try await propose("orders.parquet", .parquet)
        try await write(folder.path + "/orders.parquet", asTextTo: folder.path + "/orders.csv", engine)
        let text = try await propose("orders.csv", .csv)
        for finding in text.findings {
            #expect(finding.verdict == .kept, "\(finding.promise.id): \(finding.observed)")
        }
        for name in ["order_id", "at", "day", "colour", "flag", "small"] {
            let (left, right) = (property(parquet, name), property(text, name))
            #expect(right?["physicalType"] == nil)
            for key in ["logicalType", "required", "enum", "primaryKey", "quality"] {
                #expect(left?[key] == right?[key], "\(name): \(key)")
            }
            for key in ["minimum", "maximum"] {
                #expect(left?["logicalTypeOptions"]?[key] == right?["logicalTypeOptions"]?[key], "\(name): \(key)")
            }
        }
    }

    private func write(_ source: String, asTextTo path: String, _ engine: DuckDBEngine) async throws {
        let table = TableReference(rows: .files([source], .parquet))
        let columns = try await engine.describe(table).columns
        let schema = columns.compactMap { column in column.type.map { ColumnSchema(name: column.name, type: $0) } }
        let request = WriteRequest(
            path: path, format: .csv, columns: schema.map { WriteRequest.Column(schema: $0) })
        let scan = ScanRequest(
            table: table, columns: schema.map { ScanRequest.Column(name: $0.name, type: $0.type) })
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await engine.scan(scan) { (batch) async throws(TallyError) in try await sink.send(batch) }
            return [:]
        }
    }
}
