// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A store that keeps the rows of an entity as each view's law asks, for reads within microseconds or one network
/// exchange.
///
/// Rows are keyed by the storage fingerprint of their view, so that a changed view fills beside the old one. Any number of
/// processes may read and fill one store at once. What a method returned from survives the death of the process; a fill
/// that did not return left nothing that a reader sees. All methods throw `E-corrupt` for stored data that is not as it
/// was written, naming the key's place and never its value, `E-unwritable` when the disk is full or refuses, and
/// `E-engine` when the storage fails otherwise.
public protocol OnlineStore: Sendable {
    /// Turns to the store's present files after other files took the place of those that are open.
    ///
    /// Throws `E-not-materialized` while there is nothing in their place, and what opening throws; what was open before goes
    /// on answering then. Costs microseconds when nothing changed.
    func follow() async throws(TallyError)

    /// Checks that the store's structure is whole, whatever the cells contain; nil when there is nothing to check.
    ///
    /// Reads everything once, on the calling thread; fills may wait meanwhile. Throws `E-interrupted` when the task is
    /// cancelled.
    func examine() throws(TallyError) -> StoreStructure?

    /// The present generation of every storage fingerprint that is filled, sorted by fingerprint.
    func generations() async throws(TallyError) -> [OnlineGeneration]

    /// Reads the cells of many keys of several views, all of one instant of the store.
    ///
    /// Calls `opening` once with the generation of each lookup (nil for one that is not filled), then `cell` for each key
    /// that is there, lookup by lookup and in the order of the keys; a key may repeat. The bytes are a cell's stored form
    /// (`StoredLatestRow.answer(_:key:at:)` verifies and reads it), valid during the call. Never waits for a fill.
    ///
    /// One call asks for everything that a request needs, so that a store behind a network answers in one exchange. A
    /// store without a snapshot over many keys keeps with each cell which fill wrote it and what stood there before
    /// (`InterleavedOnlineStore` in the kit). A store in the process answers on the calling thread, in microseconds a key.
    func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) async throws(TallyError)

    /// Makes the next generation of a view out of cells that `next` gives, sorted by key and each key once; nil ends them.
    ///
    /// With `.merge` the view's law takes each row into the cell that is there (`OnlineFill.merging`); with `.replace`
    /// the view holds exactly the new cells afterwards. Readers see the generation before or the one after, never one
    /// between. `next` is called on a thread of the store's, one call at a time; what it throws undoes the fill and is
    /// thrown on. Throws `E-conflict` when `fill.after` is not the number of the present generation: another fill was
    /// first; `E-misuse` for a merge whose horizon is before the present one's, `E-internal` for keys out of order or without
    /// rows, and `E-interrupted` when the task is cancelled. Fills wait for each other, also those of other processes; or the one that
    /// began last goes on, and what earlier ones still write is refused (`E-conflict`).
    func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome

    /// Removes the rows of storage fingerprints; unknown ones are left alone. Returns the generations that are gone.
    ///
    /// A later fill of one of them goes on counting its generations.
    func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration]

    /// Walks through all cells of a view in the order of their keys, at one instant; nothing when it is not filled.
    ///
    /// Cells are verified, counted and digested: `E-corrupt` also tells of a walk that met another count, or other cells, than
    /// the generation has. Takes time linear in the cells; commands that prove a store use it, reading and filling do not.
    func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) async throws(TallyError)
}

/// Keys of one view to read.
public struct OnlineLookup: Sendable, Hashable {
    /// The storage fingerprint of the view.
    public let storage: Fingerprint
    /// The keys; nil for a row whose key has a null part, which finds nothing.
    public let keys: [OnlineKey?]

    /// Asks for keys of a view.
    public init(storage: Fingerprint, keys: [OnlineKey?]) {
        self.storage = storage
        self.keys = keys
    }
}

/// A request to write the next generation of a view.
public struct OnlineFill: Sendable, Hashable {
    /// The treatment of the cells that are already stored.
    public enum Mode: String, Sendable, Hashable {
        /// They stay, and the new rows are added to them.
        case merge
        /// They are gone; only what is given is there afterwards.
        case replace
    }

    /// The treatment of the cells that are already stored.
    public let mode: Mode
    /// The law that selects the rows which the view keeps of an entity.
    public let law: ViewLaw
    /// The view's state afterwards; the store gives it its number and counts its keys.
    public let generation: OnlineGeneration
    /// The number of the generation that the fill was planned on; nil when there was none.
    public let after: Int?

    /// Describes a fill by its mode, law, next generation and the number that it expects to follow.
    public init(mode: Mode, law: ViewLaw, generation: OnlineGeneration, after: Int?) {
        self.mode = mode
        self.law = law
        self.generation = generation
        self.after = after
    }
}

/// The counts of keys that a fill changed.
public struct OnlineFillOutcome: Sendable, Hashable {
    /// The generation that is visible now.
    public let generation: OnlineGeneration
    /// Keys whose cell is new or changed.
    public let written: Int
    /// Keys whose cell stayed as it was: the rows given were there already, or older.
    public let unchanged: Int
    /// Keys that were there before and are gone (`.replace` only).
    public let removed: Int

    /// Describes an outcome.
    public init(generation: OnlineGeneration, written: Int, unchanged: Int, removed: Int) {
        self.generation = generation
        self.written = written
        self.unchanged = unchanged
        self.removed = removed
    }
}
