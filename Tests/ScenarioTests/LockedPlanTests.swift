// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

/// The pipeline of a repository that has contracts and no views yet: it can be green, and it sees every edit.
@Suite struct LockedPlanTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("locked")
        try folder.write("project: locked\n", to: "tally.yaml")
        try folder.write("customer,amount\na,1.5\n", to: "data/payments.csv")
        try define(owner: "tests")
        try promise(version: "1.0.0")
        #expect(try Program.run(["apply"], in: folder).status == 0)
    }

    private func define(owner: String) throws {
        try folder.write(
            """
            kind: Source
            name: payments
            owner: \(owner)
            path: data/*.csv
            contract: contracts/payments.odcs.yaml

            """, to: "definitions/all.yaml")
    }

    private func promise(version: String, maximum: Int = 100) throws {
        try folder.write(
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: payments
            version: \(version)
            status: active
            schema:
              - name: payments
                logicalType: object
                properties:
                  - {name: customer, logicalType: string}
                  - {name: amount, logicalType: number, logicalTypeOptions: {maximum: \(maximum)}}

            """, to: "contracts/payments.odcs.yaml")
    }

    private func locked() throws -> Program.Outcome { try Program.run(["plan", "--locked"], in: folder) }

    @Test func `a source with a contract and no view passes the strictest check`() throws {
        let check = try Program.run(["check", "--fail-on", "warning"], in: folder)
        #expect(check.status == 0, "\(check.output)\(check.error)")
        #expect(try locked().status == 0)
    }

    @Test func `an owner, a version and a promise that changed fail the lock`() throws {
        let edits: [(name: String, edit: () throws -> Void)] = [
            ("source payments is declared differently", { try define(owner: "somebody else") }),
            ("source payments: contract is '1.1.0', locked is '1.0.0'", { try promise(version: "1.1.0") }),
            ("source payments: contract is declared differently", { try promise(version: "1.0.0", maximum: 90) }),
        ]
        for (words, edit) in edits {
            try edit()
            let outcome = try locked()
            #expect(outcome.status == 1 && outcome.error.contains(words), "\(words): \(outcome.error)")
            #expect(outcome.output.contains("1 changed"), "\(outcome.output)")
            try define(owner: "tests")
            try promise(version: "1.0.0")
            #expect(try locked().status == 0)
        }
    }
}
