// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// Fills over random histories of files, held against `FillOracle` after each run.
@Suite struct FillHistoryTests {
    @Test(arguments: 0..<60)
    func `after any history of files, clocks and runs, what is served is what was ever taken in`(
        seed: Int
    ) async throws {
        let history = try await FillHistory(seed: UInt64(seed), onlyAdds: false)
        for run in 0..<6 { try await history.step("seed \(seed), run \(run)") }
    }

    @Test(arguments: 100..<130)
    func `where files are only added, incremental runs in any order give the cells of one full run`(
        seed: Int
    ) async throws {
        let history = try await FillHistory(seed: UInt64(seed), onlyAdds: true)
        for run in 0..<5 { try await history.step("seed \(seed), run \(run)") }
        try await history.expectSameAsOneFullRun("seed \(seed)")
    }
}

/// A random history: files that appear, grow, change and vanish, runs at random clocks up to random instants.
private final class FillHistory {
    private let fixture: OnlineFixture
    private let small = InMemoryOnlineStore()
    private let definitions: OnlineDefinitions
    private let onlyAdds: Bool
    /// Whether event times were finer than microseconds.
    private let hasNanoseconds: Bool
    private var random: SeededGenerator
    private var oracle: FillOracle
    private var files: [String: Batch] = [:]
    private var runs = 0

    private static let longKey = String(repeating: "long ", count: 100)
    private static let keys: [String?] = ["a", "b", "", longKey, "a\u{0}", nil]
    private static let features = [
        Feature(name: "v", type: .int64), Feature(name: "w", type: .float64), Feature(name: "s", type: .string),
    ]

    init(seed: UInt64, onlyAdds: Bool) async throws {
        var random = SeededGenerator(seed: seed &* 7_919 &+ 3)
        let known: Source.KnownTime = random.pick([
            .after(.zero), .after(TimeSpan(microseconds: 7)), .column("seen"), .column("seen"),
        ])
        let timeToLive: Int64? = random.pick([nil, 0, 10, 25])
        definitions = OnlineDefinitions.changed {
            $0.key = ColumnSchema(name: "id", type: .string)
            $0.knownTime = known
            $0.timeToLive = timeToLive.map { TimeSpan(microseconds: $0) }
            $0.features = Self.features
        }
        self.random = random
        self.onlyAdds = onlyAdds
        hasNanoseconds = seed % 3 == 0
        oracle = FillOracle(knownTime: known, timeToLive: timeToLive)
        // Engines may hand over more rows than asked for.
        fixture = try OnlineFixture(leavesOut: seed % 2 == 0)
        fixture.now = 0
        try await fixture.apply(definitions)
    }

    /// Lets the files and the clock move on, fills, and holds everything against the oracle.
    func step(_ context: String) async throws {
        try moveFiles()
        fixture.now += random.pick([0, 1, 10, 15, onlyAdds ? 1 : -12])
        let now = fixture.now
        let until: Int64? = random.pick([nil, nil, now - 8, now + 20, now + 1, oracle.until ?? now])
        let isFull = runs > 0 && !onlyAdds && random.pick([0, 0, 0, 0, 1]) == 1
        runs += 1
        let before = try Self.cells(of: fixture.store)
        oracle.look(files, now: now)
        let isFirst = oracle.until == nil
        let report = try await run(until, isFull, fixture.store, memory: 1 << 20)
        let spilled = try await run(until, isFull, small, memory: 0)
        #expect(spilled.counts == report.counts, "\(context): spilled counts")
        #expect(spilled.generation == report.generation, "\(context): spilled generation")
        let after = try Self.cells(of: fixture.store)
        #expect(try Self.cells(of: small) == after, "\(context): spilled cells")

        let asleep = oracle
        let expected = oracle.fill(until: until, clock: now, isFull: isFull)
        if report.kind == .upToDate {
            #expect(expected.taken == 0 && !isFull && !isFirst, "\(context): up to date")
            #expect(oracle.until == asleep.until && oracle.files == asleep.files, "\(context): up to date")
            #expect(after == before, "\(context)")
            // Nothing happened, so the instant from which on is answered has not moved either.
            oracle = asleep
        } else {
            #expect((report.kind == .full) == (isFull || isFirst), "\(context): kind")
            expect(report, expected, before, after, context)
        }
        try await expectAnswers(report.generation, context)
    }

