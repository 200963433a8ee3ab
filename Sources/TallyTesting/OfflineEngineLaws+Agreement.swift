// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension OfflineEngineLaw {
    /// The engine against the oracle, on random data.
    static let agreement: [OfflineEngineLaw] = [
        OfflineEngineLaw("random joins of every type give what the definition gives, bit for bit") { subject in
            for seed in 0..<24 {
                var join = RandomJoin(seed: UInt64(seed))
                try await join.check(on: subject)
            }
        }
    ]
}

/// A join of random shape over random rows.
private struct RandomJoin {
    private let seed: UInt64
    private var random: OfflineRandom

    init(seed: UInt64) {
        self.seed = seed
        random = OfflineRandom(seed: seed &* 7_919 &+ 1)
    }

    /// Puts the same files into both engines and compares the results.
    mutating func check(on subject: OfflineEngineSubject) async throws {
        let keys = (0..<random.below(3) + (seed % 9 == 8 ? 0 : 1)).map {
            ColumnSchema(name: "key\($0)", type: OfflineRandom.keyTypes[random.below(OfflineRandom.keyTypes.count)])
        }
        let spineCount = [0, 1, 50, 200][random.below(4)]
        // Few different keys of each type, so that many rows meet.
        let pool = keys.map { key in (0..<6).map { _ in random.value(key.type) } }
        let spineKeys = keyColumns(keys, pool, spineCount)
        let times = Column(type: .timestamp, values: (0..<spineCount).map { _ in time() })
        var tables: [String: Batch] = [:]
        var views: [ViewJoin] = []
        for number in 0..<2 { views.append(view(number, keys, pool, &tables)) }
        for (path, batch) in tables { try await subject.put(batch, at: path) }
        let request = JoinRequest(
            keys: Batch(schema: keys, columns: spineKeys, count: spineCount), times: times, views: views)
        let found = try await subject.engine.pointInTimeJoin(request)
        let expected = try await InMemoryEngine(tables: tables).pointInTimeJoin(request)
        #expect(found.count == expected.count, "seed \(seed)")
        for (index, (left, right)) in zip(found, expected).enumerated() {
            expectIdentical(left, right, "seed \(seed), view \(index)")
        }
    }

    private mutating func time() -> Value {
        random.below(10) == 0 ? .null : .timestamp(Timestamp(microseconds: Int64(random.below(40) - 10)))
    }

    private mutating func keyColumns(_ keys: [ColumnSchema], _ pool: [[Value]], _ count: Int) -> [Column] {
        keys.indices.map { index in
            Column(
                type: keys[index].type,
                values: (0..<count).map { _ in random.below(12) == 0 ? .null : pool[index][random.below(6)] })
        }
    }

    private mutating func view(
        _ number: Int, _ keys: [ColumnSchema], _ pool: [[Value]], _ tables: inout [String: Batch]
    ) -> ViewJoin {
        let inputs = (0..<1 + random.below(10)).map {
            ColumnSchema(name: "in\($0)", type: OfflineRandom.types[random.below(OfflineRandom.types.count)])
        }
        var groups: [ViewJoin.FileGroup] = []
        for group in 0..<1 + random.below(2) {
            let paths = (0..<1 + random.below(2)).map { "v\(number)g\(group)f\($0).parquet" }
            for path in paths {
                let count = [0, 3, 200, 2_100][random.below(4)]
                let columns =
                    keyColumns(keys, pool, count)
                    + [
                        Column(type: .timestamp, values: (0..<count).map { _ in time() }),
                        Column(type: .timestamp, values: (0..<count).map { _ in time() }),
                    ] + inputs.map { random.column($0.type, count: count) }
                let schema =
                    keys + ["event", "known"].map { ColumnSchema(name: $0, type: .timestamp) } + inputs
                tables[path] = Batch(schema: schema, columns: columns, count: count)
            }
            let firstSeen = group == 0 ? nil : Timestamp(microseconds: Int64(random.below(30)))
            groups.append(.init(paths: paths, firstSeen: firstSeen))
        }
        let isTimeless = random.below(6) == 0
        let knownTime: Source.KnownTime =
            random.below(2) == 0
            ? .column("known") : .after(TimeSpan(microseconds: Int64(random.below(3) * 5)))
        let isUnlimited = isTimeless || random.below(2) == 0
        let timeToLive = isUnlimited ? nil : TimeSpan(microseconds: Int64(random.below(20)))
        let transform: ViewColumns.Transform = { (batch) throws(TallyError) in batch.reversed() }
        let isReversed = random.below(3) == 0
        let made = isReversed ? Array(inputs.reversed()) : inputs
        let compared = random.below(made.count + 1)
        return ViewJoin(
            subject: "view \(number)", files: groups, format: .parquet, timeZone: "UTC",
            eventTime: isTimeless ? nil : "event",
            knownTime: knownTime,
            columns: ViewColumns(
                keys: keys, inputs: inputs, features: Array(made.prefix(compared)),
                hidden: Array(made.dropFirst(compared)), transform: isReversed ? transform : nil),
            law: .latestRow(timeToLive: timeToLive),
            ignoresKnownTime: !isTimeless && random.below(4) == 0,
            knownUntil: random.below(3) == 0 ? Timestamp(microseconds: Int64(random.below(40) - 10)) : nil)
    }
}

extension Batch {
    /// Returns the columns in reverse order.
    fileprivate func reversed() -> Batch {
        Batch(schema: schema.reversed(), columns: columns.reversed(), count: count)
    }
}
