// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Fills the online store from the sources, view by view, and lets releases serve whose views are all filled.
public struct Materializer: Sendable {
    let registry: any Registry
    let store: any OnlineStore
    let engine: any OfflineEngine
    let sources: SourcePreparer
    let clock: @Sendable () -> Timestamp
    let user: String
    /// Told how far a view has been read: the view, rows so far, rows in all when that is known.
    let progress: (@Sendable (_ view: String, _ rows: Int, _ total: Int?) -> Void)?

    /// Fills a store with what an engine reads.
    public init(
        registry: any Registry, store: any OnlineStore, engine: any OfflineEngine, sources: SourcePreparer,
        clock: @escaping @Sendable () -> Timestamp, user: String,
        progress: (@Sendable (_ view: String, _ rows: Int, _ total: Int?) -> Void)? = nil
    ) {
        self.registry = registry
        self.store = store
        self.engine = engine
        self.sources = sources
        self.clock = clock
        self.user = user
        self.progress = progress
    }

    /// Fills the views of a request as they are applied; each becomes visible as a whole, one after the other.
    ///
    /// Throws `E-not-found` for an unknown view, `E-misuse` for views without an applied definition, what reading and
    /// storing throw, and `E-interrupted` when the task is cancelled: a view is then as it was before its turn.
    public func run(_ request: MaterializationRequest) async throws(TallyError) -> MaterializationOutcome {
        throw TallyError(.internal, "in the making")
    }
}