    private func run(
        _ until: Int64?, _ isFull: Bool, _ store: InMemoryOnlineStore, memory: Int
    ) async throws -> MaterializationReport {
        let outcome = try await fixture.materializer(store).run(
            MaterializationRequest(
                until: until.map { Timestamp(microseconds: $0) }, isFull: isFull, memory: memory))
        return try #require(outcome.reports.first)
    }

    private func expect(
        _ report: MaterializationReport, _ expected: FillOracle.Counts, _ before: [OnlineKey: OnlineCell],
        _ after: [OnlineKey: OnlineCell], _ context: String
    ) {
        let counts = report.counts
        #expect(report.generation.until.microseconds == oracle.until, "\(context): until")
        #expect(report.generation.horizon.microseconds == oracle.horizon, "\(context): horizon")
        #expect(report.generation.keys == after.count, "\(context): keys")
        #expect(counts.later == expected.later, "\(context): later")
        #expect(counts.withoutKey == expected.withoutKey, "\(context): without key")
        #expect(counts.older == expected.older, "\(context): older")
        #expect(counts.pending == expected.pending, "\(context): pending")
        #expect(counts.withoutTime >= expected.withoutTime, "\(context): without time")
        let others = counts.later + counts.known + counts.withoutTime + counts.withoutKey
        #expect(counts.read - others == expected.taken, "\(context): taken")
        #expect(counts.removed == before.keys.count { after[$0] == nil }, "\(context): removed")
        #expect(counts.written == after.count { before[$0.key] != $0.value }, "\(context): written")
        #expect(report.kind == .full || counts.removed == 0, "\(context): removed")
    }

    /// Every key at every instant at which something may change.
    private func expectAnswers(_ generation: OnlineGeneration, _ context: String) async throws {
        let layout = try await fixture.catalogue().layout(ofService: "model")
        let keys = Column(type: .string, values: Self.keys.map { $0.map { .string($0) } ?? .null })
        let instants = oracle.instants
        for time in instants where time >= generation.horizon.microseconds {
            let vectors = try await fixture.reader.read(
                layout,
                VectorRequest(
                    keys: Batch([("id", keys)]), inputs: Batch(schema: [], columns: [], count: keys.count),
                    at: Timestamp(microseconds: time)))
            for (entity, key) in Self.keys.enumerated() {
                let expected = oracle.answer(key, at: time)
                for column in 0..<3 {
                    let value = expected.values[column]
                    let status = expected.status == .present && value.isNull ? .null : expected.status
                    let place = "\(context), key \(entity), \(vectors.columns[column].name) at \(time)"
                    #expect(vectors.status(column, entity) == status, "\(place)")
                    #expect(vectors.value(column, entity).isIdentical(to: value), "\(place)")
                    #expect(vectors.eventTime(column, entity)?.microseconds == expected.event, "\(place)")
                }
            }
        }
        guard oracle.isClean else { return }
        try await expectOffline(instants, layout.views[0].compiled, generation, context)
    }

    /// The offline join over the same files, known up to the same instant, gives the same again.
    private func expectOffline(
        _ instants: [Int64], _ plan: CompiledView, _ generation: OnlineGeneration, _ context: String
    ) async throws {
        let prepared = try await fixture.sources.prepare(definitions.source, contract: nil, at: fixture.clock())
        let pairs = instants.flatMap { time in Self.keys.map { ($0, time) } }
        let keys = Column(type: .string, values: pairs.map { $0.0.map { .string($0) } ?? .null })
        let results = try await fixture.engine.pointInTimeJoin(
            JoinRequest(
                keys: Batch([("id", keys)]), times: .times(pairs.map(\.1)),
                views: [plan.join(prepared, knownUntil: generation.until)]))
        for (row, (key, time)) in pairs.enumerated() {
            let expected = oracle.answer(key, at: time)
            let status: JoinResult.Status =
                switch expected.status {
                case .outsideMaxAge: .outsideMaxAge
                case .notFound: .notFound
                default: .matched
                }
            #expect(results[0].statuses[row] == status, "\(context), offline at \(time)")
            for column in 0..<3 {
                let value = results[0].features.columns[column][row]
                #expect(value.isIdentical(to: expected.values[column]), "\(context), offline at \(time)")
            }
        }
    }

