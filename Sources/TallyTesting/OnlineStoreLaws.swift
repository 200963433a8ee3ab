// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import Testing

/// The laws that every online store must obey; a new adapter's tests run `all()` and are done.
///
/// ```swift
/// let stores = Mutex<[String: InMemoryOnlineStore]>([:])
/// let laws = OnlineStoreLaws { name in
///     stores.withLock { opened in
///         let store = opened[name] ?? InMemoryOnlineStore()
///         opened[name] = store
///         return store
///     }
/// }
/// try await laws.all()
/// ```
public struct OnlineStoreLaws: Sendable {
    /// Opens the same new, empty store as often as it is called with the same key.
    public typealias Open = @Sendable (_ store: String) throws(TallyError) -> any OnlineStore

    let open: Open

    /// Holds online stores to the laws; every law uses a store of its own.
    public init(open: @escaping Open) {
        self.open = open
    }

    /// Runs every law.
    public func all() async throws {
        try await startsEmpty()
        try await readsBackWhatWasFilled()
        try await readsKeysInTheirOrder()
        try await readsManyAsItReadsOne()
        try await keepsRowsWithoutTime()
        try await tellsKeysApart()
        try await walksInTheOrderOfKeys()
        try await keepsPartsApart()
        try await ordersRows()
        try await keepsWhatIsYetToBeKnown()
        try await forgetsWhatCannotAnswer()
        try await losesNoNewerRow()
        try await replacesEverything()
        try await countsKeysOfAMerge()
        try await keepsADigestOfItsCells()
        try await makesAGenerationOfNothing()
        try await refusesTheSlowerFill()
        try await refusesToMergeIntoThePast()
        try await refusesWhatIsOutOfOrder()
        try await undoesWhatIsThrown()
        try await undoesWhatIsCancelled()
        try await keepsViewsApart()
        try await dropsAndGoesOnCounting()
        try await letsFillsTakeTurns()
        try await showsWholeGenerations()
        try await agreesWithTheOracle()
    }

    func startsEmpty() async throws {
        let store = try open("empty")
        #expect(try await store.generations().isEmpty)
        #expect(try await store.entries().isEmpty)
        #expect(try await store.drop([OnlineSamples.storage()]).isEmpty)
        var opened: [OnlineGeneration?] = []
        let lookups = ["v", "w"].map { OnlineLookup(storage: OnlineSamples.storage($0), keys: [OnlineSamples.key(1)]) }
        try await store.read(lookups) { (generations) throws(TallyError) in
            opened += generations
        } _: { (_, _, _) throws(TallyError) in
            Issue.record("an empty store has a row")
        }
        #expect(opened == [nil, nil])
        try await store.read([]) { (generations) throws(TallyError) in
            #expect(generations.isEmpty)
        } _: { (_, _, _) throws(TallyError) in
            Issue.record("an empty store has a row")
        }
    }

    func readsBackWhatWasFilled() async throws {
        let fill = OnlineSamples.fill(.replace, after: nil, until: 10, horizon: 9)
        let outcome = try await open("back").fill(fill, [OnlineSamples.key(1): [OnlineSamples.row(5, [7, 8])]])
        let store = try open("back")
        let expected = fill.generation.numbered(
            1, keys: 1, digest: OnlineSamples.digest(of: [OnlineSamples.key(1): [OnlineSamples.row(5, [7, 8])]]))
        #expect(outcome.generation.files.map(\.stamp) == ["", ""])
        #expect(outcome.generation.describes(expected))
        #expect(try await store.generations() == [outcome.generation])
        #expect(outcome.written == 1 && outcome.unchanged == 0 && outcome.removed == 0)
        #expect(try await store.row(OnlineSamples.key(1), at: 10) == OnlineSamples.row(5, [7, 8]))
        #expect(try await store.row(OnlineSamples.key(2), at: 10) == nil)
        try await store.read([OnlineLookup(storage: OnlineSamples.storage(), keys: [])]) {
            (generations) throws(TallyError) in
            #expect(generations == [outcome.generation])
        } _: { (_, _, _) throws(TallyError) in
            Issue.record("no key was asked for")
        }
    }

    func readsKeysInTheirOrder() async throws {
        let store = try open("order")
        let rows = Dictionary(
            uniqueKeysWithValues: (0..<10).map { (OnlineSamples.key($0), [OnlineSamples.row(1, [UInt8($0)])]) })
        try await store.fill(OnlineSamples.fill(.replace, "v", after: nil, until: 1), rows)
        try await store.fill(OnlineSamples.fill(.replace, "w", after: nil, until: 1), rows)
        let keys = [7, 3, 99, 3, 0, 7, 7].map { OnlineSamples.key($0) }
        let lookups = [
            OnlineLookup(storage: OnlineSamples.storage("w"), keys: keys),
            OnlineLookup(storage: OnlineSamples.storage("x"), keys: keys),
            OnlineLookup(storage: OnlineSamples.storage("v"), keys: [nil, OnlineSamples.key(1), nil]),
            OnlineLookup(storage: OnlineSamples.storage("w"), keys: [OnlineSamples.key(9)]),
        ]
        var calls: [[Int]] = []
        try await store.read(lookups) { (generations) throws(TallyError) in
            #expect(calls.isEmpty)
            #expect(generations.map { $0?.view } == ["w", nil, "v", "w"])
        } _: { (lookup, key, _) throws(TallyError) in
            calls.append([lookup, key])
        }
        #expect(calls == [[0, 0], [0, 1], [0, 3], [0, 4], [0, 5], [0, 6], [2, 1], [3, 0]])
    }

    func readsManyAsItReadsOne() async throws {
        let store = try open("many")
        let rows = Dictionary(
            uniqueKeysWithValues: (0..<500).map { number in
                (OnlineSamples.key(number * 2), [OnlineSamples.row(1, [UInt8(number % 256), UInt8(number / 256)])])
            })
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows)
        let keys: [OnlineKey?] = (0..<1_000).map { $0 % 7 == 3 ? nil : OnlineSamples.key(($0 * 617) % 1_000) }
        let many = try await store.cells(keys)
        var differing = 0
        for (key, cells) in zip(keys, many) {
            let expected = key.flatMap { rows[$0] }.map { [OnlineSamples.cell($0)] } ?? []
            let alone = try await store.cells([key])
            if cells != expected || alone != [expected] { differing += 1 }
        }
        #expect(differing == 0)
    }
}

extension OnlineGeneration {
    fileprivate var files: [SourceSnapshot.File] { snapshot.files }

    /// Whether everything is equal but the stamps of files, which a store does not keep.
    fileprivate func describes(_ other: OnlineGeneration) -> Bool {
        json == other.json
    }
}
