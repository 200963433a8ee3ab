// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// Strict features: a row that breaks its promise stops a fill, but only where it would be served.
@Suite struct StrictFillTests {
    private let fixture: OnlineFixture
    private let strict = OnlineDefinitions.changed {
        $0.features = [Feature(name: "share", type: .float64, expression: "w / v", isStrict: true)]
    }

    init() throws { fixture = try OnlineFixture() }

    private func refusal(at now: Int64, until: Int64? = nil) async -> TallyError? {
        await #expect(throws: TallyError.self) { try await fixture.fill(at: now, until: until) }
    }

    @Test func `a row that would be served refuses the fill, and nothing becomes visible`() async throws {
        try await fixture.apply(strict)
        try fixture.engine.put([EventRow(1, 10, 2), EventRow(2, 10, 0)], at: "events/a.parquet")
        let first = await refusal(at: 100)
        #expect(first?.code == .invalidData)
        #expect(try fixture.store.generations().isEmpty)
        try fixture.engine.put([EventRow(1, 10, 2)], at: "events/a.parquet")
        try await fixture.fill(at: 110)
        try fixture.engine.put([EventRow(1, 20, 0), EventRow(3, 20, 1)], at: "events/b.parquet")
        let second = await refusal(at: 120)
        #expect(second?.code == .invalidData)
        #expect(try fixture.numbers == [1])
        #expect(try await fixture.read([1, 3]).statuses == [.present, .notFound])
        #expect(try await fixture.registry.runs(limit: 10).count == 1)
    }

    @Test(arguments: [0, 1 << 20])
    func `a row that another one outdates in the same fill refuses nothing`(memory: Int) async throws {
        try await fixture.apply(strict)
        try fixture.engine.put([EventRow(1, 10, 0)], at: "events/a.parquet")
        try fixture.engine.put([EventRow(1, 20, 2)], at: "events/b.parquet")
        fixture.now = 100
        let outcome = try await fixture.materializer().run(MaterializationRequest(memory: memory))
        #expect(outcome.reports.first?.counts.findings == 1)
        #expect(try await fixture.read([1]).flatValues == [.float64(0.25)])
    }

    @Test func `a row that a stored one outdates refuses nothing`() async throws {
        try await fixture.apply(strict)
        try fixture.engine.put([EventRow(1, 20, 2)], at: "events/b.parquet")
        try await fixture.fill(at: 100)
        try fixture.engine.put([EventRow(1, 10, 0)], at: "events/a.parquet")
        try await fixture.fill(at: 110)
        #expect(try fixture.numbers == [2])
        #expect(try await fixture.read([1]).flatValues == [.float64(0.25)])
    }

    @Test(arguments: [0, 1 << 20])
    func `of many refused rows of one key the last one decides`(memory: Int) async throws {
        try await fixture.apply(strict)
        let broken = (1...40).map { EventRow(1, Int64($0), 0) }
        fixture.now = 100
        for rows in [broken, broken.reversed()] {
            try fixture.engine.put(rows + [EventRow(1, 39, 2)], at: "events/a.parquet")
            await #expect(throws: TallyError.self) {
                try await fixture.materializer().run(MaterializationRequest(isFull: true, memory: memory))
            }
            try fixture.engine.put(rows + [EventRow(1, 41, 2)], at: "events/a.parquet")
            let outcome = try await fixture.materializer().run(MaterializationRequest(isFull: true, memory: memory))
            #expect(outcome.reports.first?.counts.findings == 40)
            #expect(try await fixture.read([1]).flatValues == [.float64(0.25)])
        }
    }

    @Test func `a row that would be served later refuses the fill too`() async throws {
        try await fixture.apply(strict)
        try fixture.engine.put([EventRow(1, 20, 2), EventRow(1, 150, 0)], at: "events/a.parquet")
        #expect(await refusal(at: 100, until: 200)?.code == .invalidData)
        try await fixture.fill(at: 100)
        #expect(try await fixture.read([1]).flatValues == [.float64(0.25)])
    }

    @Test func `without strict the same row is a null, and counted`() async throws {
        try await fixture.apply(
            OnlineDefinitions.changed {
                $0.features = [Feature(name: "share", type: .float64, expression: "w / v")]
            })
        try fixture.engine.put([EventRow(1, 10, 0)], at: "events/a.parquet")
        let outcome = try await fixture.fill(at: 100)
        #expect(outcome.reports.first?.counts.findings == 1)
        #expect(outcome.reports.first?.warnings.count == 1)
        #expect(try await fixture.read([1]).statuses == [.null])
    }
}
