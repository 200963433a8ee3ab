// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

/// Contracts that change in a repository: the version has to move as far as the changes ask, whoever applies them.
@Suite struct ContractVersionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("versions")
        try folder.write("project: versions\n", to: "tally.yaml")
        try folder.write(
            """
            kind: Source
            name: payments
            owner: tests
            path: data/*.parquet
            columns: [{name: customer, type: string}, {name: amount, type: float64}]
            contract: contracts/payments.odcs.yaml

            """, to: "definitions/all.yaml")
        try write(version: "1.0.0")
        #expect(try Program.run(["apply"], in: folder).status == 0)
    }

    private func write(version: String, maximum: Int = 100, hasAmount: Bool = true) throws {
        let amount = "      - {name: amount, logicalType: number, logicalTypeOptions: {maximum: \(maximum)}}\n"
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

            """ + (hasAmount ? amount : ""), to: "contracts/payments.odcs.yaml")
    }

    @Test func `a version that moves too little is refused and nothing is applied`() throws {
        try write(version: "1.0.1", maximum: 200)
        let refused = try Program.run(["apply"], in: folder)
        #expect(refused.status == 1 && refused.error.contains("error[E-low-version]"), "\(refused.error)")
        #expect(refused.error.contains("it should be 2.0.0 at least"), "\(refused.error)")
        #expect(try Program.run(["apply", "--dry-run"], in: folder).status == 1)
        let plan = try Program.run(["plan"], in: folder)
        #expect(plan.output.contains("range-loosened payments.amount"), "\(plan.output)")
        try write(version: "2.0.0", maximum: 200)
        #expect(try Program.run(["apply"], in: folder).output.contains("applied as generation 2"))
    }

    @Test func `a name that was removed stays reserved`() throws {
        try write(version: "2.0.0", hasAmount: false)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        try write(version: "2.1.0", maximum: 7)
        let again = try Program.run(["apply"], in: folder)
        #expect(again.status == 1 && again.error.contains("error[E-low-version]"), "\(again.error)")
        #expect(try Program.run(["plan"], in: folder).output.contains("reserved"), "the plan says why")
    }
}
