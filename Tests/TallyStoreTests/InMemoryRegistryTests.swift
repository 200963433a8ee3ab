// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Synchronization
import Testing

@Suite struct InMemoryRegistryTests {
    @Test func `it obeys the laws of registries`() async throws {
        let stores = Mutex<[String: InMemoryRegistry]>([:])
        let shared = Shared(stores)
        try await RegistryLaws { store in shared.registry(store) }.all()
    }

    private final class Shared: Sendable {
        private let stores: Mutex<[String: InMemoryRegistry]>

        init(_ stores: consuming sending Mutex<[String: InMemoryRegistry]>) { self.stores = stores }

        func registry(_ name: String) -> InMemoryRegistry {
            stores.withLock { stores in
                if let registry = stores[name] { return registry }
                let registry = InMemoryRegistry()
                stores[name] = registry
                return registry
            }
        }
    }
}
