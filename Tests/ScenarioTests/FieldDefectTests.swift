// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyContracts
import TallyDefinitions
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// Defects that were reproduced in the field's leading tool, each as a scenario that has to come out right here.
@Suite struct FieldDefectTests {
    private let folder: TemporaryFolder
    private static let now = Timestamp(microseconds: 1_767_225_600_000_000)

    init() throws { folder = try TemporaryFolder("field") }

    /// Holds a contract of one table against the rows of a query, which are written to a file of the format first.
    private func verify(
        _ query: String, _ properties: String, rest: String = "", format: String = "parquet"
    ) async throws -> [String: Finding] {
        let engine = try StandaloneEngine.open(root: folder.path)
        let file = format == "parquet" ? "t.parquet" : "t.csv"
        if format == "parquet" {
            try await engine.writeQuery(query, to: file)
        } else {
            try folder.write(query, to: file)
        }
        let text = """
            apiVersion: v3.2.0
            kind: DataContract
            id: field
            version: 1.0.0
            status: active
            schema:
              - name: t
                logicalType: object
            \(rest.isEmpty ? "" : rest + "\n")    properties:
            \(properties)
            """
        let loaded = ContractReader.read(DefinitionFile(path: "t.odcs.yaml", text: text), hooks: .judging)
        #expect(!loaded.hasErrors, "\(DiagnosticRenderer.text(loaded.diagnostics, sources: loaded.files))")
        let contract = try #require(loaded.contract)
        let source = Source(name: "t", location: .files(path: file, format: format == "parquet" ? .parquet : .csv))
        let table = try #require(PromisedTable(source, contract))
        let report = try await Verifier(engine: engine, root: ".", now: Self.now).verify(table)
        return Dictionary(report.findings.map { ($0.promise.id, $0) }) { first, _ in first }
    }

    @Test func `a number is compared as it is, not as a decimal of three places`() async throws {
        let property = "      - {name: x, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 1}}"
        for type in ["DOUBLE", "DECIMAL(18,4)", "DECIMAL(38,10)"] {
            let found = try await verify(
                "SELECT unnest([0.5, 1.0004, -0.0004, 1, 0])::\(type) AS x", property)
            let range = try #require(found["t.x.range"])
            #expect(range.verdict == .broken && range.evidence.failing == 2, "\(type): \(range)")
            #expect(range.evidence.firstRows == [1, 2], "\(type)")
        }
    }

    @Test func `a column of fractions is no integer`() async throws {
        let property = "      - {name: x, logicalType: integer}"
        let found = try await verify("SELECT unnest([1.9, 2.2, 3.7])::DOUBLE AS x", property)
        #expect(found["t.x.logicalType"]?.verdict == .broken)
        let text = try await verify("x\n1.9\n2\n", property, format: "csv")
        #expect(text["t.x.logicalType"]?.verdict == .broken)
        let whole = try await verify("x\n1\n2\n", property, format: "csv")
        #expect(whole["t.x.logicalType"]?.verdict == .kept)
    }

    @Test func `one NaN is one finding, and every other check still runs`() async throws {
        let properties = """
                  - {name: x, logicalType: number, logicalTypeOptions: {minimum: 0}}
                  - {name: y, logicalType: integer, required: true}
            """
        let found = try await verify(
            "SELECT unnest([1, 'NaN'::DOUBLE, 3]) AS x, unnest([1, 2, 3]) AS y", properties)
        #expect(found["t.x.finite"]?.verdict == .broken && found["t.x.finite"]?.evidence.failing == 1)
        #expect(found["t.x.range"]?.verdict == .broken && found["t.x.range"]?.evidence.failing == 1)
        #expect(found["t.y.required"]?.verdict == .kept)
        let isComplete = found.values.allSatisfy { $0.isExecuted }
        #expect(isComplete)
    }

    @Test func `one row of the year 2099 does not make old data fresh`() async throws {
        let rest = "    customProperties: [{property: eventTime, value: at, vendor: tallystick}]"
        let found = try await verify(
            "SELECT unnest(['2020-01-01 00:00:00+00', '2099-01-01 00:00:00+00'])::TIMESTAMPTZ AS at",
            """
                  - {name: at, logicalType: timestamp}
            slaProperties:
              - {property: freshness, value: 1, unit: d, element: t.at}
            """, rest: rest)
        #expect(found["t.freshness"]?.verdict == .broken, "\(found)")
        #expect(found["t.notInFuture"]?.verdict == .broken && found["t.notInFuture"]?.evidence.firstRows == [1])
    }

