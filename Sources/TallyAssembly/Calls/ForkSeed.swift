// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyLMDB
internal import TallyModel
internal import TallyStore

/// What a process knows of an open store before it forks: enough for a child to read vectors with nothing of its parent's.
///
/// A value that nobody changes. The child needs no registry for it, whose library cannot be used after a fork.
public struct ForkSeed: Sendable {
    let store: FeatureStore
    let audience: Audience
    private let catalogue: ServingCatalogue
    private let path: String

    init(_ store: FeatureStore, _ audience: Audience, _ catalogue: ServingCatalogue) throws(TallyError) {
        self.store = store
        self.audience = audience
        self.catalogue = catalogue
        path = try store.workspace().onlinePath
    }

    /// Opens the online store anew, in the child; `E-not-materialized` where it is gone.
    func vectors() throws(TallyError) -> FeatureStore.LiveVectors {
        guard let online = try LMDBStore.openForReading(path: path) else {
            throw TallyError(.notMaterialized, "its files were moved away", subject: path)
        }
        return FeatureStore.LiveVectors(forked: catalogue, store: online, of: store)
    }
}

extension StoreSession {
    /// What a child that is forked now needs; nil while nothing can be read.
    ///
    /// Opens the vectors if nobody has asked for any yet, since the child cannot.
    public func seed() async -> ForkSeed? {
        guard let vectors = await presentVectors() else { return nil }
        return try? ForkSeed(store, audience, vectors.catalogue)
    }

    /// Forgets what the parent has open, in a forked child before it has a second thread.
    public static func abandonParent() { LMDBStore.abandonAll() }
}
