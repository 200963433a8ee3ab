// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension OfflineEngineLaw {
    /// The laws of filling an online store and of checking it: rows later than an instant, and joins that stop at one.
    static let later: [OfflineEngineLaw] = [
        OfflineEngineLaw("a scan of later rows leaves out none that is later, and adds none") { subject in
            for seed in 0..<12 {
                var random = OfflineRandom(seed: UInt64(seed) &+ 77)
                let table = LaterRows(count: [0, 3, 300, 2_500][seed % 4], &random)
                try await subject.put(table.batch, at: "later\(seed).parquet")
                for bound in LaterRows.bounds {
                    for names in [["event"], ["known"], ["event", "known"]] {
                        try await table.check(
                            on: subject, path: "later\(seed).parquet", names: names, bound: bound, "seed \(seed)")
                    }
                }
            }
        },
        OfflineEngineLaw("a scan of later rows does not need the columns it is judged by") { subject in
            let batch = Batch([
                ("at", Column(type: .timestamp, storage: .int64([5, 6, 7]))),
                ("v", Column(type: .int64, storage: .int64([50, 60, 70]))),
            ])
            try await subject.put(batch, at: "one.parquet")
            let found = try await LaterRows.scan(
                subject, "one.parquet", [.init(name: "v", type: .int64)], after: 5, ["at"])
            #expect(found.flatMap(\.columns).flatMap(\.values).suffix(2) == [.int64(60), .int64(70)])
        },
        OfflineEngineLaw("rows known after the bound of a join are seen by nobody") { subject in
            let join = JoinCase(
                spine: [(1, 10), (1, 20), (1, 30)], source: [(1, 5, 50), (1, 8, 80)], known: [12, 25])
            try await join.expect([nil, 50, 50], knownUntil: 24, on: subject)
            try await join.expect([nil, 50, 80], knownUntil: 25, on: subject)
            try await join.expect([nil, nil, nil], knownUntil: 11, on: subject)
        },
        OfflineEngineLaw("the bound of a join is held against event time, delay and first sight as well") { subject in
            let delayed = JoinCase(spine: [(1, 30)], source: [(1, 5, 50), (1, 8, 80)], delay: 10)
            try await delayed.expect([50], knownUntil: 17, on: subject)
            try await delayed.expect([80], knownUntil: 18, on: subject)
            let late = JoinCase(spine: [(1, 200)], source: [(1, 5, 50)], later: [(1, 6, 60)], firstSeen: 100)
            try await late.expect([50], knownUntil: 99, on: subject)
            try await late.expect([60], knownUntil: 100, on: subject)
            let plain = JoinCase(spine: [(1, 30)], source: [(1, 5, 50), (1, 8, 80)])
            try await plain.expect([50], knownUntil: 7, on: subject)
        },
        OfflineEngineLaw("the bound of a join does not touch sources without times") { subject in
            let join = JoinCase(spine: [(1, 3)], source: [(1, 5, 50)], isTimeless: true)
            try await join.expect([50], knownUntil: -7, on: subject)
        },
        OfflineEngineLaw("a bound gives what leaving out the rows known later gives") { subject in
            for seed in 0..<16 {
                var random = OfflineRandom(seed: UInt64(seed) &* 31 &+ 5)
                try await BoundedJoin(&random).check(on: subject, "seed \(seed)")
            }
        },
    ]
}

extension JoinCase {
    /// Runs the join with a bound and checks its values; what is not found is not matched.
    fileprivate func expect(
        _ values: [Int64?], knownUntil: Int64, on subject: OfflineEngineSubject
    ) async throws {
        var bounded = self
        bounded.knownUntil = knownUntil
        let result = try await bounded.run(on: subject)
        #expect(result.values == values, "known until \(knownUntil)")
        #expect(result.statuses == values.map { $0 == nil ? .notFound : .matched }, "known until \(knownUntil)")
    }
}

/// Rows with two times, some of them null, and a number for each.
private struct LaterRows {
    let batch: Batch

    static let bounds: [Int64] = [
        .min, .min + 1, -62_135_596_800_000_000, -3, -1, 0, 1, 15, 29, 30, 9_224_318_015_999_999,
        253_402_300_799_999_999, .max - 1, .max,
    ]

    init(count: Int, _ random: inout OfflineRandom) {
        func times() -> Column {
            Column(
                type: .timestamp,
                values: (0..<count).map { _ in
                    random.below(6) == 0 ? .null : .timestamp(Timestamp(microseconds: Int64(random.below(40) - 8)))
                })
        }
        batch = Batch([
            ("row", Column(type: .int64, storage: .int64((0..<count).map { Int64($0) }))), ("event", times()),
            ("known", times()),
        ])
    }

    static func scan(
        _ subject: OfflineEngineSubject, _ path: String, _ columns: [ScanRequest.Column], after bound: Int64,
        _ names: [String]
    ) async throws -> [Batch] {
        var batches: [Batch] = []
        try await subject.engine.scan(
            ScanRequest(
                table: TableReference(rows: .files([path], .parquet)), columns: columns,
                after: .init(columns: names, time: Timestamp(microseconds: bound)))
        ) { batches.append($0) }
        return batches
    }

