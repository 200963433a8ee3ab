// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyContracts

/// What every proposal keeps, whatever the table.
@Suite struct ProposalLawTests {
    @Test(arguments: Array(UInt64(1)...30))
    func `nothing is proposed that the rows break`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let batch = RandomBatch.make(rows: random.pick([0, 1, 40, 400, 1_500]), seed: seed)
        var options = ContractProposal.Options(seed: seed)
        // More is proposed, and so more can be wrong.
        options.minimumRows = random.pick([1, 300])
        options.leastOccurrences = random.pick([1, 5])
        options.keyRows = random.pick([10, 1_000])
        let proposal = try await ProposalFixture.propose([batch], options)
        for finding in proposal.findings {
            #expect(finding.verdict != .broken, "seed \(seed): \(finding.promise.id): \(finding.observed)")
        }
        let properties = proposal.object?["properties"]?.arrayValue ?? []
        #expect(properties.count == batch.schema.count)
    }

    @Test(arguments: Array(UInt64(1)...10))
    func `equal rows give an equal document, however the files cut them`(_ seed: UInt64) async throws {
        let rows = 1_200
        let weather = ProposalFixture.weather(rows: rows)
        var random = SeededGenerator(seed: seed)
        let cut = random.below(rows - 2) + 1
        let options = ContractProposal.Options(seed: seed)
        let whole = try await ProposalFixture.propose([weather], options)
        let cutUp = try await ProposalFixture.propose([weather.slice(0..<cut), weather.slice(cut..<rows)], options)
        #expect(whole.document.prettyText == cutUp.document.prettyText)
        #expect(whole.evidence == cutUp.evidence)
        let again = try await ProposalFixture.propose([weather], options)
        #expect(whole.document == again.document)
    }

    @Test(arguments: Array(UInt64(1)...10))
    func `a held-out value somewhat outside loosens a range, one far outside drops the end`(_ seed: UInt64) async throws
    {
        let rows = 1_000
        let options = ContractProposal.Options(seed: seed)
        let held = (0..<rows).filter(HoldOut(options).contains)
        let place = try #require(held.dropFirst(Int(seed)).first)

        let near = try await ProposalFixture.propose(
            [ProposalFixture.floats(rows: rows, outlier: 150, at: [place])], options)
        #expect(near.options("x")?["minimum"] == .int(0))
        #expect(near.options("x")?["maximum"] == .int(170))
        #expect(near.evidence("x", "range")?.outcome == .widened)
        #expect(near.evidence("y", "range")?.outcome == .proposed)
        #expect(near.heldOut.filter { $0.verdict == .broken }.map(\.promise.id) == ["weather.x.range"])
        #expect(near.heldOut.first { $0.verdict == .broken }?.evidence.failing == 1)

        let far = try await ProposalFixture.propose(
            [ProposalFixture.floats(rows: rows, outlier: 1e9, at: [place])], options)
        #expect(far.options("x")?["minimum"] == .int(0))
        #expect(far.options("x")?["maximum"] == nil)
        #expect(
            far.evidence("x", "range")?.text.contains("no upper bound, since held-out values lie far outside") == true)

        let strange = try await ProposalFixture.propose(
            [ProposalFixture.floats(rows: rows, outlier: .nan, at: [place])], options)
        #expect(strange.options("x") == nil)
        #expect(strange.evidence("x", "finite")?.outcome == .widened)
        #expect(strange.evidence("x", "range")?.outcome == .dropped)
    }

    @Test func `held-out rows end a list of values, a form and a requirement`() async throws {
        let rows = 1_000
        let place = try #require((0..<rows).first(where: HoldOut(ContractProposal.Options()).contains))
        func column(_ odd: Value, _ value: (Int) -> Value) -> Column {
            Column(type: .string, values: (0..<rows).map { $0 == place ? odd : value($0) })
        }
        let proposal = try await ProposalFixture.propose([
            Batch([
                ("kind", column(.string("other")) { .string(["one", "two"][$0 % 2]) }),
                ("mail", column(.string("nobody at all")) { .string("n\($0 % 50)@example.org") }),
                ("there", column(.null) { .string("text \($0 % 500)") }),
                ("vector", vectors(rows: rows, odd: place)),
            ])
        ])
        #expect(proposal.property("kind")?["enum"] == nil)
        #expect(proposal.evidence("kind", "enum")?.outcome == .dropped)
        #expect(proposal.options("mail")?["format"] == nil)
        #expect(proposal.options("mail")?["maxLength"] != nil)
        #expect(proposal.property("there")?["required"] == nil)
        #expect(proposal.evidence("there", "nullValues")?.outcome == .widened)
        #expect(proposal.property("vector")?["logicalType"] == .string("array"))
        #expect(proposal.findings.allSatisfy { $0.verdict == .kept })
    }

    private func vectors(rows: Int, odd: Int) -> Column {
        Column(
            type: .array(.float32),
            values: (0..<rows).map { row in .array((0..<(row == odd ? 2 : 3)).map { .float32(Float($0)) }) })
    }

    @Test func `the share that is held out is near what was asked for, and may be none`() async throws {
        let held = (0..<100_000).count(where: HoldOut(ContractProposal.Options(heldOutShare: 0.2)).contains)
        #expect((19_500...20_500).contains(held))
        let proposal = try await ProposalFixture.propose(
            [ProposalFixture.weather(rows: 1_000)], ContractProposal.Options(heldOutShare: 0))
        #expect(proposal.heldOut.isEmpty)
        #expect(
            proposal.evidence("calm", "required")?.text.contains("no null in 1,000 rows (0 of them held out)") == true)
    }

    @Test func `evidence counts rows and values as they are`() async throws {
        let rows = 2_000
        // One row an hour: the latest fifth is held out.
        let held = rows / 5
        let proposal = try await ProposalFixture.propose([ProposalFixture.weather(rows: rows)])
        #expect(
            proposal.evidence("calm", "required")?.text.hasPrefix("no null in 2,000 rows (\(held) of them held out)")
                == true)
        let learned = (0..<rows - held).filter { $0 % 400 != 9 }.count
        let text = proposal.evidence("wind", "range")?.text ?? ""
        #expect(text.contains("in \(learned.grouped) values, widened by a tenth"))
        #expect(text.hasSuffix("; \(rows - 5 - learned) held-out values lie inside"))
        #expect(proposal.heldOut.allSatisfy { $0.evidence.rows == nil || $0.evidence.rows == held })
        #expect(proposal.property("wind")?["description"]?.stringValue?.contains(text) == true)
    }

    @Test(arguments: [0, 1, 30, 299])
    func `a small table proposes names and types, and says why`(_ rows: Int) async throws {
        let proposal = try await ProposalFixture.propose([ProposalFixture.weather(rows: rows)])
        let names = proposal.object?["properties"]?.arrayValue?.flatMap { $0.objectValue?.map(\.name) ?? [] } ?? []
        let silent: Set = [
            "name", "logicalType", "physicalType", "logicalTypeOptions", "customProperties", "description",
        ]
        #expect(Set(names).isSubset(of: silent))
        #expect(proposal.object?["quality"] == nil)
        #expect(proposal.document["slaProperties"] == nil)
        #expect(proposal.evidence(nil, "rowCount")?.text.hasPrefix("too few rows: ") == true)
    }

    @Test func `files that are not there are not found`() async throws {
        let error = await #expect(throws: TallyError.self) {
            try await ContractProposal.make(
                name: "none", table: ProposalFixture.reference, engine: InMemoryEngine(), now: ProposalFixture.now)
        }
        #expect(error?.code == .notFound)
    }
}
