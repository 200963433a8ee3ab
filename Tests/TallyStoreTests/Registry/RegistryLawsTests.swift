// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// The laws would be worth nothing if a wrong registry passed them.
@Suite struct RegistryLawsTests {
    /// A way of being wrong.
    enum Fault: CaseIterable {
        case forgetsReleases, forgetsVersions, ignoresOtherWriters, ignoresOtherSnapshots, listsOldRunsFirst
    }

    @Test func `a right registry breaks none`() async throws {
        let stores = InMemoryRegistryTests.Stores()
        let complaints = try await brokenLaws { try await RegistryLaws { stores.registry($0) }.all() }
        #expect(complaints == 0)
    }

    @Test(arguments: Fault.allCases)
    func `a wrong registry breaks a law`(fault: Fault) async throws {
        let stores = InMemoryRegistryTests.Stores()
        let complaints = try await brokenLaws {
            try await RegistryLaws { store in WrongRegistry(inner: stores.registry(store), fault: fault) }.all()
        }
        #expect(complaints > 0)
    }

    private struct WrongRegistry: Registry {
        let inner: InMemoryRegistry
        let fault: Fault

        func state() async throws(TallyError) -> RegistryState {
            let state = try await inner.state()
            guard fault == .forgetsReleases else { return state }
            return RegistryState(
                generation: state.generation, project: state.project, definitions: state.definitions, releases: [])
        }

        func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
            guard fault == .ignoresOtherWriters else { return try await inner.commit(commit) }
            return try await inner.commit(
                RegistryCommit(
                    base: try await inner.state().generation, project: commit.project, definitions: commit.definitions,
                    removals: commit.removals, candidates: commit.candidates, transitions: commit.transitions,
                    at: commit.at, by: commit.by))
        }

        func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
            let history = try await inner.history(of: id)
            return fault == .forgetsVersions ? Array(history.suffix(1)) : history
        }

        func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
            try await inner.latestSnapshot(of: source)
        }

        func record(_ record: RegistryRecord) async throws(TallyError) {
            guard fault == .ignoresOtherSnapshots, case .snapshot(let snapshot, _) = record else {
                return try await inner.record(record)
            }
            let latest = try await inner.latestSnapshot(of: snapshot.source)?.takenAt
            try await inner.record(.snapshot(snapshot, after: latest))
        }

        func runs(limit: Int) async throws(TallyError) -> [RunRecord] {
            let runs = try await inner.runs(limit: limit)
            return fault == .listsOldRunsFirst ? runs.reversed() : runs
        }
    }
}
