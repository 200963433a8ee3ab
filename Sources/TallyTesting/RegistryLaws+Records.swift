// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension RegistryLaws {
    func numbersReleasesAndStepsThem() async throws {
        let registry = try open("releases")
        _ = try await registry.commit(
            RegistrySamples.commit(
                0, candidates: [RegistrySamples.release("a", "1"), RegistrySamples.release("b", "1")]))
        let state = try await registry.commit(
            RegistrySamples.commit(
                1, candidates: [RegistrySamples.release("a", "2")], transitions: [step("a", 1, .serving)]))
        #expect(state.releases(of: "a").map(\.number) == [1, 2])
        #expect(state.releases(of: "a").map(\.state) == [.serving, .candidate])
        #expect(state.releases(of: "a").map(\.generation) == [1, 2])
        #expect(state.servingRelease(of: "a")?.number == 1)
        #expect(state.servingRelease(of: "b") == nil)
        await expect(.conflict) { () throws(TallyError) in
            _ = try await registry.commit(RegistrySamples.commit(2, transitions: [self.step("a", 2, .serving)]))
        }
        await expect(.notFound) { () throws(TallyError) in
            _ = try await registry.commit(RegistrySamples.commit(2, transitions: [self.step("a", 9, .serving)]))
        }
        let swapped = try await registry.commit(
            RegistrySamples.commit(2, transitions: [step("a", 1, .retired), step("a", 2, .serving)]))
        #expect(swapped.servingRelease(of: "a")?.number == 2)
        await expect(.conflict) { () throws(TallyError) in
            _ = try await registry.commit(RegistrySamples.commit(3, transitions: [self.step("a", 1, .serving)]))
        }
        let isKept = try await open("releases").state() == swapped
        #expect(isKept)
    }

    func keepsWhatAServingReleaseIsMadeOf() async throws {
        let registry = try open("serving")
        let release = RegistrySamples.release("s", "1", views: ["v"])
        _ = try await registry.commit(
            RegistrySamples.commit(0, [RegistrySamples.node(.view("v"))], candidates: [release]))
        _ = try await registry.commit(RegistrySamples.commit(1, transitions: [step("s", 1, .serving)]))
        let message = await expect(.inUse) { () throws(TallyError) in
            _ = try await registry.commit(RegistrySamples.commit(2, removals: [.view("v")]))
        }
        #expect(message?.contains("release 1 of service s") == true)
        let state = try await registry.commit(
            RegistrySamples.commit(2, removals: [.view("v")], transitions: [step("s", 1, .retired)]))
        #expect(state.definitions.isEmpty)
    }

    func keepsSnapshotsInOrder() async throws {
        let registry = try open("snapshots")
        let first = RegistrySamples.snapshot("src", at: 10, ["b.parquet", "a.parquet", "å/e\u{301}.csv", "å/é.csv"])
        try await registry.record(.snapshot(first, after: nil))
        #expect(try await open("snapshots").latestSnapshot(of: "src") == first)
        let second = RegistrySamples.snapshot("src", at: 20, ["a.parquet"], firstSeen: 20)
        try await registry.record(.snapshot(second, after: first.takenAt))
        #expect(try await registry.latestSnapshot(of: "src") == second)
        #expect(try await registry.latestSnapshot(of: "other") == nil)
        let none = RegistrySamples.snapshot("none", at: 5, [])
        try await registry.record(.snapshot(none, after: nil))
        #expect(try await registry.latestSnapshot(of: "none") == none)
    }

    func comparesSnapshotsWithTheLatest() async throws {
        let registry = try open("comparing")
        let first = RegistrySamples.snapshot("src", at: 10, ["a"])
        try await registry.record(.snapshot(first, after: nil))
        let second = RegistrySamples.snapshot("src", at: 20, ["a", "b"])
        await expect(.conflict) { () throws(TallyError) in
            try await registry.record(.snapshot(second, after: nil))
        }
        let earlier = RegistrySamples.snapshot("src", at: 10, ["a", "b"])
        await expect(.conflict) { () throws(TallyError) in
            try await registry.record(.snapshot(earlier, after: first.takenAt))
        }
        #expect(try await registry.latestSnapshot(of: "src") == first)
    }

    func listsRunsNewestFirst() async throws {
        let registry = try open("runs")
        let runs = (1...5).map { RegistrySamples.run($0) }
        for run in runs { try await registry.record(.run(run)) }
        #expect(try await open("runs").runs(limit: 100) == Array(runs.reversed()))
        #expect(try await registry.runs(limit: 2) == [runs[4], runs[3]])
        #expect(try await registry.runs(limit: 0).isEmpty)
    }

    func tellsItsGeneration() async throws {
        let registry = try open("generations")
        #expect(try await registry.generation() == 0)
        let commit = RegistryCommit(
            base: 0, project: "p", definitions: [RegistrySamples.node(.entity("e"), "1")], at: RegistrySamples.time,
            by: "ann")
        _ = try await registry.commit(commit)
        #expect(try await registry.generation() == 1)
        #expect(try await open("generations").generation() == registry.state().generation)
    }

    func appendsManyRunsAtOnce() async throws {
        let registry = try open("subjects")
        let runs = (1...6).map { RegistrySamples.run($0, subject: $0 % 2 == 0 ? "even" : "odd") }
        try await registry.record(Array(runs.prefix(4)))
        for run in runs.dropFirst(4) { try await registry.record(.run(run)) }
        try await registry.record([])
        #expect(try await registry.runs(limit: 100) == Array(runs.reversed()))
        #expect(try await registry.find(.training(of: "even")) == runs[5])
        #expect(try await registry.find(.training(of: "odd")) == runs[4])
        #expect(try await registry.find(.training(of: "other")) == nil)
    }

    /// Runs of every kind about names of which two look alike: each query gives the latest run that it matches.
    func findsWhatRunsSay() async throws {
        let registry = try open("records")
        let names = ["t", "\u{E9}", "e\u{301}"]
        let details: [RunDetail] = [
            RegistrySamples.admission(["a", "b"], visibleRows: 5), .shadow([.object([("rows", .int(1))])]),
            .fill(generation: 1), .training(rows: 2, output: "o"), .none, .fill(generation: 2),
            RegistrySamples.admission(["b", "c"], visibleRows: nil), .shadow([]),
            RegistrySamples.admission([], visibleRows: nil),
        ]
        var runs: [RunRecord] = []
        for (number, detail) in details.enumerated() {
            for name in names { runs.append(RegistrySamples.run(number % 3, subject: name, detail: detail)) }
        }
        try await registry.record(runs)
        #expect(try await open("records").runs(limit: 100) == Array(runs.reversed()))
        let keys = ["a", "b", "c", "d"].map { Fingerprint(of: $0.utf8) }
        let identities = Set(runs.map(\.identity))
        for name in names + ["nobody"] {
            var queries: [RecordQuery] = [
                .admission(of: name), .visibleAdmission(of: name), .fill(of: name), .training(of: name),
            ]
            queries += keys.map { .verdict(on: $0, of: name) }
            queries += identities.map { .shadow(of: name, identity: $0) }
            for query in queries {
                let found = try await registry.find(query)
                #expect(found == runs.last(where: query.matches), "\(query)")
            }
        }
        let last = try await registry.find(.visibleAdmission(of: "t"))
        #expect(last == runs[0], "the latest decision that let rows in is an earlier one than the latest")
    }

    /// Writers that plan again after a conflict all get through, and no two commits share a generation.
    func letsManyWritersTakeTurns() async throws {
        let (writers, commitsEach) = (4, 8)
        let registries = try (0..<writers).map { _ in try open("race") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (writer, registry) in registries.enumerated() {
                group.addTask {
                    for round in 0..<commitsEach {
                        try await Self.insist(registry, RegistrySamples.node(.entity("shared"), "\(writer).\(round)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let history = try await open("race").history(of: .entity("shared"))
        #expect(history.map(\.stamp.version) == Array(1...writers * commitsEach))
        #expect(history.map(\.stamp.generation) == Array(1...writers * commitsEach))
        #expect(Set(history.compactMap { $0.node?.document["text"]?.stringValue }).count == writers * commitsEach)
    }

    private static func insist(_ registry: any Registry, _ node: PlanNode) async throws(TallyError) {
        while true {
            let base = try await registry.state().generation
            do throws(TallyError) {
                _ = try await registry.commit(RegistrySamples.commit(base, [node]))
                return
            } catch {
                guard error.code == .conflict else { throw error }
            }
        }
    }

    private func step(_ service: String, _ number: Int, _ state: Release.State) -> ReleaseTransition {
        ReleaseTransition(service: service, number: number, state: state)
    }
}
