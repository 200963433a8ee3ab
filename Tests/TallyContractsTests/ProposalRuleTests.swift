// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel
import Testing

/// What is proposed, kind by kind, for a table of which everything is known.
@Suite struct ProposalRuleTests {
    private func proposal(rows: Int = 2_000) async throws -> ContractProposal.Proposal {
        try await ProposalFixture.propose([ProposalFixture.weather(rows: rows)])
    }

    @Test func `a document has its head, and says it is a draft`() async throws {
        let proposal = try await proposal()
        let document = proposal.document
        let names = document.objectValue?.map(\.name)
        #expect(
            names == [
                "apiVersion", "kind", "id", "name", "version", "status", "description", "schema", "slaProperties",
            ])
        #expect(document["apiVersion"] == .string("v3.2.0"))
        #expect(document["version"] == .string("0.1.0"))
        #expect(document["status"] == .string("draft"))
        #expect(proposal.property("at")?["logicalType"] == .string("timestamp"))
        #expect(proposal.property("at")?["physicalType"] == .string("timestamp"))
        #expect(proposal.property("calm")?["logicalType"] == .string("boolean"))
    }

    @Test func `no null in many rows makes a column required, with the bound that is known`() async throws {
        let proposal = try await proposal()
        #expect(proposal.property("calm")?["required"] == .bool(true))
        let text = try #require(proposal.evidence("calm", "required")?.text)
        #expect(text.hasPrefix("no null in 2,000 rows ("))
        #expect(text.hasSuffix("with 95 % confidence below 0.15 % are null"))
    }

    @Test func `some nulls make a share with a margin`() async throws {
        let proposal = try await proposal()
        let wind = proposal.property("wind")
        #expect(wind?["required"] == nil)
        let rule = wind?["quality"]?.arrayValue?.first
        #expect(rule?["metric"] == .string("nullValues"))
        #expect(rule?["unit"] == .string("percent"))
        let text = try #require(proposal.evidence("wind", "nullValues")?.text)
        #expect(text.hasPrefix("5 of 2,000 rows null (0.25 %)"))
    }

    @Test func `numbers get bounds around what was seen, and zero stays the least`() async throws {
        let proposal = try await proposal()
        #expect(proposal.options("wind")?["minimum"] == .int(0))
        #expect(proposal.options("wind")?["maximum"] == .int(47))
        #expect(proposal.options("direction")?["minimum"] == .int(0))
        #expect(proposal.options("direction")?["maximum"] == .int(390))
        let text = try #require(proposal.evidence("wind", "range")?.text)
        #expect(text.hasPrefix("0 to 42.6 in "))
        #expect(text.contains(" values, widened by a tenth; "))
    }

    @Test func `times get a lower bound and no upper one, since they go on`() async throws {
        let proposal = try await proposal()
        #expect(proposal.options("since")?["minimum"]?.stringValue == "1997-04-20")
        #expect(proposal.options("since")?["maximum"] == nil)
        #expect(proposal.options("at")?["minimum"]?.stringValue != nil)
        #expect(proposal.options("at")?["maximum"] == nil)
        #expect(proposal.evidence("at", "range")?.text.contains("no upper bound, since times go on") == true)
    }

    @Test func `what grows with time has no bound that growth passes`() async throws {
        let rows = 4_000
        let start = ProposalFixture.now.microseconds - Int64(rows) * 3_600_000_000
        func column(_ type: DataType, _ value: (Int) -> Value) -> Column {
            Column(type: type, values: (0..<rows).map(value))
        }
        // Rows in no order of time, so that only the times tell which are the latest.
        let order = (0..<rows).map { $0 * 1_637 % rows }
        let batch = Batch([
            (
                "at",
                column(.timestamp) { .timestamp(Timestamp(microseconds: start + Int64(order[$0]) * 3_600_000_000)) }
            ),
            ("customer_id", column(.int64) { .int64(Int64(order[$0] % 2_000)) }),
            ("visits", column(.int64) { .int64(Int64(order[$0] / 2) * 3) }),
            ("level", column(.float64) { .float64(Double(order[$0] % 7)) }),
            ("shop", column(.string) { .string(order[$0] < 3_500 ? "old" : "new") }),
        ])
        let proposal = try await ProposalFixture.propose([batch])
        #expect(proposal.options("customer_id")?["maximum"] == nil)
        #expect(proposal.options("visits")?["minimum"] == .int(0) && proposal.options("visits")?["maximum"] == nil)
        #expect(proposal.options("level")?["maximum"] == .double(6.6))
        #expect(proposal.property("shop")?["enum"] == nil)
        #expect(proposal.document["description"]?["purpose"]?.stringValue?.contains("the 800 later ones") ?? false)
    }

    @Test func `few values become a list in order, many do not`() async throws {
        let proposal = try await proposal()
        let values = proposal.property("station")?["enum"]?.arrayValue?.compactMap { $0["value"]?.stringValue }
        #expect(values == ["EWR", "JFK", "LGA"])
        #expect(proposal.options("station") == nil)
        #expect(proposal.property("direction")?["enum"] == nil)
        #expect(proposal.property("note")?["enum"] == nil)
    }

    @Test func `texts get a form, or else a length`() async throws {
        let proposal = try await proposal()
        #expect(proposal.options("mail")?["format"] == .string("email"))
        #expect(proposal.options("mail")?["maxLength"] == nil)
        #expect(proposal.options("note")?["minLength"] == .int(1))
        #expect(proposal.options("note")?["maxLength"] == .int(35))
    }

    @Test func `NaN is allowed where it was seen, and then there is no range`() async throws {
        let proposal = try await proposal()
        let policies = proposal.property("gust")?["customProperties"]?.arrayValue ?? []
        #expect(policies.map { $0["property"] } == [.string("nanPolicy")])
        #expect(policies.map { $0["value"] } == [.string("allow")])
        #expect(proposal.options("gust") == nil)
        #expect(proposal.evidence("gust", "finite")?.text == "NaN in 1 of 2,000 values")
        #expect(proposal.property("wind")?["customProperties"] == nil)
    }

    @Test func `lists of floats of one length are vectors`() async throws {
        let proposal = try await proposal()
        #expect(proposal.property("sky")?["logicalType"] == .string("vector"))
        #expect(proposal.options("sky")?["dimensions"] == .int(4))
        #expect(proposal.options("sky")?["elementType"] == .string("float32"))
    }

    @Test func `a column that never repeats is the one key, and has no range`() async throws {
        let proposal = try await proposal()
        #expect(proposal.property("reading_id")?["primaryKey"] == .bool(true))
        #expect(proposal.options("reading_id")?["maximum"] == nil)
        let keys = proposal.object?["properties"]?.arrayValue?.filter { $0["primaryKey"] == .bool(true) }
        #expect(keys?.count == 1)
        #expect(proposal.evidence(nil, "unique")?.text == "no two of 2,000 rows are alike in 'reading_id'")
    }

    @Test func `a pair is a key where no column is`() async throws {
        let rows = 3_000
        let batch = Batch([
            ("station", Column(type: .string, values: (0..<rows).map { .string("S\($0 % 30)") })),
            ("day", Column(type: .date, values: (0..<rows).map { .date(CalendarDate(days: Int32($0 / 30))) })),
            ("mood", Column(type: .int32, values: (0..<rows).map { .int32(Int32($0 % 7)) })),
        ])
        let proposal = try await ProposalFixture.propose([batch])
        #expect(proposal.property("station")?["primaryKeyPosition"] == .int(1))
        #expect(proposal.property("day")?["primaryKeyPosition"] == .int(2))
        #expect(proposal.property("mood")?["primaryKey"] == nil)
    }

    @Test func `that there are rows is all that is said of their number`() async throws {
        let proposal = try await proposal()
        let rule = proposal.object?["quality"]?.arrayValue?.first
        #expect(rule?["metric"] == .string("rowCount"))
        #expect(rule?["mustBeGreaterThan"] == .int(0))
    }

    @Test func `the only timestamp is the event time, with twice the longest gap`() async throws {
        let proposal = try await proposal()
        let custom = proposal.object?["customProperties"]?.arrayValue?.first
        #expect(custom?["property"] == .string("eventTime"))
        #expect(custom?["value"] == .string("at"))
        let levels = proposal.document["slaProperties"]?.arrayValue ?? []
        #expect(levels.map { $0["property"] } == [.string("freshness"), .string("frequency")])
        #expect(levels.allSatisfy { $0["value"] == .int(2) && $0["unit"] == .string("h") })
        #expect(levels.allSatisfy { $0["element"] == .string("weather.at") })
    }

    @Test func `data that stopped long ago promise no freshness`() async throws {
        let rows = 600
        let times = Column(
            type: .timestamp,
            values: (0..<rows).map { .timestamp(Timestamp(microseconds: Int64($0) * 3_600_000_000)) })
        let proposal = try await ProposalFixture.propose([Batch([("at", times)])])
        #expect(proposal.document["slaProperties"] == nil)
        #expect(proposal.evidence("at", "freshness")?.outcome == .notProposed)
    }

    @Test func `two timestamps make no event time unless one is named`() async throws {
        let rows = 600
        let times = Column(
            type: .timestamp,
            values: (0..<rows).map { .timestamp(Timestamp(microseconds: Int64($0) * 3_600_000_000)) })
        let batch = Batch([("made", times), ("seen", times)])
        let silent = try await ProposalFixture.propose([batch])
        #expect(silent.object?["customProperties"] == nil)
        #expect(silent.evidence(nil, "notInFuture")?.outcome == .notProposed)
        let named = try await ProposalFixture.propose([batch], ContractProposal.Options(eventTime: "seen"))
        #expect(named.object?["customProperties"]?.arrayValue?.first?["value"] == .string("seen"))
        await #expect(throws: TallyError.self) {
            try await ProposalFixture.propose([batch], ContractProposal.Options(eventTime: "none"))
        }
    }

    @Test func `times in the future speak against an event time, and get room when it is named`() async throws {
        let rows = 600
        let start = ProposalFixture.now.microseconds - 598 * 3_600_000_000
        let times = Column(
            type: .timestamp,
            values: (0..<rows).map { .timestamp(Timestamp(microseconds: start + Int64($0) * 3_600_000_000)) })
        let batch = Batch([("at", times)])
        let silent = try await ProposalFixture.propose([batch])
        #expect(silent.object?["customProperties"] == nil)
        #expect(silent.evidence("at", "notInFuture")?.text == "no event time: it has times in the future")
        let named = try await ProposalFixture.propose([batch], ContractProposal.Options(eventTime: "at"))
        let custom = named.object?["customProperties"]?.arrayValue ?? []
        #expect(custom.map { $0["value"] } == [.string("at"), .string("2h")])
    }
}
