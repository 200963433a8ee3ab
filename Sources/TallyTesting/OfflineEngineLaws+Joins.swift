// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension OfflineEngineLaw {
    /// Laws of the point-in-time join, each in a few rows.
    static let joins: [OfflineEngineLaw] = [
        OfflineEngineLaw("each spine row comes once and in order, whether it matches or not") { subject in
            let result = try await JoinCase(
                spine: [(2, 10), (1, 5), (nil, 10), (2, nil), (1, 5), (3, 10)], source: [(1, 5, 50), (2, 9, 90)]
            ).run(on: subject)
            #expect(result.values == [90, 50, nil, nil, 50, nil])
            #expect(result.statuses == [.matched, .matched, .notFound, .notFound, .matched, .notFound])
            #expect(result.counts.matched == 3 && result.counts.notFound == 3)
        },
        OfflineEngineLaw("a value is valid up to its time to live, inclusive") { subject in
            let result = try await JoinCase(
                spine: [(1, 15), (1, 16), (1, 4)], source: [(1, 5, 50)], timeToLive: 10
            ).run(on: subject)
            #expect(result.values == [50, nil, nil])
            #expect(result.statuses == [.matched, .outsideMaxAge, .notFound])
            #expect(result.eventTimes == [5, 5, nil])
        },
        OfflineEngineLaw("rows of one time are decided by their bytes, not by their order") { subject in
            for values in [[7, 9, 8], [9, 8, 7], [8, 7, 9]] {
                let source = values.map { (Int64(1), Int64(5), Int64($0)) }
                let result = try await JoinCase(spine: [(1, 5)], source: source).run(on: subject)
                #expect(result.values == [9])
                #expect(result.counts.tied == 1 && result.counts.repeated == 1)
            }
            let same = try await JoinCase(spine: [(1, 5)], source: [(1, 5, 9), (1, 5, 9)]).run(on: subject)
            #expect(same.values == [9])
            #expect(same.counts.tied == 0 && same.counts.repeated == 1)
        },
        OfflineEngineLaw("rows without a key or a time are never seen") { subject in
            let result = try await JoinCase(
                spine: [(1, 100), (nil, 100)], source: [(nil, 5, 50), (1, nil, 60), (1, 4, 40)]
            ).run(on: subject)
            #expect(result.values == [40, nil])
            #expect(result.counts.sourceRows == 3 && result.counts.sourceRowsWithoutTime == 1)
        },
        OfflineEngineLaw("nothing is seen before it is known, unless known time is ignored") { subject in
            var join = JoinCase(
                spine: [(1, 10), (1, 20), (1, 30)], source: [(1, 5, 50), (1, 8, 80)], known: [12, 25])
            let result = try await join.run(on: subject)
            #expect(result.values == [nil, 50, 80])
            #expect(result.knownTimes == [nil, 12, 25])
            join.ignoresKnownTime = true
            let ignoring = try await join.run(on: subject)
            #expect(ignoring.values == [80, 80, 80])
            #expect(ignoring.counts.leaked == 2)
        },
        OfflineEngineLaw("a row is known after its delay, and never before it happened") { subject in
            let delayed = try await JoinCase(
                spine: [(1, 14), (1, 15)], source: [(1, 5, 50)], delay: 10
            ).run(on: subject)
            #expect(delayed.values == [nil, 50])
            let early = try await JoinCase(
                spine: [(1, 4), (1, 5)], source: [(1, 5, 50)], known: [1]
            ).run(on: subject)
            #expect(early.values == [nil, 50])
            #expect(early.knownTimes == [nil, 5])
        },
        OfflineEngineLaw("what the store first saw later is not known before") { subject in
            let result = try await JoinCase(
                spine: [(1, 50), (1, 100)], source: [(1, 5, 50)], later: [(1, 6, 60)], firstSeen: 100
            ).run(on: subject)
            #expect(result.values == [50, 60])
            #expect(result.knownTimes == [5, 100])
        },
        OfflineEngineLaw("a source without event time is always visible") { subject in
            let result = try await JoinCase(
                spine: [(1, -100), (2, 0)], source: [(1, 5, 50), (1, 5, 40)], isTimeless: true
            ).run(on: subject)
            #expect(result.values == [50, nil])
            #expect(result.eventTimes == [nil, nil] && result.knownTimes == [nil, nil])
            #expect(result.counts.repeated == 1)
        },
        OfflineEngineLaw("an empty spine, an empty source and no files are fine") { subject in
            let noSpine = try await JoinCase(spine: [], source: [(1, 5, 50)]).run(on: subject)
            #expect(noSpine.values.isEmpty)
            let noRows = try await JoinCase(spine: [(1, 5)], source: []).run(on: subject)
            #expect(noRows.values == [nil] && noRows.statuses == [.notFound])
            let noFiles = try await JoinCase(spine: [(1, 5)], source: nil).run(on: subject)
            #expect(noFiles.values == [nil] && noFiles.counts.sourceRows == 0)
        },
        OfflineEngineLaw("composite keys that read the same when glued together stay apart") { subject in
            let pairs = [("1", "12"), ("11", "2"), ("1\u{0}", "2"), ("1", "\u{0}2"), ("", "112")]
            let source = Batch([
                ("a", Column(type: .string, values: pairs.map { .string($0.0) })),
                ("b", Column(type: .string, values: pairs.map { .string($0.1) })),
                ("at", Column(type: .timestamp, storage: .int64([0, 0, 0, 0, 0]))),
                ("v", Column(type: .int64, storage: .int64([1, 2, 3, 4, 5]))),
            ])
            try await subject.put(source, at: "pairs.parquet")
            let keys = [ColumnSchema(name: "a", type: .string), ColumnSchema(name: "b", type: .string)]
            let value = [ColumnSchema(name: "v", type: .int64)]
            let view = ViewJoin(
                subject: "view v", files: [.init(paths: ["pairs.parquet"])], format: .parquet, timeZone: "UTC",
                eventTime: "at", knownTime: .after(.zero),
                columns: ViewColumns(keys: keys, inputs: value, features: value), law: .latestRow(),
                ignoresKnownTime: false)
            let spine = Batch([("a", source.columns[0]), ("b", source.columns[1])])
            let results = try await subject.engine.pointInTimeJoin(
                JoinRequest(keys: spine, times: source.columns[2], views: [view]))
            #expect(results.map { $0.features.columns[0] } == [source.columns[3]])
        },
        OfflineEngineLaw("a window, of which no kernel knows, is refused and not joined as a latest row") { subject in
            guard let window = EventWindow(size: TimeSpan(microseconds: 5)) else {
                throw TallyError(.internal, "no window of five microseconds")
            }
            let refused = await #expect(throws: TallyError.self) {
                var join = JoinCase(spine: [(1, 5)], source: [(1, 5, 50)])
                join.law = .window(window)
                _ = try await join.run(on: subject)
            }
            #expect(refused?.code == .internal)
        },
        OfflineEngineLaw("a missing file and a missing column are errors") { subject in
            let missing = await #expect(throws: TallyError.self) {
                _ = try await JoinCase(spine: [(1, 5)], source: nil, extraPath: "none.parquet").run(on: subject)
            }
            #expect(missing?.code == .unreadable)
            let column = await #expect(throws: TallyError.self) {
                var join = JoinCase(spine: [(1, 5)], source: [(1, 5, 50)])
                join.input = "w"
                _ = try await join.run(on: subject)
            }
            #expect(column?.code == .invalidData)
        },
    ]
}

