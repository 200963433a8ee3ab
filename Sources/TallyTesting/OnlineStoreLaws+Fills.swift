// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import Testing

extension OnlineStoreLaws {
    func losesNoNewerRow() async throws {
        let store = try open("newer")
        let (key, newer) = (OnlineSamples.key(1), OnlineSamples.row(9, [9]))
        try await store.fill(OnlineSamples.fill(.merge, after: nil, until: 10), [key: [newer]])
        let outcome = try await store.fill(
            OnlineSamples.fill(.merge, after: 1, until: 20), [key: [OnlineSamples.row(8, known: 15, [255])]])
        #expect(outcome.written == 0 && outcome.unchanged == 1)
        #expect(try await store.row(key, at: 20) == newer)
        #expect(try await store.generation() == outcome.generation)
    }

    func replacesEverything() async throws {
        let store = try open("replace")
        let rows = { (numbers: Range<Int>, value: UInt8) in
            Dictionary(uniqueKeysWithValues: numbers.map { (OnlineSamples.key($0), [OnlineSamples.row($0, [value])]) })
        }
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 100), rows(0..<50, 1))
        var next = rows(20..<40, 1)
        next.merge(rows(30..<60, 2)) { $1 }
        next[OnlineSamples.key(-5)] = [OnlineSamples.row(0, [3])]
        let outcome = try await store.fill(OnlineSamples.fill(.replace, after: 1, until: 90), next)
        #expect(outcome.removed == 20)
        #expect(outcome.unchanged == 10)
        #expect(outcome.written == 31)
        #expect(outcome.generation.keys == 41 && outcome.generation.number == 2)
        #expect(try await store.entries() == OnlineSamples.entries(next))
        // Rows that are older than those they replace replace them all the same.
        let older = try await store.fill(
            OnlineSamples.fill(.replace, after: 2, until: 80), [OnlineSamples.key(59): [OnlineSamples.row(1, [0])]])
        #expect(older.removed == 40 && older.written == 1)
        #expect(try await store.row(OnlineSamples.key(59), at: 80) == OnlineSamples.row(1, [0]))
    }

    func countsKeysOfAMerge() async throws {
        let store = try open("counts")
        let (one, two, three) = (OnlineSamples.key(1), OnlineSamples.key(2), OnlineSamples.key(3))
        let row = OnlineSamples.row(1, [1])
        let first = try await store.fill(
            OnlineSamples.fill(.merge, after: nil, until: 1), [one: [row], two: [row]])
        #expect(first.written == 2 && first.unchanged == 0 && first.removed == 0 && first.generation.keys == 2)
        let newer = OnlineSamples.row(2, [2])
        let second = try await store.fill(
            OnlineSamples.fill(.merge, after: 1, until: 2), [one: [row], two: [newer], three: [row, newer]])
        #expect(second.written == 2 && second.unchanged == 1 && second.removed == 0 && second.generation.keys == 3)
        let expected = OnlineSamples.entries([one: [row], two: [newer], three: [newer]])
        #expect(try await store.entries() == expected)
    }

    func keepsADigestOfItsCells() async throws {
        let store = try open("digest")
        var rows = Dictionary(
            uniqueKeysWithValues: (0..<25).map { (OnlineSamples.key($0), [OnlineSamples.row(1, [UInt8($0)])]) })
        let first = try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows)
        #expect(first.generation.digest == OnlineSamples.digest(of: rows))
        // Some cells change, some are new, some stay as they are.
        let given = Dictionary(
            uniqueKeysWithValues: (20..<45).map { (OnlineSamples.key($0), [OnlineSamples.row($0 < 23 ? 1 : 2, [7])]) })
        let second = try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 2), given)
        #expect(second.generation.digest == OnlineSamples.digest(of: try await store.entries()))
        #expect(second.generation.digest != first.generation.digest)
        // A full fill of the same cells has the same digest, in whatever steps they came.
        rows = Dictionary(uniqueKeysWithValues: try await store.entries().map { ($0.key, $0.cell.rows) })
        let third = try await store.fill(OnlineSamples.fill(.replace, after: 2, until: 2), rows)
        #expect(third.generation.digest == second.generation.digest)
        let last = try await store.fill(OnlineSamples.fill(.replace, after: 3, until: 2), [:])
        #expect(last.generation.digest == CellsDigest())
    }

    func makesAGenerationOfNothing() async throws {
        let store = try open("nothing")
        let first = try await store.fill(OnlineSamples.fill(.merge, after: nil, until: 1), [:])
        #expect(first.generation.number == 1 && first.generation.keys == 0)
        #expect(try await store.entries().isEmpty)
        try await store.fill(
            OnlineSamples.fill(.merge, after: 1, until: 2), [OnlineSamples.key(1): [OnlineSamples.row(2, [])]])
        let third = try await store.fill(OnlineSamples.fill(.merge, after: 2, until: 3), [:])
        #expect(third.generation.number == 3 && third.generation.keys == 1)
        #expect(try await store.generation()?.until == OnlineSamples.time(3))
        let last = try await store.fill(OnlineSamples.fill(.replace, after: 3, until: 3), [:])
        #expect(last.removed == 1 && last.generation.keys == 0)
        #expect(try await store.generation()?.number == 4)
    }

    func refusesTheSlowerFill() async throws {
        let store = try open("slow")
        let rows = [OnlineSamples.key(1): [OnlineSamples.row(1, [1])]]
        for mode in [OnlineFill.Mode.merge, .replace] {
            await expect(.conflict) { () throws(TallyError) in
                try await store.fill(OnlineSamples.fill(mode, after: 1, until: 1), rows)
            }
        }
        #expect(try await store.generations().isEmpty)
        try await store.fill(OnlineSamples.fill(.merge, after: nil, until: 1), rows)
        try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 1), rows)
        let before = try await store.entries()
        let stale: [Int?] = [nil, 0, 1, 3]
        for mode in [OnlineFill.Mode.merge, .replace] {
            for after in stale {
                await expect(.conflict) { () throws(TallyError) in
                    try await store.fill(
                        OnlineSamples.fill(mode, after: after, until: 9),
                        [OnlineSamples.key(1): [OnlineSamples.row(9, [9])]])
                }
            }
        }
        #expect(try await store.entries() == before)
        #expect(try await store.generation()?.number == 2)
    }

    func refusesToMergeIntoThePast() async throws {
        let store = try open("past")
        let rows = [OnlineSamples.key(1): [OnlineSamples.row(1, [1])]]
        try await store.fill(OnlineSamples.fill(.merge, after: nil, until: 10), rows)
        await expect(.misuse) { () throws(TallyError) in
            try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 9), rows)
        }
        #expect(try await store.generation()?.number == 1)
        try await store.fill(OnlineSamples.fill(.replace, after: 1, until: 9), rows)
        #expect(try await store.generation()?.horizon == OnlineSamples.time(9))
    }

    func refusesWhatIsOutOfOrder() async throws {
        let store = try open("sorted")
        let (one, two) = (OnlineSamples.key(1), OnlineSamples.key(2))
        let cell = OnlineCell(OnlineSamples.row(1, [1]))
        let wrong = [
            [OnlineEntry(key: two, cell: cell), OnlineEntry(key: one, cell: cell)],
            [OnlineEntry(key: one, cell: cell), OnlineEntry(key: one, cell: cell)],
            [OnlineEntry(key: one, cell: OnlineCell())],
        ]
        for entries in wrong {
            await expect(.internal) { () throws(TallyError) in
                _ = try await store.fill(
                    OnlineSamples.fill(.replace, after: nil, until: 1), OnlineSamples.giving(entries))
            }
        }
        #expect(try await store.generations().isEmpty)
    }

    func undoesWhatIsThrown() async throws {
        let store = try open("throw")
        let rows = [OnlineSamples.key(5): [OnlineSamples.row(1, [1])]]
        let failure = TallyError(.unreadable, "the source is gone")
        for mode in [OnlineFill.Mode.merge, .replace] {
            for base in [false, true] {
                let name = "\(mode) \(base)"
                if base { try await store.fill(OnlineSamples.fill(.merge, name, after: nil, until: 1), rows) }
                let before = try await store.entries(of: name)
                let giving = OnlineSamples.giving(
                    (0..<10).map {
                        OnlineEntry(key: OnlineSamples.key($0), cell: OnlineCell(OnlineSamples.row(2, [2])))
                    })
                let message = await expect(.unreadable) { () throws(TallyError) in
                    let fill = OnlineSamples.fill(mode, name, after: base ? 1 : nil, until: 2)
                    _ = try await store.fill(fill) { () throws(TallyError) in
                        guard let entry = try giving() else { throw failure }
                        return entry
                    }
                }
                #expect(message == failure.message)
                #expect(try await store.entries(of: name) == before)
                #expect(try await store.generation(of: name)?.number == (base ? 1 : nil))
            }
        }
    }

    func undoesWhatIsCancelled() async throws {
        let store = try open("cancel")
        for mode in [OnlineFill.Mode.merge, .replace] {
            let name = mode.rawValue
            try await store.fill(
                OnlineSamples.fill(mode, name, after: nil, until: 1),
                [OnlineSamples.key(1): [OnlineSamples.row(1, [1])]])
            let error = await cancelled { (started: @escaping @Sendable () -> Void) throws(TallyError) in
                let number = Atomic(0)
                _ = try await store.fill(OnlineSamples.fill(mode, name, after: 1, until: 2)) { () throws(TallyError) in
                    started()
                    let key = OnlineSamples.key(number.add(1, ordering: .relaxed).newValue)
                    return OnlineEntry(key: key, cell: OnlineCell(OnlineSamples.row(2, [2])))
                }
            }
            #expect(error?.code == .interrupted)
            #expect(try await store.generation(of: name)?.number == 1)
            #expect(try await store.row(OnlineSamples.key(1), at: 2, of: name) == OnlineSamples.row(1, [1]))
        }
    }

    /// Runs an endless body, and cancels it once it has begun.
    private func cancelled(
        _ body: @escaping @Sendable (_ started: @escaping @Sendable () -> Void) async throws(TallyError) -> Void
    ) async -> TallyError? {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return await withTaskGroup(of: TallyError?.self) { group in
            group.addTask {
                do throws(TallyError) {
                    try await body { signal.yield() }
                    return nil
                } catch {
                    return error
                }
            }
            for await _ in signals { break }
            group.cancelAll()
            return await group.next() ?? nil
        }
    }
}
