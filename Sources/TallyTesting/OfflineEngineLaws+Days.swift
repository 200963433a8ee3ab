// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

extension OfflineEngineLaw {
    /// The laws of columns of days that are read as times.
    static let days: [OfflineEngineLaw] = [
        OfflineEngineLaw("a day happens when it begins and is seen when it is over") { subject in
            var join = DayCase()
            let found = try await join.run(on: subject)
            #expect(found.values == [nil, nil, 1, 1, 2, 2])
            #expect(found.eventTimes == [nil, nil, DayCase.day, DayCase.day, 2 * DayCase.day, 2 * DayCase.day])
            #expect(found.knownTimes[2] == 2 * DayCase.day && found.knownTimes[4] == 3 * DayCase.day)
            #expect(found.counts.sourceRowsWithoutTime == 1 && found.counts.isAlwaysMidnight == true)
            join.ignoresKnownTime = true
            try await join.expect([1, 1, 2, 2, 2, 2], on: subject)
        },
        OfflineEngineLaw("a declared delay counts from where the day begins") { subject in
            var join = DayCase()
            join.knownTime = .after(.zero)
            try await join.expect([1, 1, 2, 2, 2, 2], on: subject)
            join.knownTime = .after(TimeSpan(microseconds: DayCase.day + 1))
            try await join.expect([nil, nil, nil, 1, 1, 2], on: subject)
        },
        OfflineEngineLaw("a column of known times that is a day means its end") { subject in
            var join = DayCase()
            join.knownTime = .column("seen")
            try await join.expect([nil, nil, nil, nil, 1, 1], on: subject)
        },
        OfflineEngineLaw("a file that came later hides its days until then") { subject in
            var join = DayCase()
            join.firstSeen = Timestamp(microseconds: 3 * DayCase.day)
            try await join.expect([nil, nil, nil, nil, 2, 2], on: subject)
        },
        OfflineEngineLaw("a scan reads a day as its start or its end, and skips only days that are over") { subject in
            try await subject.put(DayCase.rows, at: "days.parquet")
            func scan(after: Int64?) async throws -> [Batch] {
                let columns = [
                    ScanRequest.Column(name: "day", alias: "start", type: .timestamp, day: .start),
                    ScanRequest.Column(name: "day", alias: "end", type: .timestamp, day: .end),
                    ScanRequest.Column(name: "v", type: .int64),
                ]
                var batches: [Batch] = []
                try await subject.engine.scan(
                    ScanRequest(
                        table: TableReference(rows: .files(["days.parquet"], .parquet)), columns: columns,
                        after: after.map {
                            ScanRequest.After(columns: ["day"], time: Timestamp(microseconds: $0))
                        })
                ) { batches.append($0) }
                return batches
            }
            let all = try await scan(after: nil).map { ($0.columns[0][0], $0.columns[1][0]) }
            #expect(all.first?.0 == .timestamp(Timestamp(microseconds: DayCase.day)))
            #expect(all.first?.1 == .timestamp(Timestamp(microseconds: 2 * DayCase.day)))
            // The second day ends just after the instant, so that its row may not be left out.
            let later = try await scan(after: 3 * DayCase.day - 1).flatMap { batch in
                (0..<batch.count).map { batch.columns[2][$0] }
            }
            #expect(later.contains(.int64(2)))
        },
        OfflineEngineLaw("a day is no timestamp where nobody asked for a time") { subject in
            try await subject.put(DayCase.rows, at: "days.parquet")
            let error = await #expect(throws: TallyError.self) {
                try await subject.engine.scan(
                    ScanRequest(
                        table: TableReference(rows: .files(["days.parquet"], .parquet)),
                        columns: [ScanRequest.Column(name: "day", type: .timestamp)])
                ) { _ in
                }
            }
            #expect(error?.code == .invalidData)
        },
    ]
}

/// Two rows of one entity, dated by the days 1 and 2 after 1970-01-01 and seen a day later, and one without a day.
struct DayCase {
    var knownTime = Source.KnownTime.undeclared
    var firstSeen: Timestamp?
    var ignoresKnownTime = false

    static let day: Int64 = 86_400_000_000

    static var rows: Batch {
        func days(_ values: [Int32?]) -> Column {
            Column(type: .date, values: values.map { $0.map { .date(CalendarDate(days: $0)) } ?? .null })
        }
        return Batch([
            ("id", Column(type: .int64, storage: .int64([1, 1, 1]))), ("day", days([1, 2, nil])),
            ("seen", days([2, 3, 3])), ("v", Column(type: .int64, storage: .int64([1, 2, 3]))),
        ])
    }

    /// Joins and holds the values against those that are right.
    func expect(_ values: [Int64?], on subject: OfflineEngineSubject) async throws {
        let found = try await run(on: subject)
        #expect(found.values == values)
    }

    func run(on subject: OfflineEngineSubject) async throws -> JoinCase.Found {
        try await subject.put(Self.rows, at: "days.parquet")
        let value = [ColumnSchema(name: "v", type: .int64)]
        let key = [ColumnSchema(name: "id", type: .int64)]
        let view = ViewJoin(
            subject: "view v", files: [.init(paths: ["days.parquet"], firstSeen: firstSeen)], format: .parquet,
            timeZone: "UTC", eventTime: "day", knownTime: knownTime,
            columns: ViewColumns(keys: key, inputs: value, features: value), law: .latestRow(),
            ignoresKnownTime: ignoresKnownTime)
        let day = Self.day
        let times = [day, 2 * day - 1, 2 * day, 3 * day - 1, 3 * day, 3 * day + 1]
        let results = try await subject.engine.pointInTimeJoin(
            JoinRequest(
                keys: Batch([("id", Column(type: .int64, storage: .int64(times.map { _ in 1 })))]),
                times: Column(type: .timestamp, storage: .int64(times)), views: [view]))
        return JoinCase.Found(results[0])
    }
}