    /// A new store filled once, from all files, holds what the incremental runs left.
    func expectSameAsOneFullRun(_ context: String) async throws {
        let generation = try #require(try fixture.store.generations().first)
        fixture.now = max(fixture.now, generation.horizon.microseconds)
        let other = InMemoryOnlineStore()
        _ = try await run(generation.until.microseconds, true, other, memory: 1 << 20)
        let horizon = try #require(try other.generations().first).horizon
        func settled(_ cells: [OnlineKey: OnlineCell]) -> [OnlineKey: OnlineCell] {
            cells.mapValues { ViewLaw.latestRow().advance($0, to: horizon) }
        }
        #expect(try settled(Self.cells(of: fixture.store)) == settled(Self.cells(of: other)), "\(context)")
    }

    private static func cells(of store: InMemoryOnlineStore) throws -> [OnlineKey: OnlineCell] {
        var cells: [OnlineKey: OnlineCell] = [:]
        for generation in try store.generations() {
            try store.scan(generation.storage) { key, cell in cells[key] = cell }
        }
        return cells
    }

    private func moveFiles() throws {
        let free = (0..<5).map { "events/\($0).parquet" }.filter { files[$0] == nil }
        switch files.isEmpty || onlyAdds ? 0 : random.pick([0, 0, 1, 2, 3, 4]) {
        case 0:
            guard let path = free.first else { return }
            try put(rows(), at: path)
        case 1:
            guard let (path, batch) = files.min(by: { $0.key < $1.key }) else { return }
            try put(Batch.concatenating([batch, rows()]), at: path)
        case 2:
            guard let path = files.keys.sorted().last else { return }
            try put(rows(), at: path)
        case 3:
            guard files.count > 1, let path = files.keys.sorted().first else { return }
            files[path] = nil
            try fixture.engine.remove(path)
        default: break
        }
    }

    private func put(_ batch: Batch, at path: String) throws {
        files[path] = batch
        try fixture.engine.put(batch, at: path)
    }

    /// Rows around the present, few different times and values, so that ties and boundaries come often.
    private func rows() -> Batch {
        let count = random.pick([0, 1, 4, 9])
        let now = fixture.now
        func time() -> Value {
            let near = now + Int64.random(in: -30...25, using: &random)
            let some = random.pick([near, near, near, now, now + 20, now - 10, -5, 0])
            return random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8]) == 0 ? .null : .timestamp(Timestamp(microseconds: some))
        }
        let floats: [Value] = [.float64(0.5), .float64(-0.0), .float64(.nan), .null]
        let strings: [Value] = [.string(""), .string("x"), .null]
        let cuts = Column(
            type: .int32, values: (0..<count).map { _ in .int32(random.pick([0, -1, -500, -999])) })
        return Batch(
            [
                ("id", Column(type: .string, values: (0..<count).map { _ in key() })),
                ("at", Column(type: .timestamp, values: (0..<count).map { _ in time() })),
                ("seen", Column(type: .timestamp, values: (0..<count).map { _ in time() })),
                ("v", .numbers((0..<count).map { _ in random.pick([1, 2, 3, nil]) })),
                ("w", Column(type: .float64, values: (0..<count).map { _ in random.pick(floats) })),
                ("s", Column(type: .string, values: (0..<count).map { _ in random.pick(strings) })),
            ] + (hasNanoseconds ? [("at" + InMemoryEngine.cutSuffix, cuts)] : []))
    }

    private func key() -> Value { random.pick(Self.keys).map { .string($0) } ?? .null }
}
