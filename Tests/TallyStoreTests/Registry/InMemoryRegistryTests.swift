// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyTesting
import Testing

@Suite struct InMemoryRegistryTests {
    @Test func `it obeys the laws of registries`() async throws {
        let stores = Stores()
        try await RegistryLaws { store in stores.registry(store) }.all()
    }

    /// Registries by the name of their store, so that two openings share one.
    final class Stores: Sendable {
        private let registries = Mutex<[String: InMemoryRegistry]>([:])

        func registry(_ name: String) -> InMemoryRegistry {
            registries.withLock { registries in
                let registry = registries[name] ?? InMemoryRegistry()
                registries[name] = registry
                return registry
            }
        }
    }
}
