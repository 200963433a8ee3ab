// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An online store around another one: a test writes the methods that it changes, and all others go to the one inside.
public protocol WrappingOnlineStore: OnlineStore {
    /// The store inside.
    var base: any OnlineStore { get }
}

extension WrappingOnlineStore {
    /// Turns the store inside to its present files.
    public func follow() async throws(TallyError) { try await base.follow() }

    /// Examines the store inside.
    public func examine() throws(TallyError) -> StoreStructure? { try base.examine() }

    /// The generations of the store inside.
    public func generations() async throws(TallyError) -> [OnlineGeneration] { try await base.generations() }

    /// Reads from the store inside.
    public func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) async throws(TallyError) { try await base.read(lookups, opening: opening, cell) }

    /// Fills the store inside.
    public func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome { try await base.fill(fill, next) }

    /// Drops from the store inside.
    public func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration] {
        try await base.drop(storages)
    }

    /// Walks through the store inside.
    public func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) async throws(TallyError) { try await base.scan(storage, body) }
}