    func check(
        on subject: OfflineEngineSubject, path: String, names: [String], bound: Int64, _ context: String
    ) async throws {
        let columns = batch.schema.map { ScanRequest.Column(name: $0.name, type: $0.type) }
        let found = try await Self.scan(subject, path, columns, after: bound, names)
        let rows = found.flatMap { batch in (0..<batch.count).map { batch.row($0) } }
        let numbers = rows.compactMap { if case .int64(let row) = $0[0] { Int(row) } else { nil } }
        #expect(numbers == Array(Set(numbers)).sorted(), "\(context), after \(bound): order")
        for (number, row) in zip(numbers, rows) where row != batch.row(number) {
            Issue.record("\(context), after \(bound): row \(number) is another")
        }
        let wanted = (0..<batch.count).filter { row in
            names.contains { name in
                if case .timestamp(let time)? = batch[name]?[row] { time.microseconds > bound } else { false }
            }
        }
        #expect(Set(numbers).isSuperset(of: wanted), "\(context), after \(bound) of \(names)")
    }
}

/// A random join with a bound, and the same one over files without what was known later.
private struct BoundedJoin {
    private let rows: Batch
    private let spine: Batch
    private let knownTime: Source.KnownTime
    private let firstSeen: Int64?
    private let bound: Int64
    private let timeToLive: TimeSpan?

    init(_ random: inout OfflineRandom) {
        func times(_ count: Int) -> Column {
            Column(
                type: .timestamp,
                values: (0..<count).map { _ in
                    random.below(8) == 0 ? .null : .timestamp(Timestamp(microseconds: Int64(random.below(40) - 10)))
                })
        }
        func keys(_ count: Int) -> Column {
            Column(type: .int64, values: (0..<count).map { _ in .int64(Int64(random.below(5))) })
        }
        let count = [3, 50, 2_100][random.below(3)]
        rows = Batch([
            ("id", keys(count)), ("event", times(count)), ("known", times(count)),
            ("v", random.column(.float64, count: count)), ("s", random.column(.string, count: count)),
        ])
        spine = Batch([("id", keys(60)), ("at", times(60))])
        knownTime = random.below(2) == 0 ? .column("known") : .after(TimeSpan(microseconds: Int64(random.below(2) * 4)))
        firstSeen = random.below(3) == 0 ? Int64(random.below(30)) : nil
        bound = Int64(random.below(40) - 10)
        timeToLive = random.below(2) == 0 ? nil : TimeSpan(microseconds: Int64(random.below(20)))
    }

    func check(on subject: OfflineEngineSubject, _ context: String) async throws {
        let kept = (0..<rows.count).filter { row in known(row).map { $0 <= bound } ?? true }
        let dropped = Batch(schema: rows.schema, columns: rows.columns.map { $0.selecting(kept) }, count: kept.count)
        try await subject.put(rows, at: "all.parquet")
        try await subject.put(dropped, at: "kept.parquet")
        let request = JoinRequest(
            keys: Batch([("id", spine.columns[0])]), times: spine.columns[1],
            views: [view("all.parquet", bound: bound), view("kept.parquet", bound: nil)])
        let results = try await subject.engine.pointInTimeJoin(request)
        let (bounded, expected) = (results[0], results[1])
        #expect(bounded.statuses == expected.statuses, "\(context)")
        expectIdentical(bounded.eventTimes, expected.eventTimes, "\(context), event times")
        expectIdentical(bounded.knownTimes, expected.knownTimes, "\(context), known times")
        for index in 0..<2 {
            expectIdentical(bounded.features.columns[index], expected.features.columns[index], "\(context), \(index)")
        }
        #expect(bounded.counts.matched == expected.counts.matched, "\(context)")
        #expect(bounded.counts.tied == expected.counts.tied, "\(context)")
        #expect(bounded.counts.repeated == expected.counts.repeated, "\(context)")
        #expect(bounded.counts.sourceRows == rows.count, "\(context)")
        #expect(bounded.counts.sourceRowsWithoutTime == expected.counts.sourceRowsWithoutTime, "\(context)")
    }

    private func known(_ row: Int) -> Int64? {
        guard case .timestamp(let event) = rows.columns[1][row] else { return nil }
        var known = max(event.microseconds, firstSeen ?? .min)
        switch knownTime {
        case .after(let delay): known = max(known, event.microseconds + delay.microseconds)
        case .undeclared: break
        case .column:
            guard case .timestamp(let declared) = rows.columns[2][row] else { return nil }
            known = max(known, declared.microseconds)
        }
        return known
    }

    private func view(_ path: String, bound: Int64?) -> ViewJoin {
        let stored = Array(rows.schema.suffix(2))
        return ViewJoin(
            subject: "view v",
            files: [.init(paths: [path], firstSeen: firstSeen.map { Timestamp(microseconds: $0) })], format: .parquet,
            timeZone: "UTC", eventTime: "event", knownTime: knownTime,
            columns: ViewColumns(keys: [ColumnSchema(name: "id", type: .int64)], inputs: stored, features: stored),
            law: .latestRow(timeToLive: timeToLive),
            ignoresKnownTime: false, knownUntil: bound.map { Timestamp(microseconds: $0) })
    }
}
