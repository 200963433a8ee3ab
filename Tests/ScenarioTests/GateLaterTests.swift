// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// What was decided stays decided, and what nobody looked at is looked at, whatever changes around it.
///
/// Holds SEMANTICS 7.8.
@Suite struct GateLaterTests {
    @Test func `names with the characters of patterns are names of files`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1"], at: "data/t1.csv")
        try payments.put(["bad,2026-01-01T10:00:00Z,-1.5", "b,2026-01-01T10:00:00Z,3.5"], at: "data/t[1].csv")
        try payments.put(["c,2026-01-01T10:00:00Z,4"], at: "data/t?.csv")
        let filled = try payments.expect("materialize")
        #expect(filled.error.contains("1 of 2 rows were set aside"), "\(filled.error)")
        for (customer, answer) in [("a", "1.0"), ("bad", "notFound"), ("b", "3.5"), ("c", "4.0")] {
            #expect(try payments.served(customer).contains(answer), "\(customer)")
        }
        try payments.folder.write(
            "customer,event_timestamp\n" + ["a", "bad", "b", "c"].map { "\($0),2026-02-01T00:00:00Z\n" }.joined(),
            to: "spine[1].csv")
        try payments.expect("train", "scoring", "--spine", "spine[1].csv", "-o", "train.csv")
        let rows = try #require(try payments.folder.read("train.csv"))
        #expect(
            rows.contains("bad,2026-02-01T00:00:00Z,\n") && rows.contains("b,2026-02-01T00:00:00Z,3.5\n"), "\(rows)")
    }

    @Test func `what was set aside stays aside when the source names no contract any more`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1", "bad,2026-01-01T10:00:00Z,-3"], at: "data/1.csv")
        try payments.expect("materialize")
        let bare = Payments.definitions.replacing("contract: contracts/payments.odcs.yaml\n", with: "")
        try payments.folder.write(bare, to: "definitions/all.yaml")
        let plan = try payments.run("plan")
        #expect(plan.output.contains("payments.amount.range") && plan.output.contains("forward: no"), "\(plan.output)")
        try payments.define(bare)
        try payments.put(["c,2026-01-01T10:00:00Z,-5"], at: "data/2.csv")
        try payments.expect("materialize", "--full")
        #expect(try payments.served("bad").contains("notFound"))
        #expect(try payments.served("c").contains("-5.0"))
    }

    @Test func `rows come back only if what is promised about all rows is kept then`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,-1.5", "b,2026-01-01T10:00:00Z,1"], at: "data/1.csv")
        try payments.put(["a,2026-01-01T10:00:00Z,2"], at: "data/2.csv")
        try payments.expect("materialize")
        try payments.define(
            contract: Payments.contract.replacing("minimum: 0", with: "minimum: -10")
                .replacing("version: 1.0.0", with: "version: 2.0.0"))
        let refused = try payments.run("quarantine", "replay", "payments")
        #expect(
            refused.status == 1 && refused.error.contains("one_payment_a_moment would be broken"), "\(refused.error)")
        #expect(payments.folder.names(in: ".tally/quarantine/payments/accepted").count == 1)
        try payments.put(["c,2026-01-01T10:00:00Z,3"], at: "data/3.csv")
        try payments.expect("materialize")
    }

    @Test func `nobody decides about rows by a clock that jumped, and what the error advises helps`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1", "bad,2026-01-01T10:00:00Z,-3"], at: "data/1.csv")
        try payments.expect("materialize")
        try payments.folder.write(
            #"{"wall":"2200-01-01T00:00:00Z","sinceStart":5,"start":"another"}"#, to: ".tally/clock.json")
        for command in [["replay", "payments", "--accept"], ["discard", "payments", "--yes"]] {
            let refused = try payments.run("quarantine", command[0], command[1], command[2])
            #expect(
                refused.status == 4 && refused.error.contains("E-clock") && refused.error.contains("--accept-clock"),
                "\(refused.error)")
        }
        #expect(payments.folder.names(in: ".tally/quarantine/payments/accepted").count == 1)
        try payments.expect("materialize", "--accept-clock")
        try payments.expect("quarantine", "replay", "payments", "--accept")
        try payments.expect("materialize")
        #expect(try payments.served("bad").contains("-3.0"))
    }

    @Test func `a view that makes other values is judged by them`() throws {
        let view = Payments.definitions.replacing("contract: contracts/payments.odcs.yaml\n", with: "")
        func definitions(_ expression: String) -> String {
            view.replacing(
                "features: [{name: amount, type: float64}]",
                with: "features: [{name: left, type: float64, expression: \"\(expression)\", promise: {minimum: 0}}]")
        }
        let payments = try Payments(definitions: definitions("amount - 1.0"))
        try payments.put(["a,2026-01-01T10:00:00Z,5"], at: "data/1.csv")
        try payments.expect("materialize")
        try payments.define(definitions("1.0 - amount"))
        let filled = try payments.run("materialize")
        #expect(filled.status == 1 && filled.error.contains("E-broken-promise"), "\(filled.output)\(filled.error)")
        try payments.define(definitions("(amount - 1.0)"))
        try payments.expect("materialize")
        #expect(try payments.served("a").contains("4.0"))
    }

    @Test func `an expression may read a join key and the event time of a text file`() throws {
        let payments = try Payments(
            definitions: Payments.definitions.replacing(
                "features: [{name: amount, type: float64}]",
                with: "features:\n  - {name: amount, type: float64, promise: {minimum: -100}}\n"
                    + "  - {name: hour, type: int64, expression: \"hour(paid_at)\"}\n"
                    + "  - {name: width, type: int64, expression: \"length(customer)\"}"))
        try payments.put(["abc,2026-01-01T10:00:00Z,5"], at: "data/1.csv")
        try payments.expect("materialize")
        let served = try payments.served("abc")
        #expect(served.contains("10") && served.contains("3"), "\(served)")
        try payments.expect("verify")
    }

    @Test func `rows that wait in a file that is gone are an error and not none`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1", "bad,2026-01-01T10:00:00Z,-3"], at: "data/1.csv")
        try payments.expect("materialize")
        let waiting = try #require(
            payments.folder.names(in: ".tally/quarantine/payments").first { $0.hasSuffix(".parquet") })
        FileName.remove(payments.folder.path + "/.tally/quarantine/payments/" + waiting)
        for arguments in [["quarantine", "show", "payments"], ["quarantine", "replay", "payments", "--accept"]] {
            let outcome = try Program.run(arguments, in: payments.folder)
            #expect(outcome.status == 4 && outcome.error.contains("E-corrupt"), "\(outcome.output)\(outcome.error)")
        }
    }

    @Test func `a file that was written anew is compared with what was there before`() throws {
        let payments = try Payments(
            contract: Payments.contract + "      - {id: steady, type: custom, engine: tallystick, "
                + "implementation: {metric: rowCountChange, mustBeBetween: [-50, 50]}}\n")
        let rows = (0..<10).map { "c\($0),2026-01-01T10:00:00Z,1" }
        try payments.put(rows, at: "data/1.csv")
        try payments.expect("materialize")
        try payments.put(Array(rows.prefix(2)), at: "data/1.csv")
        let filled = try payments.run("materialize")
        #expect(filled.status == 1 && filled.error.contains("2 after 10 rows"), "\(filled.output)\(filled.error)")
        let verified = try payments.run("verify")
        #expect(verified.status == 1 && verified.output.contains("2 after 10 rows"), "\(verified.output)")
        try payments.put(Array(rows.prefix(8)), at: "data/1.csv")
        try payments.expect("materialize")
        let settled = try payments.expect("verify", "--format", "json").output
        #expect(settled.contains("8 after 10 rows"), "\(settled)")
    }

    @Test func `columns that nobody can carry are there all the same`() throws {
        let folder = try TemporaryFolder("structs")
        try folder.write("{\"id\": 1, \"o\": {\"a\": 1}}\n", to: "rows.jsonl")
        func contract(_ property: String, _ extra: String = "") -> String {
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: c
            version: 1.0.0
            status: active
            schema:
              - name: rows
                logicalType: object
                properties:
                  - {name: id, logicalType: integer}
            \(property)\(extra)
            """
        }
        try folder.write(contract("      - {name: o, logicalType: object}"), to: "c.odcs.yaml")
        let verified = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "rows.jsonl"], in: folder)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        try folder.write(contract(""), to: "c.odcs.yaml")
        let undeclared = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "rows.jsonl"], in: folder)
        #expect(undeclared.output.contains("undeclared: 'o'"), "\(undeclared.output)\(undeclared.error)")
    }
}
