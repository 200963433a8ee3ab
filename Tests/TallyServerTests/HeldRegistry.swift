// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyStore
import TallyTesting

/// A registry that another process keeps: nobody writes, and who asks for the generation waits for as long as it is held.
final class HeldRegistry: Registry {
    private let inner: InMemoryRegistry
    private let gate: Gate?
    private let tries = Mutex(0)

    /// Where the registry lies, and who keeps it: words for the log alone.
    static let (path, holder) = ("/srv/secret place/.tally/registry.db", "sqlite3 (process 4711)")

    /// With a gate the generation is told once that is open.
    init(_ inner: InMemoryRegistry, gate: Gate? = nil) { (self.inner, self.gate) = (inner, gate) }

    /// How often somebody tried to write.
    var attempts: Int { tries.withLock { $0 } }

    private func refuse() throws(TallyError) {
        tries.withLock { $0 += 1 }
        throw TallyError(
            .busy, "another process kept the registry busy for 5 seconds: \(Self.holder)", subject: Self.path,
            help: "run the command again when the other one is done, or end it")
    }

    func state() async throws(TallyError) -> RegistryState { try await inner.state() }

    func generation() async throws(TallyError) -> Int {
        await gate?.pass()
        return try await inner.generation()
    }

    func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
        try refuse()
        return try await inner.commit(commit)
    }

    func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
        try await inner.history(of: id)
    }

    func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
        try await inner.latestSnapshot(of: source)
    }

    func record(_ record: RegistryRecord) async throws(TallyError) { try refuse() }

    func runs(limit: Int) async throws(TallyError) -> [RunRecord] { try await inner.runs(limit: limit) }
}
