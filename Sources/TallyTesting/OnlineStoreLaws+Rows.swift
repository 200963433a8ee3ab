// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension OnlineStoreLaws {
    func keepsRowsWithoutTime() async throws {
        let store = try open("timeless")
        var fill = OnlineSamples.fill(.replace, after: nil, until: 10)
        fill = OnlineFill(mode: .replace, law: .latestRow(), generation: fill.generation.timeless, after: nil)
        let key = OnlineSamples.key(1)
        try await store.fill(fill, [key: [OnlineSamples.timelessRow([1])]])
        #expect(try await store.row(key, at: -1_000_000) == OnlineSamples.timelessRow([1]))
        // Of two rows without time the bytes decide, whatever the order in which they come.
        fill = OnlineFill(mode: .merge, law: .latestRow(), generation: fill.generation, after: 1)
        try await store.fill(fill, [key: [OnlineSamples.timelessRow([0, 9])]])
        #expect(try await store.row(key, at: 0) == OnlineSamples.timelessRow([1]))
        fill = OnlineFill(mode: .merge, law: .latestRow(), generation: fill.generation, after: 2)
        try await store.fill(fill, [key: [OnlineSamples.timelessRow([1, 0])]])
        #expect(try await store.row(key, at: 0) == OnlineSamples.timelessRow([1, 0]))
        #expect(try await store.generation()?.horizon == .distantPast)
    }

    func tellsKeysApart() async throws {
        let store = try open("keys")
        let long = { (count: Int) in String(repeating: "k", count: count) }
        let keys = [
            OnlineSamples.key(.string("1"), .string("12")), OnlineSamples.key(.string("11"), .string("2")),
            OnlineSamples.key(.string("1"), .string("1"), .string("2")), OnlineSamples.key(.string("112")),
            OnlineSamples.key(.int64(1)), OnlineSamples.key(.int32(1)), OnlineSamples.key(.string("")),
            OnlineSamples.key(.string("a")), OnlineSamples.key(.string("a\u{0}")), OnlineSamples.key(.bytes([])),
            OnlineSamples.key(.string("é")), OnlineSamples.key(.string("e\u{301}")),
            // One part costs three bytes more than its text; beyond 400 bytes the digest stands for the key.
            OnlineSamples.key(.string(long(396))), OnlineSamples.key(.string(long(397))),
            OnlineSamples.key(.string(long(398))), OnlineSamples.key(.string(long(399))),
            OnlineSamples.key(.string(long(5_000))), OnlineSamples.key(.string(long(5_000) + "!")),
            OnlineSamples.key(.bytes([UInt8](repeating: 0, count: 300))), OnlineSamples.key(),
        ]
        #expect(keys.filter { $0.full != nil }.count == 5)
        var rows: [OnlineKey: [OnlineRow]] = [:]
        for (index, key) in keys.enumerated() { rows[key] = [OnlineSamples.row(1, [UInt8(index)])] }
        let outcome = try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows)
        #expect(outcome.generation.keys == keys.count)
        for (index, key) in keys.enumerated() {
            #expect(try await store.row(key, at: 1)?.values == [UInt8(index)], "key \(index)")
        }
        for (index, key) in keys.enumerated() { rows[key] = [OnlineSamples.row(2, [UInt8(index) + 100])] }
        let merged = try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 2), rows)
        #expect(merged.written == keys.count && merged.generation.keys == keys.count)
        for (index, key) in keys.enumerated() {
            #expect(try await store.row(key, at: 2)?.values == [UInt8(index) + 100], "key \(index)")
        }
        #expect(try await Set(store.entries().map(\.key)) == Set(keys))
        #expect(try await store.cells([OnlineSamples.key(.string(long(5_000) + "?"))]) == [[]])
    }

    /// A view with parts keeps each under a key of its own; one read hands over those that an instant needs.
    func keepsPartsApart() async throws {
        let store = try open("parts")
        let hop = TimeSpan(microseconds: 5_000_000)
        guard let window = EventWindow(size: TimeSpan(microseconds: 10_000_000), hop: hop) else {
            throw TallyError(.internal, "no window of two steps")
        }
        let law = ViewLaw.window(window)
        var states: [OnlineKey: OnlineCell] = [:]
        for entity in [2, -1, 7] {
            for second in -12...12 {
                let row = OnlineSamples.row(second, [UInt8(second + 12)])
                let key = OnlineSamples.key(entity, part: law.part(of: row).number)
                law.take(row, into: &states[key, default: OnlineCell()], horizon: .distantPast)
            }
        }
        let entries = states.map { OnlineEntry(key: $0.key, cell: $0.value) }.sorted { $0.key < $1.key }
        let fill = OnlineSamples.fill(.replace, law: law, after: nil, until: 1, horizon: -100)
        let outcome = try await store.fill(fill, OnlineSamples.giving(entries))
        #expect(outcome.generation.keys == states.count)
        #expect(try await store.entries() == entries)
        let numbers = try await store.entries().map(\.key.part?.number)
        #expect(numbers == [[Int64]](repeating: [-3, -2, -1, 0, 1, 2], count: 3).flatMap { $0 })
        let needed = law.parts(at: OnlineSamples.time(3))
        let keys = (needed.lowerBound.number..<needed.upperBound.number).map { OnlineSamples.key(7, part: $0) }
        let found = try await store.cells(keys).flatMap { $0 }
        guard case .rows(let rows) = law.answer(found, at: OnlineSamples.time(3)) else {
            throw TallyError(.internal, "a window answers with rows")
        }
        // The lower edge is the step at or before -7 seconds, and does not belong to the window.
        #expect(rows.map(\.values) == (-9...3).map { [UInt8($0 + 12)] })
        let again = OnlineSamples.fill(.merge, law: law, after: 1, until: 2, horizon: -100)
        let more = OnlineEntry(
            key: OnlineSamples.key(7, part: 0), cell: OnlineCell(OnlineSamples.row(4, [99])))
        #expect(try await store.fill(again, OnlineSamples.giving([more])).written == 1)
        #expect(try await store.cells([more.key]).first?.first?.rows.count == 6)
    }

    func walksInTheOrderOfKeys() async throws {
        let store = try open("walk")
        var rows: [OnlineKey: [OnlineRow]] = [:]
        for number in -20..<20 {
            rows[OnlineSamples.key(number * 1_000)] = [OnlineSamples.row(number, [UInt8(number + 20)])]
            rows[OnlineSamples.key(.string("\(number)"))] = [OnlineSamples.row(number, []), OnlineSamples.row(99, [1])]
        }
        rows[OnlineSamples.key(.string(String(repeating: "x", count: 1_000)))] = [OnlineSamples.row(0, [0])]
        try await store.fill(OnlineSamples.fill(.replace, "u", after: nil, until: 1), rows)
        try await store.fill(OnlineSamples.fill(.replace, "v", after: nil, until: 1), rows)
        try await store.fill(OnlineSamples.fill(.replace, "w", after: nil, until: 1), rows)
        #expect(try await store.entries() == OnlineSamples.entries(rows))
        let stop = TallyError(.misuse, "enough")
        var count = 0
        let message = await expect(.misuse) { () throws(TallyError) in
            try await store.scan(OnlineSamples.storage()) { (_, _) throws(TallyError) in
                count += 1
                if count == 3 { throw stop }
            }
        }
        #expect(message == "enough" && count == 3)
    }

    func ordersRows() async throws {
        let store = try open("rows")
        // Each row comes after the one before it in the order of SEMANTICS 2, by one part of it alone.
        let rows = [
            OnlineSamples.row(1, known: 9, sequence: 9, [9]), OnlineSamples.row(2, known: 3, sequence: 5, [9]),
            OnlineSamples.row(2, known: 4, sequence: 0, [9]), OnlineSamples.row(2, known: 4, sequence: 1, [0]),
            OnlineSamples.row(2, known: 4, sequence: 1, [0, 0]), OnlineSamples.row(2, known: 4, sequence: 1, [1]),
        ]
        for (low, row) in rows.enumerated() {
            for (high, other) in rows.enumerated() where low < high {
                for pair in [[row, other], [other, row]] {
                    let key = OnlineSamples.key(low * 100 + high * 10 + (pair[0] == row ? 0 : 1))
                    let base = try await store.generation()?.number
                    for (step, offered) in pair.enumerated() {
                        let after = try await store.generation()?.number
                        try await store.fill(
                            OnlineSamples.fill(.merge, after: after, until: 10), [key: [offered]])
                        #expect(try await store.generation()?.number == (base ?? 0) + step + 1)
                    }
                    #expect(try await store.row(key, at: 10) == other)
                    #expect(try await store.cells([key]) == [[OnlineCell(other)]])
                }
            }
        }
    }

    func keepsWhatIsYetToBeKnown() async throws {
        let store = try open("pending")
        let key = OnlineSamples.key(1)
        let (present, pending) = (OnlineSamples.row(5, [1]), OnlineSamples.row(6, known: 20, [2]))
        try await store.fill(
            OnlineSamples.fill(.replace, after: nil, until: 30, horizon: 10), [key: [present, pending]])
        #expect(try await store.row(key, at: 10) == present)
        #expect(try await store.row(key, at: 19) == present)
        #expect(try await store.row(key, at: 20) == pending)
        // One that is known sooner and comes between them answers until then.
        let between = OnlineSamples.row(5, known: 15, [0])
        try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 30, horizon: 10), [key: [between]])
        #expect(try await store.row(key, at: 14) == present)
        #expect(try await store.row(key, at: 15) == between)
        #expect(try await store.row(key, at: 20) == pending)
        // A key whose rows all lie ahead has no answer yet.
        let other = OnlineSamples.key(2)
        try await store.fill(OnlineSamples.fill(.merge, after: 2, until: 30, horizon: 10), [other: [pending]])
        #expect(try await store.row(other, at: 19) == nil)
        #expect(try await store.row(other, at: 20) == pending)
    }

    func forgetsWhatCannotAnswer() async throws {
        let store = try open("horizon")
        let key = OnlineSamples.key(1)
        let rows = [5, 15, 25].map { OnlineSamples.row($0, [UInt8($0)]) }
        try await store.fill(OnlineSamples.fill(.merge, after: nil, until: 100, horizon: 10), [key: rows])
        #expect(try await store.cells([key]) == [[OnlineSamples.cell(rows)]])
        let latest = OnlineSamples.row(35, [35])
        try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 100, horizon: 20), [key: [latest]])
        #expect(try await store.cells([key]) == [[OnlineSamples.cell([rows[1], rows[2], latest])]])
        #expect(try await store.row(key, at: 20) == rows[1])
        try await store.fill(
            OnlineSamples.fill(.merge, after: 2, until: 100, horizon: 90), [key: [OnlineSamples.row(34, [])]])
        #expect(try await store.row(key, at: 90) == latest)
    }
}

extension OnlineGeneration {
    /// The same generation without event time.
    fileprivate var timeless: OnlineGeneration {
        OnlineGeneration(
            storage: storage, number: number, view: view, snapshot: snapshot, until: until, horizon: .distantPast,
            filledAt: filledAt, keys: keys)
    }
}
