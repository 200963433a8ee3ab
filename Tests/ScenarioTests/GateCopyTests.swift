// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// What the gate counts as visible: every file by itself, and rows that were let in later.
@Suite struct GateCopyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try Payments().folder }

    @Test func `two files of the same bytes are two files, and their equal rows are duplicates`() throws {
        let rows = "customer,paid_at,amount\na,2026-01-01T10:00:00Z,1\nb,2026-01-01T11:00:00Z,-3\n"
        try folder.write(rows, to: "data/1.csv")
        try folder.write(rows, to: "data/2.csv")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 1 && filled.error.contains("one_payment_a_moment"), "\(filled.error)")
    }

    @Test func `rows of two files of the same bytes are set aside in both`() throws {
        let contract = Payments.contract.replacing("mustBe: 0", with: "mustBe: 1")
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

    @Test func `a copy of the rows that were let in is read only if its bytes are those`() throws {
        try folder.write(
            "customer,paid_at,amount\na,2026-01-01T10:00:00Z,1.5\nb,2026-01-01T11:00:00Z,-3\n", to: "data/1.csv")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let name = try #require(folder.names(in: ".tally/quarantine/payments/accepted").first)
        let copy = ".tally/quarantine/payments/accepted/" + name
        let text = try #require(try folder.read(copy))
        try folder.write(text.replacing("1.5", with: "9.5"), to: copy)
        let filled = try Program.run(["materialize", "--full"], in: folder)
        #expect(filled.status == 4 && filled.error.contains("E-corrupt"), "\(filled.error)")
        #expect(filled.error.contains("its bytes are not those that were written"), "\(filled.error)")
        try folder.write(text, to: copy)
        #expect(try Program.run(["materialize", "--full"], in: folder).status == 0)
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

    @Test func `rows of JSON lines are set aside as they stood, and come back as they stood`() throws {
        try folder.write(Payments.definitions.replacing("*.csv", with: "*.jsonl"), to: "definitions/all.yaml")
        try folder.write(
            Payments.contract.replacing(
                "    properties:\n",
                with:
                    "    customProperties: [{property: extraColumns, value: allow, vendor: tallystick}]\n    properties:\n"
            )
            .replacing("version: 1.0.0", with: "version: 2.0.0"), to: "contracts/payments.odcs.yaml")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let odd = #"{"amount":-3.50, "customer":"b\u00e9",  "paid_at":"2026-01-01T11:00:00Z", "more": {"x": [1, 2]}}"#
        let good = #"{"customer": "a", "paid_at": "2026-01-01T10:00:00Z", "amount": 1e0, "more": {"x": []}}"#
        let last = #"{"customer": "c", "paid_at": "2026-01-01T10:00:00Z", "amount": 7}"#
        try folder.write("\(odd)\n\n\(good)\r\n\(last)", to: "data/1.jsonl")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 0, "\(filled.error)")
        #expect(filled.error.contains("1 of 3 rows were set aside"), "\(filled.error)")
        let accepted = try #require(folder.names(in: ".tally/quarantine/payments/accepted").first)
        #expect(try folder.read(".tally/quarantine/payments/accepted/" + accepted) == "\(good)\r\n\(last)\n")
        let shown = try Program.run(["quarantine", "show", "payments"], in: folder)
        #expect(shown.output.contains("-3.5"), "\(shown.output)")
        let replayed = try Program.run(["quarantine", "replay", "payments", "--accept"], in: folder)
        #expect(replayed.status == 0, "\(replayed.error)")
        let back = try #require(
            folder.names(in: ".tally/quarantine/payments/accepted").first { $0.contains("replayed") })
        #expect(try folder.read(".tally/quarantine/payments/accepted/" + back) == "\(odd)\n")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let served = try Program.run(["get", "scoring", "--key", "customer=bé"], in: folder)
        #expect(served.output.contains("-3.5"), "\(served.output)\(served.error)")
    }

    @Test func `a file of JSON lines of which every row is set aside leaves an empty one`() throws {
        try folder.write(Payments.definitions.replacing("*.csv", with: "*.json"), to: "definitions/all.yaml")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        try folder.write(
            #"{"customer": "a", "paid_at": "2026-01-01T10:00:00Z", "amount": 1}"# + "\n", to: "data/1.json")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        try folder.write(
            #"{"customer": "a", "paid_at": "2026-01-01T10:30:00Z", "amount": -1}"# + "\n", to: "data/2.json")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.status == 0, "\(filled.error)")
        #expect(filled.error.contains("1 of 1 rows were set aside"), "\(filled.error)")
    }

    @Test func `where nothing is left of any file, that is said, and the rows can come back`() throws {
        try folder.write(Payments.definitions.replacing("*.csv", with: "*.json"), to: "definitions/all.yaml")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        try folder.write(
            #"{"customer": "a", "paid_at": "2026-01-01T10:00:00Z", "amount": -1}"# + "\n", to: "data/1.json")
        for _ in 1...2 {
            let filled = try Program.run(["materialize"], in: folder)
            #expect(filled.status == 1, "\(filled.output)")
            #expect(filled.error.contains("every row of every file was set aside"), "\(filled.error)")
        }
        #expect(try Program.run(["quarantine", "replay", "payments", "--accept"], in: folder).status == 0)
        #expect(try Program.run(["materialize"], in: folder).status == 0)
    }
}