    @Test func `latency, frequency and multipleOf are executed, and years are a unit`() async throws {
        let rest = """
                customProperties:
                  - {property: eventTime, value: at, vendor: tallystick}
                  - {property: createdTime, value: seen, vendor: tallystick}
            """
        let found = try await verify(
            """
            SELECT '2025-12-31 00:00:00+00'::TIMESTAMPTZ - to_hours(10 * i::INTEGER) AS at,
            '2025-12-31 00:00:00+00'::TIMESTAMPTZ - to_hours(10 * i::INTEGER - 2) AS seen, i * 0.25 AS x
            FROM range(50) AS r(i)
            """,
            """
                  - {name: at, logicalType: timestamp}
                  - {name: seen, logicalType: timestamp}
                  - {name: x, logicalType: number, logicalTypeOptions: {multipleOf: 0.5}}
            slaProperties:
              - {id: late, property: latency, value: 1, unit: h, element: t.at}
              - {id: often, property: frequency, value: 6, unit: h, element: t.at}
              - {id: new, property: freshness, value: 1, unit: y, element: t.at}
            """, rest: rest)
        #expect(found["late"]?.verdict == .broken, "\(found["late"].debugDescription)")
        #expect(found["often"]?.verdict == .broken, "\(found["often"].debugDescription)")
        #expect(found["new"]?.verdict == .kept, "\(found["new"].debugDescription)")
        #expect(found["t.x.multipleOf"]?.evidence.failing == 25, "\(found["t.x.multipleOf"].debugDescription)")
    }

    @Test func `undeclared columns are told, and types are checked in every format`() async throws {
        let found = try await verify(
            "x,extra\n1,2\nabc,3\n", "      - {name: x, logicalType: integer}", format: "csv")
        #expect(found["t.undeclared"]?.verdict == .broken)
        #expect(found["t.undeclared"]?.observed.contains("'extra'") == true)
        #expect(found["t.x.logicalType"]?.verdict == .broken)
        let missing = try await verify("SELECT 1 AS y", "      - {name: x, logicalType: integer, required: true}")
        #expect(missing["t.x.present"]?.verdict == .broken)
        #expect(missing["t.x.required"]?.verdict == .unproven && missing["t.x.required"]?.isExecuted == false)
    }

    @Test func `an empty table keeps nothing but what can be said of it`() async throws {
        let found = try await verify(
            "SELECT 1::BIGINT AS x, 'a' AS s WHERE false",
            """
                  - {name: x, logicalType: integer, required: true, unique: true, logicalTypeOptions: {minimum: 0}}
                  - {name: s, logicalType: string, enum: [{value: a}], quality: [{metric: nullValues, mustBeLessThan: 1, unit: percent}]}
                quality:
                  - {metric: rowCount, mustBeGreaterThan: 0}
            """)
        for id in ["t.x.required", "t.x.unique", "t.x.range", "t.s.enum", "t.s.nullValues"] {
            #expect(found[id]?.verdict == .unproven, "\(id): \(found[id].debugDescription)")
        }
        #expect(found["t.rowCount"]?.verdict == .broken)
        #expect(found["t.x.present"]?.verdict == .kept && found["t.x.logicalType"]?.verdict == .kept)
    }

    @Test func `a vector of the wrong length is one row's fault`() async throws {
        let found = try await verify(
            "SELECT unnest([[1.0, 0, 0], [0, 1.0], [0, 0, 1.0]])::FLOAT[] AS v, unnest([1, 2, 3]) AS y",
            """
                  - {name: v, logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: float32, normalized: true}}
                  - {name: y, logicalType: integer, required: true}
            """)
        #expect(found["t.v.vector"]?.verdict == .broken, "\(found["t.v.vector"].debugDescription)")
        #expect(found["t.v.vector"]?.evidence.failing == 1 && found["t.v.vector"]?.evidence.firstRows == [1])
        #expect(found["t.y.required"]?.verdict == .kept)
    }
}
