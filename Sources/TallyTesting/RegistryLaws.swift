// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import Testing

/// The laws that every registry must obey; a new adapter's tests run `all()` and are done.
public struct RegistryLaws: Sendable {
    /// Opens the same new, empty store as often as it is called with the same key.
    public typealias Open = @Sendable (_ store: String) throws(TallyError) -> any Registry

    let open: Open

    /// Holds registries to the laws; every law uses a store of its own.
    public init(open: @escaping Open) {
        self.open = open
    }

    /// Runs every law.
    public func all() async throws {
        try await startsEmpty()
        try await readsBackWhatWasCommitted()
        try await doesNothingForNothing()
        try await refusesTheSlowerWriter()
        try await belongsToOneProject()
        try await keepsEveryVersion()
        try await refusesToRemoveWhatIsUsed()
        try await refusesLooseReferences()
        try await numbersReleasesAndStepsThem()
        try await keepsWhatAServingReleaseIsMadeOf()
        try await keepsSnapshotsInOrder()
        try await comparesSnapshotsWithTheLatest()
        try await listsRunsNewestFirst()
        try await appendsManyRunsAtOnce()
        try await findsWhatRunsSay()
        try await tellsItsGeneration()
        try await letsManyWritersTakeTurns()
    }

    func startsEmpty() async throws {
        let registry = try open("empty")
        #expect(try await registry.state() == .empty)
        #expect(try await registry.history(of: .view("v")).isEmpty)
        #expect(try await registry.latestSnapshot(of: "s") == nil)
        #expect(try await registry.runs(limit: 10).isEmpty)
    }

    func readsBackWhatWasCommitted() async throws {
        let registry = try open("commit")
        let nodes = RegistrySamples.chain()
        let commit = RegistrySamples.commit(0, nodes, candidates: [RegistrySamples.release("s", "one")])
        let returned = try await registry.commit(commit)
        let read = try await open("commit").state()
        // Not inside the macro, which would print both states.
        let isSame = returned == read
        #expect(isSame)
        #expect(read.generation == 1)
        #expect(read.project == "p")
        #expect(read.definitions.map(\.node) == nodes.sorted { $0.id < $1.id })
        #expect(read.definitions.allSatisfy { $0.stamp == RegistrySamples.stamp(version: 1, generation: 1) })
        #expect(read.releases.map(\.release) == commit.candidates)
        #expect(read.releases.map(\.number) == [1])
        #expect(read.releases.map(\.state) == [.candidate])
    }

    func doesNothingForNothing() async throws {
        let registry = try open("nothing")
        let empty = try await registry.commit(RegistrySamples.commit(0))
        #expect(empty == .empty)
        let before = try await registry.commit(RegistrySamples.commit(0, RegistrySamples.chain()))
        let after = try await registry.commit(RegistrySamples.commit(1, RegistrySamples.chain()))
        #expect(before == after)
        #expect(try await registry.history(of: .view("v")).count == 1)
    }

    func refusesTheSlowerWriter() async throws {
        let (first, second) = (try open("slow"), try open("slow"))
        let state = try await second.state()
        _ = try await first.commit(RegistrySamples.commit(state.generation, RegistrySamples.chain()))
        let before = try await first.state()
        await expect(.conflict) { () throws(TallyError) in
            _ = try await second.commit(
                RegistrySamples.commit(state.generation, [RegistrySamples.node(.entity("other"))]))
        }
        #expect(try await second.state() == before)
    }

    func belongsToOneProject() async throws {
        let registry = try open("project")
        _ = try await registry.commit(RegistrySamples.commit(0, RegistrySamples.chain()))
        await expect(.conflict) { () throws(TallyError) in
            _ = try await registry.commit(
                RegistryCommit(
                    base: 1, project: "another", definitions: [RegistrySamples.node(.entity("x"))],
                    at: RegistrySamples.time, by: "ann"))
        }
        #expect(try await registry.state().generation == 1)
    }

    func keepsEveryVersion() async throws {
        let registry = try open("history")
        let id = DefinitionID.entity("e")
        let texts = ["one", "two", "three"]
        for (index, text) in texts.enumerated() {
            _ = try await registry.commit(RegistrySamples.commit(index, [RegistrySamples.node(id, text)]))
        }
        _ = try await registry.commit(RegistrySamples.commit(3, removals: [id]))
        #expect(try await registry.state().definitions.isEmpty)
        _ = try await registry.commit(RegistrySamples.commit(4, [RegistrySamples.node(id, "back")]))
        let history = try await registry.history(of: id)
        #expect(history.map(\.stamp.version) == [1, 2, 3, 4, 5])
        #expect(history.map(\.stamp.generation) == [1, 2, 3, 4, 5])
        #expect(
            history.map { $0.node?.document["text"]?.stringValue } == ["one", "two", "three", nil, "back"])
        #expect(try await registry.state()[id]?.stamp.version == 5)
    }

    func refusesToRemoveWhatIsUsed() async throws {
        let registry = try open("use")
        let before = try await registry.commit(RegistrySamples.commit(0, RegistrySamples.chain()))
        let message = await expect(.inUse) { () throws(TallyError) in
            _ = try await registry.commit(RegistrySamples.commit(1, removals: [.source("src")]))
        }
        #expect(message?.contains("view v") == true)
        #expect(try await registry.state() == before)
        await expect(.notFound) { () throws(TallyError) in
            _ = try await registry.commit(RegistrySamples.commit(1, removals: [.source("nowhere")]))
        }
        let all: [DefinitionID] = [.entity("e"), .source("src"), .view("v"), .service("s")]
        #expect(try await registry.commit(RegistrySamples.commit(1, removals: all)).definitions.isEmpty)
    }

    func refusesLooseReferences() async throws {
        let registry = try open("loose")
        await expect(.notFound) { () throws(TallyError) in
            _ = try await registry.commit(
                RegistrySamples.commit(0, [RegistrySamples.node(.view("v"), references: [.source("missing")])]))
        }
        #expect(try await registry.state() == .empty)
    }
}
