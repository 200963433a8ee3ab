// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// The form of times that a contract declares (`logicalTypeOptions.format`) is what their text is read by, in every command.
@Suite struct ContractFormatTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("formats")
        try folder.write("project: t\n", to: "tally.yaml")
        try folder.write("id,event_timestamp\n1,2024-06-01T00:00:00Z\n", to: "spine.csv")
        try define()
        try contract()
    }

    private func define(
        _ source: String = "eventTime: ts", features: String = "{name: x, type: float64}, {name: born, type: date}",
        files: String = "data/*.csv"
    ) throws {
        try folder.write(
            """
            kind: Entity
            name: e
            joinKeys: [{name: id, type: int64}]
            ---
            kind: Source
            name: src
            path: \(files)
            contract: src.odcs.yaml
            \(source)
            ---
            kind: FeatureView
            name: v
            owner: me
            entities: [e]
            source: src
            features: [\(features)]
            ---
            kind: FeatureService
            name: s
            owner: me
            features: [v]
            """, to: "definitions/d.yaml")
    }

    private func contract(ts: String = "dd/MM/yyyy HH:mm", born: String = "MM-dd-yyyy", severity: String = "block")
        throws
    {
        try folder.write(
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: src
            version: 1.0.0
            status: active
            team: {name: t}
            schema:
              - name: src
                properties:
                  - {name: id, logicalType: integer, logicalTypeOptions: {format: i64}}
                  - {name: time, physicalName: ts, logicalType: timestamp, logicalTypeOptions: {format: "\(ts)"}}
                  - {name: x, logicalType: number}
                  - {name: born, logicalType: date, logicalTypeOptions: {format: "\(born)"}}
                  - {name: at, logicalType: time, logicalTypeOptions: {format: HHmm}}
            """, to: "src.odcs.yaml")
    }

    private func put(_ row: String) throws { try folder.write("id,ts,x,born,at\n\(row)\n", to: "data/1.csv") }

    private func run(_ arguments: String...) throws -> (status: Int32, text: String) {
        let result = try Program.run(arguments, in: folder)
        return (result.status, result.output + result.error)
    }

    /// What the commands say, in one order.
    private func all() throws -> [(name: String, status: Int32, text: String)] {
        _ = try Program.run(["apply"], in: folder)
        return try [
            ["check"], ["train", "s", "--spine", "spine.csv", "-o", "out.csv"], ["materialize"], ["verify"],
        ].map { arguments in
            let result = try Program.run(arguments, in: folder)
            return (arguments[0], result.status, result.output + result.error)
        }
    }

    private func trained() throws -> String? { try folder.read("out.csv") }

    @Test func `every command reads times as the contract says they are written`() throws {
        try put("1,03/05/2024 10:00,1.5,01-31-1999,0930")
        for said in try all() { #expect(said.status == 0, "\(said)") }
        #expect(try trained() == "id,event_timestamp,x,born\n1,2024-06-01T00:00:00Z,1.5,1999-01-31\n")
        let served = try run("get", "s", "--key", "id=1")
        #expect(served.text.contains("2024-05-03T10:00:00Z") && served.text.contains("1999-01-31"), "\(served.text)")
        let files = try run("verify", "--contract", "src.odcs.yaml", "--data", "data/1.csv")
        #expect(files.status == 0, "\(files.text)")
    }

    @Test func `JSON lines are read by it as well`() throws {
        try define(files: "data/*.jsonl")
        try folder.write(
            "{\"id\":1,\"ts\":\"03/05/2024 10:00\",\"x\":1.5,\"born\":\"01-31-1999\",\"at\":\"0930\"}\n",
            to: "data/1.jsonl")
        for said in try all() { #expect(said.status == 0, "\(said)") }
        #expect(try trained() == "id,event_timestamp,x,born\n1,2024-06-01T00:00:00Z,1.5,1999-01-31\n")
    }

    @Test(arguments: [
        "1,2024-05-03T10:00:00Z,1.5,01-31-1999,0930", "1,03/13/2024 10:00,1.5,01-31-1999,0930",
        "1,03/05/2024 10:00,1.5,1999-01-31,0930",
    ])
    func `no other form is read beside it, ISO 8601 neither`(_ row: String) throws {
        try put(row)
        for said in try all() { #expect(said.status == 1, "\(said)") }
        #expect(try trained() == nil)
    }

    @Test func `times of day are held against their form`() throws {
        try put("1,03/05/2024 10:00,1.5,01-31-1999,09:30")
        let said = try run("verify")
        #expect(said.status == 1 && said.text.contains("src.at.logicalType"), "\(said.text)")
    }

    @Test func `a form of the source's own column is stronger, and one of all its times weaker`() throws {
        try define("timeFormat: yyyyMMdd\neventTime: {column: ts, format: yyyy/MM/dd}")
        try put("1,2024/05/03,1.5,01-31-1999,0930")
        for said in try all() { #expect(said.status == 0, "\(said)") }
        #expect(try trained() == "id,event_timestamp,x,born\n1,2024-06-01T00:00:00Z,1.5,1999-01-31\n")
    }

    @Test func `times of a form that is not read here are no guess`() throws {
        try contract(born: "d. MMMM yy")
        try put("1,03/05/2024 10:00,1.5,1999-01-31,0930")
        let lint = try run("contract", "lint", "src.odcs.yaml")
        #expect(
            lint.status == 0 && lint.text.contains("warning[T0721]: times of the form 'd. MMMM yy'"), "\(lint.text)")
        for said in try all() {
            #expect(said.status == (said.name == "verify" ? 3 : 1), "\(said)")
            #expect(said.text.contains("'d. MMMM yy'") && said.text.contains("not read here"), "\(said)")
        }
        #expect(try trained() == nil)
    }

    @Test func `times of such a form stop nobody who does not read them`() throws {
        try contract(born: "d. MMMM yy")
        try define(features: "{name: x, type: float64}")
        try put("1,03/05/2024 10:00,1.5,31. May 99,0930")
        for said in try all() where said.name != "verify" { #expect(said.status == 0, "\(said)") }
        #expect(try trained() == "id,event_timestamp,x\n1,2024-06-01T00:00:00Z,1.5\n")
    }

    @Test func `another form in the contract is another way to read, and so another definition`() throws {
        try put("1,03/05/2024 10:00,1.5,01-31-1999,0930")
        _ = try run("apply")
        try contract(ts: "MM/dd/yyyy HH:mm")
        let plan = try run("plan")
        #expect(plan.text.contains("~ source src"), "\(plan.text)")
    }
}
