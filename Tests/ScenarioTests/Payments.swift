// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// A repository of one source with a contract that sets negative amounts aside, and the program run in it.
struct Payments {
    let folder: TemporaryFolder

    /// Writes the repository and applies it.
    init(definitions: String = Payments.definitions, contract: String = Payments.contract) throws {
        folder = try TemporaryFolder("payments")
        try folder.write("project: payments\n", to: "tally.yaml")
        try define(definitions, contract: contract)
    }

    /// Writes definitions and contract anew and applies them.
    func define(_ definitions: String = Payments.definitions, contract: String = Payments.contract) throws {
        try folder.write(definitions, to: "definitions/all.yaml")
        try folder.write(contract, to: "contracts/payments.odcs.yaml")
        let applied = try run("apply")
        #expect(applied.status == 0, "\(applied.error)")
    }

    /// Lays down a CSV file of rows: customer, instant, amount.
    func put(_ rows: [String], at path: String) throws {
        try folder.write((["customer,paid_at,amount"] + rows).joined(separator: "\n") + "\n", to: path)
    }

    func run(_ arguments: String...) throws -> Program.Outcome { try Program.run(arguments, in: folder) }

    /// What is served of a customer.
    func served(_ customer: String) throws -> String {
        try run("get", "scoring", "--key", "customer=\(customer)").output
    }

    /// Expects that a command ends well, and gives its outcome.
    @discardableResult
    func expect(_ arguments: String...) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == 0, "\(arguments): \(outcome.output)\(outcome.error)")
        return outcome
    }

    static let definitions = """
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
        ---
        kind: FeatureService
        name: scoring
        owner: tests
        features: [last_payment]

        """

    static let contract = """
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
