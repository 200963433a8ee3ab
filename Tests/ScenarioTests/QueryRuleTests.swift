// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

/// Promises that are SQL see text as every other promise does: as what was declared.
@Suite struct QueryRuleTests {
    private static let definitions = """
        kind: Entity
        name: item
        owner: tests
        joinKeys: [{name: k, type: int64}]
        ---
        kind: Source
        name: rows
        owner: tests
        path: data/*.ENDING
        eventTime: t
        contract: contracts/rows.odcs.yaml
        ---
        kind: FeatureView
        name: view
        owner: tests
        entities: [item]
        source: rows
        features: [{name: a, type: int64}]

        """

    private static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: rows
        version: 1.0.0
        status: active
        schema:
          - name: rows
            logicalType: object
            quality:
              - {type: sql, query: "SELECT max(a) FROM {object}", mustBe: 12, id: largest}
              - {type: sql, query: "SELECT count(*) FROM {object} WHERE typeof(a) = 'BIGINT'", mustBe: 3, id: numbers}
              - {type: sql, query: "SELECT count(*) FROM {object} WHERE typeof(w) = 'VARCHAR'", mustBe: 3, id: texts}
            properties:
              - {name: k, logicalType: integer}
              - {name: t, logicalType: timestamp}
              - {name: a, logicalType: integer, customProperties: [{property: onViolation, value: warn, vendor: tallystick}]}
              - {name: w, logicalType: string}

        """

    private func repository(_ ending: String, _ rows: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder("rules")
        try folder.write("project: rules\n", to: "tally.yaml")
        try folder.write(Self.definitions.replacing("ENDING", with: ending), to: "definitions/all.yaml")
        try folder.write(Self.contract, to: "contracts/rows.odcs.yaml")
        try folder.write(rows, to: "data/0.\(ending)")
        return folder
    }

    @Test(arguments: [
        ("csv", "k,t,a,w\n1,2026-01-01T00:00:00Z,007,1\n2,2026-01-01T00:00:00Z,+12,2\n3,2026-01-01T00:00:00Z,9,3\n"),
        (
            "jsonl",
            """
            {"k":1,"t":"2026-01-01T00:00:00Z","a":"007","w":"1"}
            {"k":2,"t":"2026-01-01T00:00:00Z","a":"12","w":"2"}
            {"k":3,"t":"2026-01-01T00:00:00Z","a":"9","w":"3"}

            """
        ),
    ])
    func `numbers that look like text are numbers where they were declared, for the gate and for verify`(
        ending: String, rows: String
    ) throws {
        let folder = try repository(ending, rows)
        for command in [["verify"], ["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(command): \(outcome.output)\(outcome.error)")
        }
    }

    @Test func `a broken promise is told with its place in the contract by each command that it stops`() throws {
        let folder = try repository("csv", "k,t,a,w\n1,2026-01-01T00:00:00Z,7,1\n")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let line = try #require(Self.contract.split(separator: "\n").firstIndex { $0.contains("id: largest") }) + 1
        for command in [["materialize"], ["verify"]] {
            let outcome = try Program.run(command, in: folder)
            let told = outcome.output + outcome.error
            #expect(outcome.status == 1 && told.contains("contracts/rows.odcs.yaml:\(line):"), "\(told)")
        }
        // Where the file says something else by now, its lines are not those that were applied.
        try folder.write(Self.contract.replacing("1.0.0", with: "1.0.1"), to: "contracts/rows.odcs.yaml")
        let later = try Program.run(["materialize"], in: folder)
        #expect(later.status == 1 && !later.error.contains("odcs.yaml"), "\(later.error)")
    }

    @Test func `what cannot be read breaks the promise about its type, and is null for a query`() throws {
        let folder = try repository(
            "csv", "k,t,a,w\n1,2026-01-01T00:00:00Z,x,1\n2,2026-01-01T00:00:00Z,12,2\n3,2026-01-01T00:00:00Z,9,3\n")
        let outcome = try Program.run(["verify", "--all"], in: folder)
        #expect(outcome.output.contains("rows.a.logicalType") && outcome.output.contains("1 of 3"), "\(outcome.output)")
        for rule in ["largest", "numbers", "texts"] {
            let line = outcome.output.split(separator: "\n").first { $0.contains(" \(rule) ") }
            #expect(line?.contains("kept") == true, "\(outcome.output)")
        }
    }
}
