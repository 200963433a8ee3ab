// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// Promotions while others write to the registry.
@Suite struct PromotionTests {
    private let fixture: OnlineFixture

    init() throws { fixture = try OnlineFixture() }

    /// Fills the view of a candidate that does not serve yet, and promotes while somebody applies before each commit.
    private func promote(
        _ others: [OnlineDefinitions]
    ) async throws -> (promoted: [ReleaseName], states: [Release.State]) {
        try await fixture.apply(OnlineDefinitions.changed { $0.hasService = false })
        try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
        try await fixture.fill(at: 100)
        try await fixture.apply(OnlineDefinitions())
        let registry = ContestedRegistry(inner: fixture.registry, others: others)
        let promoted = try await Promotion(registry: registry, store: fixture.store)
            .run(at: Timestamp(microseconds: 110), by: "ann")
        return (promoted, try await fixture.registry.state().releases.map(\.state))
    }

    @Test func `what others apply meanwhile does not keep a filled candidate from serving`() async throws {
        let notes = ["one", "two"].map { note in
            OnlineDefinitions.changed { $0.annotation = Annotation(description: note) }
        }
        let (promoted, states) = try await promote(notes)
        #expect(promoted.map(\.number) == [1])
        #expect(states == [.serving])
    }

    @Test func `a candidate that was replaced meanwhile does not serve, the new one does`() async throws {
        let (promoted, states) = try await promote([
            OnlineDefinitions.changed { $0.timeToLive = TimeSpan(microseconds: 5) }
        ])
        #expect(promoted.map(\.number) == [2])
        #expect(states == [.retired, .serving])
    }

    @Test func `a registry that never rests is E-conflict`() async throws {
        let notes = (0..<9).map { note in
            OnlineDefinitions.changed { $0.annotation = Annotation(description: "\(note)") }
        }
        let error = await #expect(throws: TallyError.self) { _ = try await promote(notes) }
        #expect(error?.code == .conflict)
        #expect(try await fixture.registry.state().releases.map(\.state) == [.candidate])
    }

    /// A registry in which somebody else applies just before a commit, as long as there is something left.
    private final class ContestedRegistry: Registry {
        private let inner: InMemoryRegistry
        private let others: Mutex<ArraySlice<OnlineDefinitions>>

        init(inner: InMemoryRegistry, others: [OnlineDefinitions]) {
            self.inner = inner
            self.others = Mutex(others[...])
        }

        func state() async throws(TallyError) -> RegistryState { try await inner.state() }
        func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
            if let other = others.withLock({ $0.popFirst() }) {
                do {
                    _ = try await FlightDefinitions.applied(other.set, registry: inner)
                } catch {
                    throw TallyError(.internal, "\(error)")
                }
            }
            return try await inner.commit(commit)
        }
        func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
            try await inner.history(of: id)
        }
        func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
            try await inner.latestSnapshot(of: source)
        }
        func record(_ record: RegistryRecord) async throws(TallyError) { try await inner.record(record) }
        func runs(limit: Int) async throws(TallyError) -> [RunRecord] { try await inner.runs(limit: limit) }
    }
}
