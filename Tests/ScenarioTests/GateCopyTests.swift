// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// What the gate counts as visible: every file by itself, and rows that were let in later.
@Suite struct GateCopyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("copies")
        try folder.write("project: copies\n", to: "tally.yaml")
        try folder.write(Self.definitions, to: "definitions/all.yaml")
        try folder.write(Self.contract, to: "contracts/payments.odcs.yaml")
        #expect(try Program.run(["apply"], in: folder).status == 0)
    }

    @Test func `two files of the same bytes are two files, and their equal rows are duplicates`() throws {
        let rows = "customer,paid_at,amount\na,2026-01-01T10:00:00Z,1\nb,2026-01-01T11:00:00Z,-3\n"
        try folder.write(rows, to: "data/1.csv")
        try folder.write(rows, to: "data/2.csv")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 1 && filled.error.contains("one_payment_a_moment"), "\(filled.error)")
    }

    @Test func `rows of two files of the same bytes are set aside in both`() throws {
        let contract = Self.contract.replacing("mustBe: 0", with: "mustBe: 1")
        let rows = "customer,paid_at,amount\na,2026-01-01T10:00:00Z,1\nb,2026-01-01T11:00:00Z,-3\n"
        try folder.write(rows, to: "data/1.csv")
        try folder.write(rows, to: "data/2.csv")
        try folder.write(
            contract.replacing("version: 1.0.0", with: "version: 2.0.0"), to: "contracts/payments.odcs.yaml")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 0 && filled.error.contains("2 of 4 rows were set aside"), "\(filled.error)")
        #expect(filled.output.contains("full     2 "), "\(filled.output)")
        let listed = try Program.run(["quarantine", "list", "--format", "json"], in: folder).output
        let entries = try #require(try JSON(parsing: listed)["entries"]?.arrayValue)
        #expect(entries.count == 2 && entries.allSatisfy { $0["waiting"]?.intValue == 1 }, "\(listed)")
        #expect(Set(entries.compactMap { $0["path"]?.stringValue }).count == 2)
    }

    @Test func `rows that were let in later count for the promises about all rows`() throws {
        try folder.write(
            "customer,paid_at,amount\nb,2026-01-01T11:00:00Z,-3\nc,2026-01-01T12:00:00Z,2\n", to: "data/1.csv")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try Program.run(["quarantine", "replay", "payments", "--accept"], in: folder).status == 0)
        try folder.write("customer,paid_at,amount\nb,2026-01-01T11:00:00Z,5\n", to: "data/2.csv")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 1 && filled.error.contains("found 1 of 3 rows are duplicates"), "\(filled.error)")
    }

    private static let definitions = """
        kind: Entity
        name: customer
        owner: tests
        joinKeys: [{name: customer, type: string}]
        ---
        kind: Source
        name: payments
        owner: tests
        path: data/*.csv
        eventTime: paid_at
        contract: contracts/payments.odcs.yaml
        columns: [{name: customer, type: string}, {name: paid_at, type: timestamp}, {name: amount, type: float64}]
        ---
        kind: FeatureView
        name: last_payment
        owner: tests
        entities: [customer]
        source: payments
        features: [{name: amount, type: float64}]

        """

    private static let contract = """
        apiVersion: v3.2.0
        kind: DataContract
        id: payments
        version: 1.0.0
        status: active
        schema:
          - name: payments
            logicalType: object
            properties:
              - {name: customer, logicalType: string, required: true}
              - {name: paid_at, logicalType: timestamp}
              - name: amount
                logicalType: number
                logicalTypeOptions: {minimum: 0}
                customProperties: [{property: onViolation, value: quarantine, vendor: tallystick}]
            quality:
              - {id: one_payment_a_moment, metric: duplicateValues, arguments: {properties: [customer, paid_at]}, mustBe: 0}

        """
}
