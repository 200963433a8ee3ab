// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// A reference is held against the other table as the contract declares it.
@Suite struct DuckDBReferenceTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("reference")
        engine = try DuckDBEngine(root: folder.path)
    }

    /// What comes of a reference from `flight.origin` to `station.code`, and of a promise beside it.
    private func findings(
        _ flights: TableReference.Rows, _ stations: TableReference.Rows, code: Contract.Column, type: String? = nil
    ) async throws -> [Finding] {
        let promises = [
            Promise(
                id: "reference", object: "flight", column: "origin", check: "reference",
                arguments: ["object": .string("station"), "properties": .array([.string("code")])]),
            Promise(id: "required", object: "flight", column: "origin", check: "required"),
        ]
        let flight = Contract.Object(
            name: "flight", columns: [Contract.Column(name: "origin", logicalType: type)], promises: promises)
        let station = Contract.Object(name: "station", columns: [code], promises: [])
        let (table, other) = (TableReference(rows: flights), TableReference(rows: stations))
        let context = TableContext(
            object: flight, found: try await engine.describe(table).columns, now: Timestamp(microseconds: 0),
            tables: ["station": other], objects: [flight, station])
        return try await TableCheck(promises, context: context).run(over: TableRows(table, context, engine: engine))
    }

    @Test func `the other column is looked for under its name in the data`() async throws {
        let code = Contract.Column(name: "code", physicalName: "STATION_CODE")
        let stations = TableReference.Rows.query("SELECT 'JFK' AS \"STATION_CODE\"")
        let kept = try await findings(.query("SELECT 'JFK' AS origin"), stations, code: code)
        #expect(kept.map(\.verdict) == [.kept, .kept])
        let broken = try await findings(.query("SELECT 'LGA' AS origin"), stations, code: code)
        #expect(broken.map(\.verdict) == [.broken, .kept])
    }

    @Test func `the other column is read as it is promised`() async throws {
        try folder.write("origin,i\n007,1\n", to: "flights.csv")
        try folder.write("code,i\n7,1\n8,2\n", to: "stations.csv")
        let (flights, stations) = (
            TableReference.Rows.files(["flights.csv"], .csv), TableReference.Rows.files(["stations.csv"], .csv)
        )
        let texts = try await findings(
            flights, stations, code: Contract.Column(name: "code", logicalType: "string"), type: "string")
        #expect(texts.map(\.verdict) == [.broken, .kept], "\(texts[0].observed)")
        try folder.write("origin,i\n7,1\n", to: "flights.csv")
        let numbers = try await findings(
            flights, stations, code: Contract.Column(name: "code", logicalType: "integer"), type: "integer")
        #expect(numbers.map(\.verdict) == [.kept, .kept], "\(numbers[0].observed)")
    }

    @Test(arguments: [
        ("'A1'", "7::BIGINT", "'origin' is VARCHAR and 'code' is BIGINT, which are not compared"),
        (
            "9007199254740993", "9007199254740992::DOUBLE",
            "'origin' is BIGINT and 'code' is DOUBLE, which are not compared"
        ),
    ])
    func `types that are not compared leave it unexecuted, and it alone`(
        origin: String, code: String, reason: String
    ) async throws {
        let findings = try await findings(
            .query("SELECT \(origin) AS origin"), .query("SELECT \(code) AS code"), code: Contract.Column(name: "code"))
        #expect(findings.map(\.verdict) == [.unproven, .kept])
        #expect(findings[0].observed == reason && !findings[0].isExecuted)
    }

    @Test(arguments: [
        ("7::INTEGER", "7::BIGINT"), ("7::UBIGINT", "7::BIGINT"), ("7::HUGEINT", "7::INTEGER"),
        ("7.50::DECIMAL(9,2)", "7.5::DECIMAL(5,1)"), ("7", "7::DECIMAL(9,2)"), ("0.5::FLOAT", "0.5::DOUBLE"),
        ("DATE '2024-01-01'", "DATE '2024-01-01'"), ("TIMESTAMP '2024-01-01'", "TIMESTAMP '2024-01-01'"),
        ("'00000000-0000-4000-8000-000000000000'::UUID", "'00000000-0000-4000-8000-000000000000'"), ("true", "true"),
    ])
    func `types that hold the same values are compared`(origin: String, code: String) async throws {
        let findings = try await findings(
            .query("SELECT \(origin) AS origin"), .query("SELECT \(code) AS code"), code: Contract.Column(name: "code"))
        #expect(findings.map(\.verdict) == [.kept, .kept], "\(findings[0].observed)")
    }

    @Test func `a column that the other table lacks leaves it unexecuted, and it alone`() async throws {
        let findings = try await findings(
            .query("SELECT 1 AS origin"), .query("SELECT 1 AS other"), code: Contract.Column(name: "code"))
        #expect(findings.map(\.verdict) == [.unproven, .kept])
        #expect(findings[0].observed == "there is no column 'code'")
    }
}
