// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What the gate decided, and the files it speaks of, count only as they were written.
@Suite struct VerdictTests {
    private static let quarantine = ".tally/quarantine/payments"
    private let payments: Payments

    init() throws { try self.init(amount: -3) }

    /// A repository of one Parquet file with rows that were set aside for their amount.
    private init(amount: Int) throws {
        payments = try Payments(definitions: Payments.definitions.replacing("*.csv", with: "*.parquet"))
        try payments.folder.write(Self.rows(amount), to: "rows.csv")
        try Self.writeParquet("rows.csv", to: "data/1.parquet", in: payments.folder)
        try payments.expect("materialize")
    }

    private static func rows(_ amount: Int) -> String {
        let good = (0..<20).map { "c\($0),2026-01-01T10:00:00Z,\($0).5\n" }.joined()
        let bad = (0..<3).map { "bad\($0),2026-01-01T11:00:00Z,\(amount)\n" }.joined()
        return "customer,paid_at,amount\n" + good + bad
    }

    /// A Parquet file of the rows of a CSV file, as a training set of them is one.
    private static func writeParquet(_ csv: String, to path: String, in folder: TemporaryFolder) throws {
        let other = try TemporaryFolder("rows")
        try other.write("project: rows\n", to: "tally.yaml")
        try other.write(
            """
            kind: Entity
            name: customer
            joinKeys: [{name: customer, type: string}]
            ---
            kind: Source
            name: rows
            query: select customer, paid_at, amount::double as amount from read_csv('rows.csv')
            ---
            kind: FeatureView
            name: rows
            owner: tests
            entities: [customer]
            source: rows
            features: [{name: amount, type: float64}]

            """, to: "definitions/all.yaml")
        try other.write(try #require(try folder.read(csv)), to: "rows.csv")
        for command in ["apply", "materialize"] {
            let outcome = try Program.run([command], in: other)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
        let written = try #require(other.names(in: ".tally/snapshots/rows").first)
        let bytes = try #require(try AtomicFile.read(other.path + "/.tally/snapshots/rows/" + written))
        try FileName.makeFolder(folder.path + "/" + FileName.folder(of: path))
        try AtomicFile.write(bytes, to: folder.path + "/" + path)
    }

    private var verdict: String {
        get throws {
            let name = try #require(payments.folder.names(in: Self.quarantine + "/verdicts").first)
            return Self.quarantine + "/verdicts/" + name
        }
    }

    private var waiting: String {
        get throws {
            let name = try #require(payments.folder.names(in: Self.quarantine).first { $0.hasSuffix(".parquet") })
            return Self.quarantine + "/" + name
        }
    }

    /// What `tally doctor` says of the table's verdicts.
    private func doctor() throws -> (status: Int32, states: [String], text: String) {
        let outcome = try payments.run("doctor", "--format", "json")
        let findings = try JSON(parsing: outcome.output)["findings"]?.arrayValue ?? []
        let own = findings.filter { $0["what"]?.stringValue == "quarantine payments" }
        for finding in own where finding["state"]?.stringValue != "kept" {
            #expect(finding["advice"]?.stringValue != nil)
        }
        return (outcome.status, own.compactMap { $0["state"]?.stringValue }, outcome.output)
    }

    /// The verdict as versions wrote it that made no checksum.
    private func makeOld() throws {
        let json = try JSON(parsing: try #require(try payments.folder.read(try verdict)))
        let later = ["checksum", "quarantinedSha256", "quarantinedSize"]
        let members = try #require(json.objectValue).filter { !later.contains($0.name) }
        try payments.folder.write(JSON.members(members).prettyText, to: try verdict)
    }

    @Test(arguments: [
        ("\"rows\": 23", "\"rows\": 2300"), ("\"setAside\": 3", "\"setAside\": 2"),
        ("\"setAside\": 3", "\"setAside\": -3"),
        ("\"discarded\": 0", "\"discarded\": 1"), ("\"path\": \"data/1", "\"path\": \"data/2"),
        ("\"decidedAt\": \"20", "\"decidedAt\": \"19"), ("  \"discarded\"", "  \"more\": 1,\n  \"discarded\""),
    ])
    func `a verdict that was altered decides nothing, and every command says so`(old: String, new: String) throws {
        let text = try #require(try payments.folder.read(try verdict))
        #expect(try doctor().states == ["kept"])
        try payments.folder.write(text.replacing(old, with: new), to: try verdict)
        #expect(try payments.folder.read(try verdict) != text)
        for arguments in [
            ["materialize", "--full"], ["quarantine", "list"], ["quarantine", "replay", "payments", "--accept"],
            ["quarantine", "discard", "payments", "--yes"],
        ] {
            let outcome = try Program.run(arguments, in: payments.folder)
            #expect(outcome.status == 4 && outcome.error.contains("E-corrupt"), "\(arguments): \(outcome.error)")
            #expect(outcome.error.contains("delete it to have the file judged again"), "\(outcome.error)")
        }
        let found = try doctor()
        #expect(found.status == 1 && found.states == ["broken"], "\(found.text)")
        try payments.folder.write(text, to: try verdict)
        try payments.expect("materialize", "--full")
        #expect(try doctor().status == 0)
    }

    @Test func `a verdict that is cut is told, and its file is judged again where it is deleted`() throws {
        let text = try #require(try payments.folder.read(try verdict))
        try payments.folder.write(String(text.prefix(text.count / 2)), to: try verdict)
        #expect(try payments.run("materialize").error.contains("E-corrupt"))
        #expect(try doctor().states == ["broken"])
        FileName.remove(payments.folder.path + "/" + (try verdict))
        let filled = try payments.expect("materialize", "--full")
        #expect(filled.error.contains("3 of 23 rows were set aside"), "\(filled.error)")
    }

    @Test func `rows that wait come back only as they were set aside`() throws {
        let path = payments.folder.path + "/" + (try waiting)
        let bytes = try #require(try AtomicFile.read(path))
        // A whole file of the same form with other amounts, as somebody who may write there would leave it.
        let others = try VerdictTests(amount: -7)
        let other = try #require(try AtomicFile.read(others.payments.folder.path + "/" + (try others.waiting)))
        try AtomicFile.write(other, to: path)
        for arguments in [["quarantine", "show", "payments"], ["quarantine", "replay", "payments", "--accept"]] {
            let outcome = try Program.run(arguments, in: payments.folder)
            #expect(outcome.status == 4 && outcome.error.contains("E-corrupt"), "\(arguments): \(outcome.error)")
            #expect(outcome.error.contains("its bytes are not those that were written"), "\(outcome.error)")
        }
        #expect(try doctor().states == ["broken"])
        #expect(payments.folder.names(in: Self.quarantine + "/accepted").count == 1)
        try AtomicFile.write(bytes, to: path)
        try payments.expect("quarantine", "replay", "payments", "--accept")
        try payments.expect("materialize")
        #expect(try payments.served("bad1").contains("-3.0"))
        #expect(try doctor().status == 0)
    }

    @Test func `rows that wait on after a replay are held to what they were, too`() throws {
        try payments.define(
            Payments.definitions.replacing("*.csv", with: "*.parquet"),
            contract: Payments.contract.replacing("version: 1.0.0", with: "version: 2.0.0"))
        try payments.expect("quarantine", "replay", "payments")
        let path = payments.folder.path + "/" + (try waiting)
        var bytes = try #require(try AtomicFile.read(path))
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: path)
        #expect(try payments.run("quarantine", "replay", "payments", "--accept").error.contains("E-corrupt"))
        try payments.expect("quarantine", "discard", "payments", "--yes")
        try payments.expect("materialize", "--full")
        #expect(try doctor().status == 0)
    }

    @Test func `a verdict of an earlier version counts, is told, and has a checksum from then on`() throws {
        try makeOld()
        let listed = try payments.expect("quarantine", "list")
        #expect(listed.error.contains("verdict without checksum"), "\(listed.error)")
        let before = try doctor()
        #expect(before.status == 3 && before.states == ["unproven"], "\(before.text)")
        let filled = try payments.expect("materialize")
        #expect(filled.error.contains("1 verdict has no checksum"), "\(filled.error)")
        #expect(try doctor().status == 0)
        #expect(try !payments.expect("materialize").error.contains("checksum"))
        let text = try #require(try payments.folder.read(try verdict))
        try payments.folder.write(text.replacing("\"rows\": 23", with: "\"rows\": 24"), to: try verdict)
        #expect(try payments.run("materialize").error.contains("E-corrupt"))
    }

    @Test func `an old verdict that says otherwise than the registry noted is refused`() throws {
        try makeOld()
        let text = try #require(try payments.folder.read(try verdict))
        for (old, new) in [("\"rows\": 23", "\"rows\": 2300"), ("\"path\": \"data/1", "\"path\": \"data/2")] {
            try payments.folder.write(text.replacing(old, with: new), to: try verdict)
            let filled = try payments.run("materialize", "--full")
            #expect(filled.status == 4 && filled.error.contains("is not what the registry noted"), "\(filled.error)")
        }
        try payments.folder.write(text, to: try verdict)
        try payments.expect("materialize", "--full")
    }

    @Test func `an old verdict that names files elsewhere, or hides what it set aside, is refused`() throws {
        try makeOld()
        let text = try #require(try payments.folder.read(try verdict))
        let json = try JSON(parsing: text)
        let copy = try #require(json["accepted"]?.stringValue)
        let digest = try #require(json["acceptedSha256"]?.stringValue)
        let altered = [
            text.replacing(try waiting, with: "data/1.parquet"), text.replacing(copy, with: "data/1.parquet"),
            text.replacing("\"\(digest)\"", with: "null"), text.replacing("\"setAside\": 3", with: "\"setAside\": 0"),
        ]
        for other in altered {
            #expect(other != text)
            try payments.folder.write(other, to: try verdict)
            for arguments in [["materialize", "--full"], ["quarantine", "discard", "payments", "--yes"]] {
                let outcome = try Program.run(arguments, in: payments.folder)
                #expect(outcome.status == 4 && outcome.error.contains("E-corrupt"), "\(other): \(outcome.error)")
            }
        }
        #expect(payments.folder.names(in: "data") == ["1.parquet"])
    }

    @Test func `what a killed decision left goes with the next run, and what it decided stays`() throws {
        let left = [
            Self.quarantine + "/20260101T000000-left.parquet", Self.quarantine + "/accepted/20260101T000000-left.csv",
        ]
        let stranger = Self.quarantine + "/20260101T000000-stranger.parquet"
        let named = try waiting
        for path in left + [stranger] { try payments.folder.write("x", to: path) }
        let note = JSON.object([("files", .array((left + [named]).map { .string($0) }))])
        try payments.folder.write(note.prettyText, to: Self.quarantine + "/unfinished.json")
        try payments.expect("materialize")
        for path in left { #expect(!FileName.exists(payments.folder.path + "/" + path), "\(path)") }
        for path in [named, stranger] { #expect(FileName.exists(payments.folder.path + "/" + path), "\(path)") }
        let found = try doctor()
        #expect(
            found.status == 0 && found.states == ["kept", "kept"] && found.text.contains("stranger"), "\(found.text)")
        try payments.expect("quarantine", "replay", "payments", "--accept")
        #expect(!FileName.exists(payments.folder.path + "/" + named))
        #expect(!payments.folder.names(in: Self.quarantine).contains("unfinished.json"))
    }
}