/// A join in a few rows: spine `(id, time)`, source `(id, event time, value)`, all times in microseconds.
struct JoinCase {
    var spine: [(Int64?, Int64?)]
    /// nil for no file at all.
    var source: [(Int64?, Int64?, Int64)]?
    var known: [Int64]?
    var delay: Int64 = 0
    var later: [(Int64?, Int64?, Int64)] = []
    var firstSeen: Int64 = 0
    var timeToLive: Int64?
    var isTimeless = false
    var ignoresKnownTime = false
    var knownUntil: Int64?
    var extraPath: String?
    /// nil for the latest row with `timeToLive`.
    var law: ViewLaw?
    var input = "v"

    /// A result in plain numbers.
    struct Found {
        let values: [Int64?]
        let statuses: [JoinResult.Status]
        let eventTimes: [Int64?]
        let knownTimes: [Int64?]
        let counts: JoinResult.Counts

        init(_ result: JoinResult) {
            values = JoinCase.numbers(result.features.columns[0])
            statuses = result.statuses
            eventTimes = JoinCase.numbers(result.eventTimes)
            knownTimes = JoinCase.numbers(result.knownTimes)
            counts = result.counts
        }
    }

    func run(on subject: OfflineEngineSubject) async throws -> Found {
        var groups: [ViewJoin.FileGroup] = []
        if let source {
            try await subject.put(Self.batch(source, known), at: "source.parquet")
            groups.append(.init(paths: ["source.parquet"]))
        }
        if !later.isEmpty {
            try await subject.put(Self.batch(later, nil), at: "later.parquet")
            groups.append(.init(paths: ["later.parquet"], firstSeen: Timestamp(microseconds: firstSeen)))
        }
        if let extraPath { groups.append(.init(paths: [extraPath])) }
        let value = [ColumnSchema(name: input, type: .int64)]
        let view = ViewJoin(
            subject: "view v", files: groups, format: .parquet, timeZone: "UTC", eventTime: isTimeless ? nil : "at",
            knownTime: known == nil ? .after(TimeSpan(microseconds: delay)) : .column("seen"),
            columns: ViewColumns(keys: [ColumnSchema(name: "id", type: .int64)], inputs: value, features: value),
            law: law ?? .latestRow(timeToLive: timeToLive.map { TimeSpan(microseconds: $0) }),
            ignoresKnownTime: ignoresKnownTime, knownUntil: knownUntil.map { Timestamp(microseconds: $0) })
        let results = try await subject.engine.pointInTimeJoin(
            JoinRequest(
                keys: Batch([("id", Self.integers(spine.map(\.0)))]), times: Self.times(spine.map(\.1)),
                views: [view]))
        guard let result = results.first, results.count == 1 else {
            throw TallyError(.internal, "\(results.count) results for one view")
        }
        return Found(result)
    }

    private static func batch(_ rows: [(Int64?, Int64?, Int64)], _ known: [Int64]?) -> Batch {
        Batch([
            ("id", integers(rows.map(\.0))), ("at", times(rows.map(\.1))), ("v", integers(rows.map(\.2))),
            ("seen", times(known ?? rows.map(\.2))),
        ])
    }

    private static func integers(_ values: [Int64?]) -> Column {
        Column(type: .int64, values: values.map { $0.map { .int64($0) } ?? .null })
    }

    private static func times(_ values: [Int64?]) -> Column {
        Column(type: .timestamp, values: values.map { $0.map { .timestamp(Timestamp(microseconds: $0)) } ?? .null })
    }

    fileprivate static func numbers(_ column: Column) -> [Int64?] {
        guard case .int64(let values) = column.storage else { return [] }
        return values.indices.map { column.validity[$0] ? values[$0] : nil }
    }
}
