// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// Sources whose event times are days: nobody sees a day before it is over, whatever the file makes of it.
@Suite struct DaysTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("days")
        try folder.write("project: days\n", to: "tally.yaml")
        try folder.write(
            """
            id,event_timestamp
            1,2024-01-05T12:00:00Z
            1,2024-01-06T00:00:00Z
            1,2024-01-07T12:00:00Z
            1,2024-01-08T00:00:00Z

            """, to: "spine.csv")
    }

    /// Defines a source of one customer's two purchases, on 5 and 7 January.
    private func define(_ location: String, eventTime: String = "day", more: String = "") throws {
        try folder.write(
            """
            kind: Entity
            name: customer
            joinKeys: [{name: id, type: int64}]
            ---
            kind: Source
            name: purchases
            \(location)
            eventTime: \(eventTime)
            \(more)
            ---
            kind: FeatureView
            name: purchase
            owner: tests
            entities: [customer]
            source: purchases
            features: [{name: price, type: float64}]
            ---
            kind: FeatureService
            name: churn
            features: [purchase]

            """, to: "definitions/all.yaml")
    }

    private func query(_ first: String, _ second: String, as day: String = "day") -> String {
        "query: select id, \(day) as day, price from (values (1::bigint, \(first), 10.0::double), "
            + "(1::bigint, \(second), 20.0::double)) as t(id, day, price)"
    }

    /// The prices of the spine's rows.
    private func trained() throws -> (prices: [String], error: String) {
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let outcome = try Program.run(["train", "churn", "--spine", "spine.csv", "-o", "set.csv"], in: folder)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
        let rows = try #require(try folder.read("set.csv")).split(separator: "\n").dropFirst()
        return (rows.map { String($0.split(separator: ",", omittingEmptySubsequences: false)[2]) }, outcome.error)
    }

    private static let whenOver = ["", "10.0", "10.0", "20.0"]

    @Test func `a column of days trains, fills and compares, and is told once`() throws {
        try define(query("date '2024-01-05'", "date '2024-01-07'"))
        let (prices, error) = try trained()
        #expect(prices == Self.whenOver)
        #expect(error.split(separator: "\n").count { $0.contains("is a column of days") } == 1, "\(error)")
        #expect(!error.contains("00:00"), "\(error)")
        let early = try Program.run(["materialize", "--until", "2024-01-07T23:59:59Z"], in: folder)
        #expect(early.status == 0 && early.error.contains("is a column of days"), "\(early.error)")
        let get = ["get", "churn", "--key", "id=1"]
        #expect(try Program.run(get + ["--at", "2024-01-07T23:59:59Z"], in: folder).output.contains("10.0"))
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try Program.run(get, in: folder).output.contains("20.0"))
        let compared = try Program.run(["compare", "churn"], in: folder)
        #expect(compared.status == 0, "\(compared.output)\(compared.error)")
        let nothing = try Program.run(["compare", "churn", "--at", "2024-01-02T00:00:00Z"], in: folder)
        #expect(nothing.status == 3, "\(nothing.output)\(nothing.error)")
    }

    @Test func `verify reads days in a zone with summer time`() throws {
        try define(query("date '2024-01-05'", "date '2024-01-07'"), more: "timeZone: Europe/Berlin")
        let plain = try #require(try folder.read("definitions/all.yaml"))
        let promised = plain.replacing("type: float64}", with: "type: float64, promise: {minimum: 0}}")
        try folder.write(promised, to: "definitions/all.yaml")
        let verified = try Program.run(["verify"], in: folder)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(verified.output.contains("purchase"), "\(verified.output)")
    }

    @Test func `a file of days is filled again for what was over since, and for nothing else`() throws {
        try folder.write("id,day,price\n1,2024-01-05,10.0\n1,2024-01-07,20.0\n", to: "days.csv")
        try define(
            "path: days.csv\ncolumns: [{name: id, type: int64}, {name: day, type: date}, "
                + "{name: price, type: float64}]")
        #expect(try trained().prices == Self.whenOver)
        for (until, price) in [("2024-01-07T23:59:59Z", "10.0"), ("2024-01-08T00:00:00Z", "20.0")] {
            #expect(try Program.run(["materialize", "--until", until], in: folder).status == 0)
            let got = try Program.run(["get", "churn", "--key", "id=1", "--at", until], in: folder)
            #expect(got.output.contains(price), "\(until): \(got.output)\(got.error)")
        }
    }

    @Test(arguments: [("", Self.whenOver), ("knownAfter: 1d", Self.whenOver), ("knownAfter: 0s", nil)])
    func `times at midnight that are known at once are told, also where they are days`(
        more: String, expected: [String]?
    ) throws {
        try define(query("date '2024-01-05'", "date '2024-01-07'"), more: more)
        let days = try trained()
        #expect(days.prices == expected ?? ["10.0", "10.0", "20.0", "20.0"])
        #expect(days.error.contains("happened at 00:00") == (expected == nil), "\(days.error)")
        try define(query("timestamptz '2024-01-05'", "timestamptz '2024-01-07'"), more: more)
        let instants = try trained()
        #expect(instants.error.contains("happened at 00:00") == (more != "knownAfter: 1d"), "\(instants.error)")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.error.contains("happened at 00:00") == (more != "knownAfter: 1d"), "\(filled.error)")
        try define(query("timestamptz '2024-01-05 00:00:01Z'", "timestamptz '2024-01-07 00:00:00Z'"), more: more)
        #expect(try !trained().error.contains("happened at 00:00"))
    }

    /// What a help proposes about a time column, for a column of a kind.
    struct Proposal: Sendable {
        let first: String
        let second: String
        /// Whether the values are days, so that nothing of them may be seen before they are over.
        let isOfDays: Bool
    }

    @Test(
        arguments: [
            Proposal(first: "20240105", second: "20240107", isOfDays: true),
            Proposal(first: "20240105.0::double", second: "20240107", isOfDays: true),
            Proposal(first: "20240105::decimal(18, 3)", second: "20240107", isOfDays: true),
            Proposal(first: "20240105::hugeint", second: "20240107", isOfDays: true),
            Proposal(first: "'2024-01-05'", second: "'2024-01-07'", isOfDays: true),
            Proposal(first: "1704412800", second: "1704672000", isOfDays: false),
            Proposal(first: "1704412800.5::double", second: "1704672000", isOfDays: false),
            Proposal(first: "'2024-01-05T00:00:00Z'", second: "'2024-01-08T00:00:00Z'", isOfDays: false),
        ])
    func `each cast that a help proposes ends in a definition that works and leaks nothing`(
        _ proposal: Proposal
    ) throws {
        try define(query(proposal.first, proposal.second))
        let check = try Program.run(["check", "--format", "json"], in: folder)
        #expect(check.status == 1)
        let problem = try #require(try JSON(parsing: check.output)["diagnostics"]?.arrayValue?.first)
        #expect(["T0506", "T0507"].contains(problem["code"]?.stringValue), "\(check.output)")
        let help = try #require(problem["help"]?.stringValue)
        let casts = help.matches(of: #/\b(?:write|or) (\S.*?) as day\b/#).map { String($0.1) }
        #expect(casts.count == 2, "\(help)")
        let cast = try #require(proposal.isOfDays ? casts.first { $0.hasSuffix("as date)") } : casts.last)
        try define(query(proposal.first, proposal.second, as: cast))
        let checked = try Program.run(["check"], in: folder)
        #expect(checked.status == 0, "\(cast): \(checked.output)")
        let prices = try trained().prices
        #expect(prices == (proposal.isOfDays ? Self.whenOver : ["10.0", "10.0", "10.0", "20.0"]), "\(cast)")
    }

    @Test(
        arguments: [
            ("20240105", "20240107", "yyyyMMdd"), ("20240105::bigint", "20240107::bigint", "yyyyMMdd"),
            ("'05/01/2024'", "'07/01/2024'", "dd/MM/yyyy"), ("'Jan 5 2024'", "'Jan 7 2024'", "MMM d yyyy"),
            ("1704412800", "1704672000", "epoch_seconds"),
            ("'2024-01-05 00:00'", "'2024-01-08 00:00'", "%Y-%m-%d %H:%M"),
        ])
    func `a pattern makes a time of texts and whole numbers, and is what the help proposes`(
        first: String, second: String, pattern: String
    ) throws {
        try define(query(first, second))
        let check = try Program.run(["check", "--format", "json"], in: folder)
        let help = try JSON(parsing: check.output)["diagnostics"]?.arrayValue?.first?["help"]?.stringValue ?? ""
        let proposed = try #require(help.firstMatch(of: #/'eventTime: ({column: day, format: yyyyMMdd})'/#)?.1)
        let declared = proposed.replacing("yyyyMMdd", with: "'\(pattern)'")
        try define(query(first, second), eventTime: String(declared))
        #expect(try Program.run(["check"], in: folder).status == 0)
        let isOfDays = !pattern.contains("epoch") && !pattern.contains("H")
        let expected = isOfDays ? Self.whenOver : ["10.0", "10.0", "10.0", "20.0"]
        #expect(try trained().prices == expected)
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let got = try Program.run(["get", "churn", "--key", "id=1", "--at", "2024-01-08T00:00:00Z"], in: folder)
        #expect(got.output.contains("20.0"), "\(got.output)\(got.error)")
        let compared = try Program.run(["compare", "churn"], in: folder)
        #expect(compared.status == 0, "\(compared.output)\(compared.error)")
    }

    @Test
    func `a value that is no time of its pattern stops every command, and a pattern that nothing needs is refused`()
        throws
    {
        try define(query("20240105", "20241399"), eventTime: "{column: day, format: yyyyMMdd}")
        let reason = "column day: the value is no timestamp of the form yyyyMMdd"
        let check = try Program.run(["check"], in: folder)
        #expect(check.status == 1 && (check.output + check.error).contains(reason), "\(check.output)\(check.error)")
        #expect(!check.error.contains("20241399"), "\(check.error)")
        try define(query("date '2024-01-05'", "date '2024-01-07'"), eventTime: "{column: day, format: yyyyMMdd}")
        let needless = try Program.run(["check"], in: folder)
        #expect(needless.status == 1 && needless.output.contains("'format' would do nothing"), "\(needless.output)")
    }
}
