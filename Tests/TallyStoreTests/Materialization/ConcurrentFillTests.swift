// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// Several materializers on one store: one after the other, or one of them is told to run again.
@Suite struct ConcurrentFillTests {
    private let fixture: OnlineFixture

    init() throws { fixture = try OnlineFixture() }

    @Test func `a fill that was planned before another one was visible is E-conflict and leaves nothing`() async throws
    {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        fixture.now = 100
        let fixture = fixture
        let slow = SlowStore(base: fixture.store) {
            try fixture.engine.put([EventRow(2, 10, 2)], at: "events/b.parquet")
            try await fixture.fill(at: 110)
        }
        let error = await #expect(throws: TallyError.self) {
            _ = try await fixture.materializer(slow).run(MaterializationRequest())
        }
        #expect(error?.code == .conflict)
        let generation = try #require(try fixture.store.generations().first)
        #expect(generation.number == 1 && generation.snapshot.files.count == 2)
        #expect(try await fixture.read([1, 2]).statuses.prefix(2) == [.present, .present])
        #expect(try await fixture.registry.runs(limit: 10).count == 1)
        try await fixture.fill(at: 120)
        #expect(try fixture.numbers == [2])
    }

    @Test func `a fill that is interrupted leaves the view as it was`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        try fixture.engine.put([EventRow(2, 10, 2)], at: "events/b.parquet")
        let fixture = fixture
        let task = Task { try await fixture.fill(at: 110) }
        task.cancel()
        let result = await task.result
        let error = #expect(throws: TallyError.self) { try result.get() }
        #expect(error?.code == .interrupted)
        #expect(try fixture.numbers == [1])
        #expect(try await fixture.registry.runs(limit: 10).count == 1)
    }

    @Test func `many at once end in whole generations, each with its record`() async throws {
        try await fixture.apply(OnlineDefinitions())
        try fixture.engine.put((0..<200).map { EventRow($0, 10, $0) }, at: "events/a.parquet")
        fixture.now = 100
        let results = await withTaskGroup(of: Result<MaterializationOutcome, any Error>.self) { group in
            for _ in 0..<6 {
                let materializer = fixture.materializer()
                group.addTask {
                    do {
                        return .success(try await materializer.run(MaterializationRequest(isFull: true)))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var numbers: [Int] = []
        for result in results {
            switch result {
            case .success(let outcome): numbers += outcome.reports.map(\.generation.number)
            case .failure(let error): #expect((error as? TallyError)?.code == .conflict)
            }
        }
        #expect(!numbers.isEmpty)
        #expect(numbers.sorted() == Array(1...max(1, numbers.count)))
        #expect(try await fixture.registry.runs(limit: 100).count == numbers.count)
        #expect(try fixture.numbers == [numbers.count])
        #expect(try await fixture.read((0..<200).map { $0 }).statuses.allSatisfy { $0 == .present })
    }

    /// A store in which somebody else fills between a plan and its fill.
    private struct SlowStore: WrappingOnlineStore {
        let base: any OnlineStore
        let other: @Sendable () async throws -> Void

        func fill(
            _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
        ) async throws(TallyError) -> OnlineFillOutcome {
            do { try await other() } catch { throw TallyError(.internal, "\(error)") }
            return try await base.fill(fill, next)
        }
    }
}
