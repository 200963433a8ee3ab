// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// Sources that are queries: what they give is a multiset, and what is wrong with one is told at its place.
@Suite struct QuerySourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("queries")
        try folder.write("project: shop\n", to: "tally.yaml")
        var random = SeededGenerator(seed: 7)
        var rows = "customer_id,bought_at,price\n"
        for row in 0..<60_000 {
            let cents = Double(random.next() % 1_000_000) / 7
            rows += "\(random.next() % 500),2024-01-\(1 + row % 9 + 10)T08:00:00Z,\(cents)\n"
        }
        try folder.write(rows, to: "data/purchases.csv")
        var spine = "customer_id,event_timestamp\n"
        for customer in 0..<500 { spine += "\(customer),2024-02-01T00:00:00Z\n" }
        try folder.write(spine, to: "spine.csv")
        try define(
            """
            select customer_id, date_trunc('day', bought_at) + interval 1 day as day,
              sum(price) as spent, avg(price) as mean_price, any_value(price) as some_price
            from read_csv('data/purchases.csv') group by all
            """)
    }

    private func define(_ query: String) throws {
        let lines = query.split(separator: "\n").map { "  \($0)\n" }.joined()
        try folder.write(
            """
            kind: Entity
            name: customer
            joinKeys: [{name: customer_id, type: int64}]
            ---
            kind: Source
            name: purchases
            eventTime: day
            query: |
            \(lines)---
            kind: FeatureView
            name: spending
            owner: tests
            entities: [customer]
            source: purchases
            features:
              - {name: spent, type: float64}
              - {name: mean_price, type: float64}
              - {name: some_price, type: float64}
            ---
            kind: FeatureService
            name: churn
            features: [spending]

            """, to: "definitions/shop.yaml")
    }

    private func train(_ more: String...) throws -> String {
        let outcome = try Program.run(
            ["train", "churn", "--spine", "spine.csv", "-o", "set.parquet", "--format", "json"] + more, in: folder)
        #expect(outcome.status == 0, "\(outcome.error)")
        return try #require(try JSON(parsing: outcome.output)["identitySha256"]?.stringValue)
    }

    @Test func `an aggregating query without an order has one identity, at any number of threads`() throws {
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let first = try train("--threads", "1")
        for threads in ["1", "2", "4", "4", "8"] { #expect(try train("--threads", threads) == first) }
        let written = folder.names(in: ".tally/snapshots/purchases")
        #expect(written.count == 1, "\(written)")
    }

    @Test func `a query's last answer counts only as it was recorded`() throws {
        for command in [["apply"], ["materialize"]] { #expect(try Program.run(command, in: folder).status == 0) }
        let name = try #require(folder.names(in: ".tally/snapshots/purchases").first)
        let path = folder.path + "/.tally/snapshots/purchases/" + name
        let bytes = try #require(try AtomicFile.read(path))
        var other = bytes
        other[bytes.count / 2] ^= 1
        try AtomicFile.write(other, to: path)
        let doctor = try Program.run(["doctor"], in: folder)
        #expect(doctor.status == 1 && doctor.output.contains("query purchases"), "\(doctor.output)")
        let compared = try Program.run(["compare", "churn", "--sample", "10"], in: folder)
        #expect(compared.error.contains("is not what the query answered the last run"), "\(compared.error)")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try Program.run(["compare", "churn", "--sample", "10"], in: folder).status == 0)
        #expect(try Program.run(["doctor"], in: folder).status == 0)
    }

    @Test func `an aggregating query without an order can be compared`() throws {
        for command in [["apply"], ["materialize"]] { #expect(try Program.run(command, in: folder).status == 0) }
        let compared = try Program.run(["compare", "churn"], in: folder)
        #expect(compared.status == 0 && compared.output.contains("0 differ"), "\(compared.output)\(compared.error)")
    }

    @Test(
        arguments: [
            (
                "select customer_id, nothing as spent\nfrom 'data/purchases.csv'", 1, 9, 23, "T0511",
                "\"nothing\" not found"
            ),
            ("select customer_id\nfrm 'data/purchases.csv'", 1, 10, 7, "T0511", "syntax error"),
            ("select 'ä' as a,\n  nofun(1)", 1, 10, 5, "T0511", "nofun does not exist"),
            ("select * from 'none/*.csv'", 3, 9, 17, "T0511", "none/*.csv"),
            ("copy (select 1) to 'x.csv'", 1, 9, 3, "T0511", "not one statement that gives rows"),
            ("select 1; select 2", 1, 8, 8, "T0511", "multiple statements"),
        ])
    func `a query that does not run is a diagnostic at its place`(
        query: String, status: Int32, line: Int, column: Int, code: String, words: String
    ) throws {
        try define(query)
        let outcome = try Program.run(["check"], in: folder)
        #expect(outcome.status == status, "\(outcome.output)\(outcome.error)")
        #expect(
            outcome.output.contains("definitions/shop.yaml:\(line):\(column): ") && outcome.output.contains("[\(code)]")
                && outcome.output.contains(words), "\(outcome.output)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/x.csv"))
        let train = try Program.run(["train", "churn", "--spine", "spine.csv", "-o", "set.csv"], in: folder)
        #expect(train.status != 0 && !train.error.contains("\(query)"), "\(train.error)")
    }

    @Test func `where nothing is promised, a name without promises is told how to make one`() throws {
        for name in ["spending", "nobody"] {
            let outcome = try Program.run(["verify", name], in: folder)
            #expect(outcome.status != 0 && outcome.error.contains("no view makes a promise"), "\(outcome.error)")
            #expect(!outcome.error.contains("these make promises"))
        }
    }

    @Test func `what a query meets in the data names its source and shows no value`() throws {
        try define(
            """
            select customer_id, bought_at as day, price as spent, price as mean_price,
              cast(cast('secret' || price as varchar) as double) as some_price
            from read_csv('data/purchases.csv')
            """)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let train = try Program.run(["train", "churn", "--spine", "spine.csv", "-o", "set.csv"], in: folder)
        #expect(train.status == 1, "\(train.error)")
        #expect(
            train.error.contains("the query of source purchases: ") && train.error.contains("conversion error")
                && !train.error.contains("secret"), "\(train.error)")
    }
}
