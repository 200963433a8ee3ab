// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting
import Testing

@Suite struct InMemoryOnlineStoreTests {
    @Test func `it obeys the laws of online stores`() async throws {
        let stores = Stores()
        try await OnlineStoreLaws { store in stores.store(store) }.all()
    }

    @Test func `damage is told with the key's place, and never served`() async throws {
        let store = InMemoryOnlineStore()
        let (key, other) = (OnlineSamples.key(.string("a secret")), OnlineSamples.key(2))
        try await store.fill(
            OnlineSamples.fill(.replace, after: nil, until: 1),
            [key: [OnlineSamples.row(1, [1])], other: [OnlineSamples.row(1, [2])]])
        #expect(store.damage(OnlineSamples.storage(), key) { $0[10] ^= 4 })
        #expect(!store.damage(OnlineSamples.storage(), OnlineSamples.key(3)) { $0 = [] })
        let digits = String(Fingerprint(of: key.stored).hex.prefix(16))
        for attempt in ["read", "scan", "merge"] {
            let error = await failure { () throws(TallyError) in
                switch attempt {
                case "read": _ = try await store.cells([other, key])
                case "scan": _ = try await store.entries()
                default:
                    try await store.fill(
                        OnlineSamples.fill(.merge, after: 1, until: 2), [key: [OnlineSamples.row(2, [])]])
                }
            }
            #expect(error?.code == .corrupt)
            #expect(error?.description.contains(digits) == true)
            #expect(error?.description.contains("secret") == false)
        }
        #expect(try await store.row(other, at: 1)?.values == [2])
        try await store.fill(OnlineSamples.fill(.replace, after: 1, until: 2), [key: [OnlineSamples.row(2, [3])]])
        #expect(try await store.row(key, at: 2)?.values == [3])
    }

    private func failure(_ body: () async throws(TallyError) -> Void) async -> TallyError? {
        do throws(TallyError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    /// Stores by their name, so that two openings share one.
    final class Stores: Sendable {
        private let stores = Mutex<[String: InMemoryOnlineStore]>([:])

        func store(_ name: String) -> InMemoryOnlineStore {
            stores.withLock { stores in
                let store = stores[name] ?? InMemoryOnlineStore()
                stores[name] = store
                return store
            }
        }
    }
}
