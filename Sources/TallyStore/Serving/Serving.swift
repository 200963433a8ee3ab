// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// The present catalogue of a long-running process; replaced in one step when registry or store changed.
public final class Serving: Sendable {
    private let registry: any Registry
    private let store: any OnlineStore
    private let present: Mutex<ServingCatalogue>

    /// Loads the first catalogue.
    public init(registry: any Registry, store: any OnlineStore) async throws(TallyError) {
        self.registry = registry
        self.store = store
        present = Mutex(try await ServingCatalogue.load(registry: registry, store: store))
    }

    /// The catalogue to answer with now.
    public var catalogue: ServingCatalogue { present.withLock { $0 } }

    /// Loads the catalogue anew if anything was applied, promoted or filled since; true when it changed.
    ///
    /// Costs one small query when nothing did. A failure leaves the present catalogue in place and is thrown.
    @discardableResult
    public func refresh() async throws(TallyError) -> Bool {
        let old = catalogue
        try await store.follow()
        let generation = try await registry.generation()
        let generations = try await store.generations()
        let isSame =
            generation == old.state.generation && generations.count == old.generations.count
            && generations.allSatisfy { old.generations[$0.storage] == $0 }
        guard !isSame else { return false }
        let loaded = try await ServingCatalogue.load(registry: registry, store: store)
        present.withLock { $0 = loaded }
        return true
    }
}
