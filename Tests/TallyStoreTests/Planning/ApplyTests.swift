// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct ApplyTests {
    let folder: TemporaryFolder
    private let registry = InMemoryRegistry()
    private var lock: String { folder.path + "/" + Lockfile.fileName }
    private var apply: Apply { Apply(registry: registry, lockPath: lock) }

    init() throws { folder = try TemporaryFolder("apply") }

    private func run(_ set: DefinitionSet, isDryRun: Bool = false) async throws -> ApplyOutcome {
        try await apply.run(wanted: set, at: FlightDefinitions.time, by: "ann", isDryRun: isDryRun)
    }

    @Test func `it commits, then writes the lockfile`() async throws {
        let outcome = try await run(FlightDefinitions().set)
        #expect(outcome.didCommit)
        #expect(outcome.didWriteLock)
        #expect(outcome.state.generation == 1)
        #expect(try await registry.state() == outcome.state)
        #expect(outcome.state[.view("origin_weather")]?.stamp.appliedBy == "ann")
        let graph = try FingerprintGraph.build(from: FlightDefinitions().set)
        #expect(try folder.read(Lockfile.fileName) == graph.lockfile.rendered)
        try LockCheck.verify(path: lock, wanted: graph)
    }

    @Test func `applying again does nothing at all`() async throws {
        _ = try await run(FlightDefinitions().set)
        let lockfile = try folder.read(Lockfile.fileName)
        let again = try await run(FlightDefinitions().set)
        #expect(!again.didCommit)
        #expect(!again.didWriteLock)
        #expect(again.state.generation == 1)
        #expect(try folder.read(Lockfile.fileName) == lockfile)
        #expect(try await registry.history(of: .view("origin_weather")).count == 1)
    }

    @Test func `a dry run writes nothing`() async throws {
        let outcome = try await run(FlightDefinitions().set, isDryRun: true)
        #expect(!outcome.plan.isEmpty)
        #expect(!outcome.didCommit)
        #expect(try await registry.state() == .empty)
        #expect(folder.names.isEmpty)
    }

    @Test func `a failed lockfile is told, and applying again repairs it`() async throws {
        try folder.write("in the way", to: Lockfile.fileName + "/file")
        do throws(TallyError) {
            _ = try await apply.run(wanted: FlightDefinitions().set, at: FlightDefinitions.time, by: "ann")
            Issue.record("a folder was replaced by a lockfile")
        } catch {
            #expect(error.code == .unwritable)
            #expect(error.message.contains("applied as generation 1"))
            #expect(error.help?.description.contains("apply again") == true)
        }
        #expect(try await registry.state().generation == 1)
        let elsewhere = Apply(registry: registry, lockPath: folder.path + "/other.lock")
        let again = try await elsewhere.run(wanted: FlightDefinitions().set, at: FlightDefinitions.time, by: "ann")
        #expect(!again.didCommit)
        #expect(again.didWriteLock)
    }

    @Test func `only annotations changed: the registry has a new version, and so has the lockfile`() async throws {
        _ = try await run(FlightDefinitions().set)
        let changed = FlightDefinitions.changed { $0.viewAnnotation = Annotation(owner: "someone") }
        let outcome = try await run(changed)
        #expect(outcome.didCommit)
        #expect(outcome.didWriteLock)
        #expect(outcome.state[.view("origin_weather")]?.stamp.version == 2)
        #expect(outcome.state.releases.count == 1)
    }

    @Test func `a writer who was first makes the plan void`() async throws {
        let slow = SlowRegistry(registry) { registry in
            _ = try await FlightDefinitions.applied(
                FlightDefinitions.changed { $0.timeToLive = nil }, registry: registry)
        }
        do throws(TallyError) {
            _ = try await Apply(registry: slow, lockPath: lock).run(
                wanted: FlightDefinitions().set, at: FlightDefinitions.time, by: "bob")
            Issue.record("the slower writer was not refused")
        } catch {
            #expect(error.code == .conflict)
        }
        #expect(folder.names.isEmpty)
        #expect(try await registry.state().generation == 1)
    }

    /// A registry in which somebody else commits between a plan and its commit.
    private struct SlowRegistry: Registry {
        let inner: InMemoryRegistry
        let other: @Sendable (InMemoryRegistry) async throws -> Void

        init(_ inner: InMemoryRegistry, other: @escaping @Sendable (InMemoryRegistry) async throws -> Void) {
            self.inner = inner
            self.other = other
        }

        func state() async throws(TallyError) -> RegistryState { try await inner.state() }
        func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
            do { try await other(inner) } catch { throw TallyError(.internal, "\(error)") }
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
