// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

/// A table that is exported anew each night: nobody trains on nulls without having read why.
@Suite struct NightlyExportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("nightly")
        try folder.write("project: nightly\n", to: "tally.yaml")
        try folder.write(
            "customer,event_timestamp\n1,2024-02-01T00:00:00Z\n2,2024-02-01T00:00:00Z\n3,2024-02-01T00:00:00Z\n",
            to: "spine.csv")
        try export(3)
        try define("")
    }

    private func define(_ extra: String) throws {
        try folder.write(
            """
            kind: Entity
            name: customer
            joinKeys: [{name: customer, type: int64}]
            ---
            kind: Source
            name: purchases
            path: data/*.csv
            eventTime: at
            \(extra)
            ---
            kind: FeatureView
            name: spending
            owner: tests
            entities: [customer]
            source: purchases
            features: [{name: amount, type: float64}, {name: pieces, type: int64}]
            ---
            kind: FeatureService
            name: model
            owner: tests
            features: [spending]

            """, to: "definitions/all.yaml")
        let applied = try Program.run(["apply"], in: folder)
        #expect(applied.status == 0, "\(applied.error)")
    }

    private func export(_ customers: Int, extra: Int = 0) throws {
        let rows = (1...customers).map { "\($0),2024-01-0\($0)T00:00:00Z,\($0).5,\(extra)\n" }
        try folder.write("customer,at,amount,pieces\n" + rows.joined(), to: "data/export.csv")
    }

    private func train(_ more: String...) throws -> Program.Outcome {
        _ = try Program.run(["apply"], in: folder)
        return try Program.run(["train", "model", "--spine", "spine.csv", "-o", "out.parquet"] + more, in: folder)
    }

    private func manifest() throws -> JSON {
        try JSON(parsing: try #require(try folder.read("out.parquet.manifest.json")))
    }

    @Test func `a first export hides nothing`() throws {
        let first = try train()
        #expect(first.status == 0 && !first.error.contains("hide"), "\(first.error)")
        #expect(try manifest()["marked"] == nil)
        #expect(try folder.read("out.parquet")?.contains("tallystick.marked") == true)
        #expect(try folder.read("out.parquet")?.contains("firstSeen") == false)
    }

    @Test func `an export that was written anew ends with 3, whole and marked, and says why`() throws {
        #expect(try train().status == 0)
        try export(3, extra: 1)
        let second = try train()
        #expect(second.status == 3)
        for words in [
            "first-seen times hide 6 of 6 values (100.0 %)", "source purchases: data/export.csv",
            "`firstSeen: declared`",
            "written whole, and marked", "--accept-rewritten",
        ] { #expect(second.error.contains(words), "\(words) in \(second.error)") }
        #expect(second.output.contains("3 rows of 3"))
        let made = try manifest()
        #expect(made["marked"]?["by"]?.stringValue == "firstSeen" && made["marked"]?["accepted"] == .bool(false))
        #expect(made["counts"]?["hiddenByFirstSeen"]?["hidden"] == .int(6))
        #expect(try folder.read("out.parquet")?.contains("firstSeen") == true)
        let accepted = try train("--accept-rewritten")
        #expect(accepted.status == 0 && accepted.error.contains("first-seen times hide 6 of 6"))
        #expect(try manifest()["marked"]?["accepted"] == .bool(true))
        #expect(try manifest()["identitySha256"] == made["identitySha256"], "it is the same training set")
    }

    @Test func `declared times are taken as true where the source says so`() throws {
        #expect(try train().status == 0)
        try export(3, extra: 1)
        try define("firstSeen: declared")
        let outcome = try train()
        #expect(outcome.status == 0 && !outcome.error.contains("hide"), "\(outcome.error)")
        #expect(try manifest()["identity"]?["firstSeen"]?["purchases"]?.stringValue == "assumed")
        #expect(try manifest()["counts"]?["views"]?.arrayValue?.first?["matched"] == .int(3))
    }

    @Test func `a new file that hides little is a warning with its count`() throws {
        #expect(try train().status == 0)
        let rows = (4...30).map { "\($0),2024-02-01T00:00:00Z\n" }
        try folder.write(
            "customer,event_timestamp\n" + (1...3).map { "\($0),2024-02-01T00:00:00Z\n" }.joined() + rows.joined(),
            to: "spine.csv")
        try folder.write(
            "customer,at,amount,pieces\n4,2024-01-05T00:00:00Z,1.5,1\n1,2024-01-05T00:00:00Z,9.5,1\n",
            to: "data/new.csv")
        let outcome = try train()
        #expect(outcome.status == 3, "a quarter is much")
        #expect(
            outcome.error.contains("hide 2 of 8 values (25.0 %) and leave 2 with an older one"), "\(outcome.error)")
    }

    @Test func `without known times nothing is hidden`() throws {
        #expect(try train().status == 0)
        try export(3, extra: 1)
        #expect(try train("--known", "ignore").status == 0)
    }

    @Test func `a fill up to an instant before the files came says what it leaves out`() throws {
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        try export(3, extra: 1)
        let filled = try Program.run(["materialize", "--full", "--until", "2024-06-01T00:00:00Z"], in: folder)
        #expect(filled.status == 0)
        #expect(
            filled.error.contains("3 rows that declare to be known at 2024-06-01T00:00:00Z are left out"),
            "\(filled.error)")
        let compared = try Program.run(["compare", "model", "--at", "2024-06-01T00:00:00Z"], in: folder)
        #expect(compared.error.contains("first-seen times hide"), "\(compared.error)")
    }

    @Test func `more than a tenth is much, a tenth is not`() {
        var hidden = HiddenValues()
        hidden.found = 100
        hidden.hidden = 10
        #expect(!hidden.isMuch && hidden.text?.contains("10 of 100 values (10.0 %)") == true)
        hidden.hidden = 11
        #expect(hidden.isMuch)
        #expect(!HiddenValues().isMuch && HiddenValues().text == nil)
    }
}
