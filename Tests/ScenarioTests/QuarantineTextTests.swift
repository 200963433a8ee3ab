// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Rows of text files are set aside one by one, and what is let in keeps its very texts.
@Suite struct QuarantineTextTests {
    @Test func `rows of a CSV file are set aside and the others stay as they were written`() throws {
        let folder = try TemporaryFolder("text")
        try folder.write("project: text\n", to: "tally.yaml")
        try folder.write(Self.definitions, to: "definitions/all.yaml")
        try folder.write(Self.contract, to: "contracts/payments.odcs.yaml")
        try folder.write(
            """
            customer,paid_at,amount,code
            a,2026-01-01T10:00:00Z,10.50,007
            b,2026-01-01T11:00:00Z,-3,008
            c,2026-01-01T12:00:00Z,20,009

            """, to: "data/payments.csv")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 0 && filled.error.contains("1 of 3 rows were set aside"), "\(filled.error)")
        let shown = try Program.run(["quarantine", "show", "payments"], in: folder)
        #expect(shown.output.contains("payments.amount.range  -3.0"), "\(shown.output)\(shown.error)")
        let listed = try Program.run(["quarantine", "list", "--format", "json"], in: folder).output
        let run = try #require(try JSON(parsing: listed)["entries"]?.arrayValue?.first?["run"]?.stringValue)
        let kept = try #require(try folder.read(".tally/quarantine/payments/accepted/\(run).csv"))
        #expect(kept.contains("10.50") && kept.contains("007"), "\(kept)")
        #expect(try Program.run(["get", "model", "--key", "customer=b"], in: folder).output.contains("notFound"))
        let replayed = try Program.run(["quarantine", "replay", "payments", "--accept"], in: folder)
        #expect(replayed.status == 0, "\(replayed.error)")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let served = try Program.run(["get", "model", "--key", "customer=b"], in: folder)
        #expect(served.output.contains("-3.0"), "\(served.output)\(served.error)")
    }

    @Test func `a wrong query is the finding of its own promise`() throws {
        let folder = try TemporaryFolder("text")
        let query = "quality: [{id: q, type: sql, query: SELECT count(*) FROM nowhere, mustBe: 0}]"
        let contract = Self.contract.replacing("    properties:", with: "    \(query)\n    properties:")
        try folder.write(contract, to: "c.odcs.yaml")
        try folder.write("customer,paid_at,amount,code\na,2026-01-01T10:00:00Z,1,007\n", to: "p.csv")
        let verified = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "p.csv"], in: folder)
        #expect(verified.status == 3 && verified.output.contains("unproven  q"), "\(verified.output)\(verified.error)")
        #expect(verified.output.contains("coverage: "))
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
        ---
        kind: FeatureView
        name: last_payment
        owner: tests
        entities: [customer]
        source: payments
        features: [{name: amount, type: float64}]
        ---
        kind: FeatureService
        name: model
        owner: tests
        features: [last_payment]

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
              - {name: code, logicalType: string}

        """
}
