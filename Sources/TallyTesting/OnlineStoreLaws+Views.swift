// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import Testing

extension OnlineStoreLaws {
    func keepsViewsApart() async throws {
        let store = try open("views")
        let rows = { (value: UInt8) in
            Dictionary(uniqueKeysWithValues: (0..<20).map { (OnlineSamples.key($0), [OnlineSamples.row(1, [value])]) })
        }
        for (index, name) in ["a", "b", "c"].enumerated() {
            try await store.fill(OnlineSamples.fill(.replace, name, after: nil, until: 1), rows(UInt8(index)))
        }
        try await store.fill(
            OnlineSamples.fill(.replace, "b", after: 1, until: 2), [OnlineSamples.key(3): [OnlineSamples.row(2, [9])]])
        #expect(try await store.entries(of: "a") == OnlineSamples.entries(rows(0)))
        #expect(try await store.entries(of: "b").count == 1)
        #expect(try await store.entries(of: "c") == OnlineSamples.entries(rows(2)))
        let generations = try await store.generations()
        #expect(generations.map(\.storage) == ["a", "b", "c"].map { OnlineSamples.storage($0) }.sorted())
        #expect(generations.map(\.view).sorted() == ["a", "b", "c"])
        #expect(generations.allSatisfy { $0.number == ($0.view == "b" ? 2 : 1) })
    }

    func dropsAndGoesOnCounting() async throws {
        let store = try open("drop")
        let rows = [OnlineSamples.key(1): [OnlineSamples.row(1, [1])]]
        for name in ["a", "b", "c"] {
            try await store.fill(OnlineSamples.fill(.replace, name, after: nil, until: 1), rows)
        }
        try await store.fill(OnlineSamples.fill(.merge, "a", after: 1, until: 2), rows)
        let present = try await store.generations()
        let gone = try await store.drop(["a", "nobody", "b", "a"].map { OnlineSamples.storage($0) })
        #expect(gone == present.filter { $0.view != "c" })
        #expect(try await store.generations() == present.filter { $0.view == "c" })
        #expect(try await store.entries(of: "a").isEmpty)
        #expect(try await store.cells([OnlineSamples.key(1)], of: "a") == [[]])
        #expect(try await store.entries(of: "c").count == 1)
        #expect(try await store.drop([OnlineSamples.storage("a")]).isEmpty)
        await expect(.conflict) { () throws(TallyError) in
            try await store.fill(OnlineSamples.fill(.merge, "a", after: 2, until: 3), rows)
        }
        for number in 3...4 {
            let outcome = try await store.fill(OnlineSamples.fill(.merge, "a", after: nil, until: 3), rows)
            #expect(outcome.generation.number == number)
            #expect(outcome.written == 1 && outcome.generation.keys == 1)
            _ = try await store.drop([OnlineSamples.storage("a")])
        }
    }

    func letsFillsTakeTurns() async throws {
        let store = try open("turns")
        let outcomes = await withTaskGroup(of: (Int, TallyError.Code?).self) { group in
            for worker in 0..<8 {
                let name = worker < 4 ? "shared" : "own \(worker)"
                group.addTask {
                    let rows = [OnlineSamples.key(worker): [OnlineSamples.row(1, [UInt8(worker)])]]
                    do throws(TallyError) {
                        try await store.fill(OnlineSamples.fill(.merge, name, after: nil, until: 1), rows)
                        return (worker, nil)
                    } catch {
                        return (worker, error.code)
                    }
                }
            }
            var outcomes: [Int: TallyError.Code?] = [:]
            for await (worker, code) in group { outcomes[worker] = code }
            return outcomes
        }
        let shared = (0..<4).compactMap { outcomes[$0] ?? .internal }
        #expect(shared.count == 3 && shared.allSatisfy { $0 == .conflict })
        #expect((4..<8).allSatisfy { outcomes[$0] == .some(nil) })
        #expect(try await store.entries(of: "shared").count == 1)
        #expect(try await store.generations().count == 5)
    }

    /// Readers beside a writer meet one generation each time, with all its rows and no others.
    func showsWholeGenerations() async throws {
        let store = try open("whole")
        let (fills, keys) = (20, (0..<100).map { OnlineSamples.key($0) })
        let watch = Watch()
        let opened = try (0..<2).map { _ throws(TallyError) in try open("whole") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in opened {
                group.addTask {
                    var last = 0
                    while !watch.isDone.load(ordering: .relaxed) {
                        last = await Self.expectWhole(reader, keys, after: last)
                        watch.reads.add(1, ordering: .relaxed)
                        await Task.yield()
                    }
                }
            }
            defer { watch.isDone.store(true, ordering: .relaxed) }
            for number in 1...fills {
                let mode: OnlineFill.Mode = number % 3 == 0 ? .replace : .merge
                let row = OnlineSamples.row(number, [UInt8(number)])
                let fill = OnlineSamples.fill(mode, after: number == 1 ? nil : number - 1, until: number)
                try await store.fill(fill, Dictionary(uniqueKeysWithValues: keys.map { ($0, [row]) }))
                let before = watch.reads.load(ordering: .relaxed)
                while number % 10 == 0, watch.reads.load(ordering: .relaxed) < before + 10 { await Task.yield() }
            }
        }
    }

    /// The state that readers and the writer share.
    private final class Watch: Sendable {
        let isDone = Atomic(false)
        let reads = Atomic(0)
    }

    private static func expectWhole(_ store: any OnlineStore, _ keys: [OnlineKey], after last: Int) async -> Int {
        let lookup = OnlineLookup(storage: OnlineSamples.storage(), keys: keys)
        var generation: OnlineGeneration?
        var (count, strange) = (0, 0)
        do throws(TallyError) {
            try await store.read([lookup, lookup]) { (generations) throws(TallyError) in
                generation = generations[0]
                if generations[0] != generations[1] { strange += 1 }
            } _: { (_, key, bytes) throws(TallyError) in
                count += 1
                let cell = try? OnlineCell(bytes, key: keys[key])
                if cell?.rows.last?.values != [UInt8(generation?.number ?? 0)] { strange += 1 }
            }
        } catch {
            Issue.record("\(error)")
        }
        let number = generation?.number ?? 0
        #expect(count == (number == 0 ? 0 : 2 * keys.count) && strange == 0, "generation \(number)")
        #expect(number >= last)
        return number
    }
}
