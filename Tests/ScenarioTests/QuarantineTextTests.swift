// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
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
        #expect(shown.output.contains("payments.amount.range  -3\n"), "\(shown.output)\(shown.error)")
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

    @Test func `times without a zone come back as they were written, and the source stays readable`() throws {
        let folder = try TemporaryFolder("text")
        try folder.write("project: text\n", to: "tally.yaml")
        try folder.write(
            Self.definitions.replacing("eventTime:", with: "timeZone: America/New_York\neventTime:"),
            to: "definitions/all.yaml")
        try folder.write(Self.contract, to: "contracts/payments.odcs.yaml")
        let head = "customer,paid_at,amount,code\n"
        try folder.write(
            head + "a,2026-01-01 10:00:00,10.50,007\nb,2026-01-01 11:00:00,-3,\"0,8\"\nc,2026-01-01 12:00:00,-4,9\n",
            to: "data/1.csv")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        // The same second, and whatever was let in or waits stays: each command has files of its own.
        for arguments in [[], ["--accept"], ["--accept"]] {
            let replayed = try Program.run(["quarantine", "replay", "payments"] + arguments, in: folder)
            #expect(replayed.status == 0, "\(replayed.error)")
        }
        let copies = folder.names(in: ".tally/quarantine/payments/accepted")
        let letIn = try #require(copies.first { $0.contains("replayed") })
        #expect(copies.count == 2, "\(copies)")
        #expect(
            try folder.read(".tally/quarantine/payments/accepted/\(letIn)")
                == head + "b,2026-01-01 11:00:00,-3,\"0,8\"\nc,2026-01-01 12:00:00,-4,9\n")
        try folder.write(head + "d,2026-01-01 13:00:00,1,1\n", to: "data/2.csv")
        let filled = try Program.run(["materialize", "--full"], in: folder)
        #expect(filled.status == 0, "\(filled.error)")
        for key in ["a", "b", "c", "d"] {
            let served = try Program.run(["get", "model", "--key", "customer=\(key)"], in: folder)
            #expect(!served.output.contains("notFound"), "\(key): \(served.output)\(served.error)")
        }
        try FileManager.default.removeItem(atPath: folder.path + "/.tally/quarantine/payments/accepted/" + letIn)
        let lost = try Program.run(["materialize", "--full"], in: folder)
        #expect(lost.status == 4 && lost.error.contains("E-corrupt"), "\(lost.status) \(lost.error)")
    }

    @Test func `a wrong query is the finding of its own promise`() throws {
        let folder = try TemporaryFolder("text")
        let query = "- {id: q, type: sql, query: SELECT count(*) FROM nowhere, mustBe: 0}"
        let contract = Self.contract + "      \(query)\n"
        try folder.write(contract, to: "c.odcs.yaml")
        try folder.write("customer,paid_at,amount,code\na,2026-01-01T10:00:00Z,1,007\n", to: "p.csv")
        let verified = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "p.csv"], in: folder)
        #expect(verified.status == 3 && verified.output.contains("unproven  q"), "\(verified.output)\(verified.error)")
        #expect(verified.output.contains("coverage: "))
    }

    /// The columns have no declared types here, so that files tell them.
    private static let definitions = Payments.definitions.replacing("name: scoring", with: "name: model")
        .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("columns:") }
        .joined(separator: "\n")

    private static let contract = Payments.contract.replacing(
        "    quality:", with: "      - {name: code, logicalType: string}\n    quality:")
}
