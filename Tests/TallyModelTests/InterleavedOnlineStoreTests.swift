// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting
import Testing

/// A store without transactions over keys keeps the laws of online stores as well: the port asks for none.
@Suite struct InterleavedOnlineStoreTests {
    @Test func `it obeys the laws of online stores`() async throws {
        let stores = Mutex<[String: InterleavedOnlineStore]>([:])
        try await OnlineStoreLaws { name in
            stores.withLock { stores in
                let store = stores[name] ?? InterleavedOnlineStore()
                stores[name] = store
                return store
            }
        }.all()
    }

    @Test(arguments: [OnlineFill.Mode.merge, .replace])
    func `a writer whose place was taken writes nothing that anybody sees, then or later`(
        mode: OnlineFill.Mode
    ) async throws {
        let store = InterleavedOnlineStore()
        let keys = (0..<6).map { OnlineSamples.key($0) }
        let first = Dictionary(uniqueKeysWithValues: keys.prefix(4).map { ($0, [OnlineSamples.row(1, [1])]) })
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), first)
        let before = try await store.entries()
        let late = OnlineSamples.giving(
            OnlineSamples.entries(Dictionary(uniqueKeysWithValues: keys.map { ($0, [OnlineSamples.row(2, [2])]) })))
        let given = Atomic(0)
        let error = await #expect(throws: TallyError.self) {
            try await store.fill(OnlineSamples.fill(mode, after: 1, until: 2)) { () throws(TallyError) in
                if given.add(1, ordering: .relaxed).newValue == 4 { store.takeOver(OnlineSamples.storage()) }
                return try late()
            }
        }
        #expect(error?.code == .conflict)
        #expect(try await store.entries() == before)
        // What it wrote before it was stopped stays unseen also when others have filled since.
        let outcome = try await store.fill(
            OnlineSamples.fill(.merge, after: 1, until: 3), [keys[5]: [OnlineSamples.row(3, [3])]])
        #expect(outcome.generation.number == 2 && outcome.generation.keys == 5)
        let expected = first.merging([keys[5]: [OnlineSamples.row(3, [3])]]) { $1 }
        #expect(try await store.entries() == OnlineSamples.entries(expected))
    }

    @Test func `one answer is of one instant, whatever fills of several views go on`() async throws {
        let store = InterleavedOnlineStore()
        let keys = (0..<8).map { OnlineSamples.key($0) }
        let watch = Watch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    while !watch.isDone.load(ordering: .relaxed) { try await Self.expectWhole(store, keys) }
                }
            }
            defer { watch.isDone.store(true, ordering: .relaxed) }
            for number in 1...60 {
                for name in ["a", "b"] {
                    // Now and then keys are left out, and come back.
                    let some = keys.filter { _ in number % 4 != 0 } + [keys[0]]
                    let rows = Dictionary(some.map { ($0, [OnlineSamples.row(number, [UInt8(number)])]) }) { $1 }
                    let mode: OnlineFill.Mode = number % 4 == 1 ? .merge : .replace
                    let fill = OnlineSamples.fill(mode, name, after: number == 1 ? nil : number - 1, until: number)
                    try await store.fill(fill, rows)
                }
            }
        }
    }

    /// What the writer tells the readers.
    private final class Watch: Sendable {
        let isDone = Atomic(false)
    }

    /// Every key has the row of its view's generation, and view `b` is filled after view `a`.
    private static func expectWhole(_ store: InterleavedOnlineStore, _ keys: [OnlineKey]) async throws {
        let lookups = ["a", "b"].map { OnlineLookup(storage: OnlineSamples.storage($0), keys: keys) }
        var numbers = [0, 0]
        var found = [0, 0]
        var strange = 0
        try await store.read(lookups) { generations in
            numbers = generations.map { $0?.number ?? 0 }
        } _: { view, key, bytes in
            found[view] += 1
            let cell = try? OnlineCell(bytes, key: keys[key])
            if cell?.rows.last?.values != [UInt8(numbers[view])] { strange += 1 }
        }
        #expect(strange == 0)
        #expect(numbers[0] == numbers[1] || numbers[0] == numbers[1] + 1)
        for (number, count) in zip(numbers, found) {
            #expect(count == (number == 0 ? 0 : number % 4 == 0 ? 1 : keys.count))
        }
    }
}
