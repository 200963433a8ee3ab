// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// `ScanRequest.after` over every type of time column, zone and format: what is later is never left out.
@Suite struct DuckDBLaterRowsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("duckdb") }

    /// Wall times around both changes of the clock in New York, the ends of the years, and far away.
    private static let walls = [
        "2013-03-10 01:59:59", "2013-03-10 02:30:00", "2013-03-10 03:00:00", "2013-11-03 00:59:59",
        "2013-11-03 01:30:00", "2013-11-03 02:00:00", "1969-12-31 23:59:59", "1970-01-01 00:00:00",
        "2012-12-31 23:59:59", "2013-01-01 00:00:00", "1844-12-31 12:00:00", "2261-12-31 00:00:00",
    ]
    private static let types = [
        "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "TIMESTAMP WITH TIME ZONE",
    ]
    private static let zones = ["UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu", "Asia/Manila"]

    /// The rows of `a` with their two times, those that are later than a bound or all.
    private func rows(
        _ engine: DuckDBEngine, _ table: TableReference, after: ScanRequest.After? = nil
    ) async throws -> [[Value]] {
        var rows: [[Value]] = []
        let columns: [ScanRequest.Column] = [
            .init(name: "row", type: .int64), .init(name: "event", type: .timestamp),
            .init(name: "known", type: .timestamp),
        ]
        try await engine.scan(ScanRequest(table: table, columns: columns, after: after)) { batch in
            for row in 0..<batch.count { rows.append(batch.row(row)) }
        }
        return rows
    }

    /// Holds scans after many bounds against the scan of all rows.
    private func check(_ table: TableReference, _ context: String) async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let all = try await rows(engine, table)
        #expect(all.count >= Self.walls.count, "\(context)")
        let times = all.flatMap { $0.dropFirst() }.compactMap { value -> Int64? in
            if case .timestamp(let time) = value { time.microseconds } else { nil }
        }
        let far: [Int64] = [.min, -62_167_219_200_000_000, 9_300_000_000_000_000, 253_402_300_800_000_000, .max]
        for bound in Set(times.flatMap { [$0 - 1, $0, $0 + 1] } + far).sorted() {
            for names in [["event"], ["event", "known"]] {
                let after = ScanRequest.After(columns: names, time: Timestamp(microseconds: bound))
                let found = try await rows(engine, table, after: after)
                let later = all.filter { row in
                    row[1..<1 + names.count].contains { value in
                        if case .timestamp(let time) = value { time.microseconds > bound } else { false }
                    }
                }
                #expect(Set(found).isSuperset(of: later), "\(context), after \(bound) of \(names)")
                #expect(Set(all).isSuperset(of: found), "\(context), after \(bound) of \(names)")
            }
        }
    }

    @Test(arguments: types, zones)
    func `later rows are there whatever the column's type and the source's zone`(
        _ type: String, _ zone: String
    ) async throws {
        // Known times run against event times, and both have a null; infinite times are nulls too.
        var values = zip(Self.walls.indices, zip(Self.walls, Self.walls.reversed())).map { index, times in
            "(\(index), '\(times.0)'::\(type), '\(times.1)'::\(type))"
        }
        values.append("(100, NULL, '2013-05-05 00:00:00'::\(type)), (101, '2013-05-05 00:00:00'::\(type), NULL)")
        if !["TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"].contains(type) {
            values.append("(102, 'infinity'::\(type), '-infinity'::\(type))")
        }
        try await DuckDBEngine(root: folder.path).writeQuery(
            "SELECT row::BIGINT AS row, event, known FROM (VALUES \(values.joined(separator: ", "))) t(row, event, known)",
            to: "a.parquet")
        try await check(
            TableReference(rows: .files(["a.parquet"], .parquet), timeZone: zone), "\(type) in \(zone)")
    }

    @Test func `nanoseconds are floored, so that a row is later by whole microseconds`() async throws {
        try await DuckDBEngine(root: folder.path).writeQuery(
            """
            SELECT row::BIGINT AS row, event, event AS known FROM (VALUES
                (0, '2013-01-01 00:00:00.000000999'::TIMESTAMP_NS), (1, '2013-01-01 00:00:00.000001'::TIMESTAMP_NS),
                (2, '1969-12-31 23:59:59.999999999'::TIMESTAMP_NS)) t(row, event)
            """, to: "a.parquet")
        let engine = try DuckDBEngine(root: folder.path)
        let table = TableReference(rows: .files(["a.parquet"], .parquet))
        let start = try #require(Timestamp("2013-01-01T00:00:00Z"))
        let found = try await rows(engine, table, after: .init(columns: ["event"], time: start))
        #expect(found.contains { $0[0] == .int64(1) })
        #expect(try await rows(engine, table).map { $0[1] }.prefix(1) == [.timestamp(start)])
    }

    @Test(arguments: zones)
    func `later rows of text files are there`(_ zone: String) async throws {
        let lines = zip(Self.walls.indices, zip(Self.walls, Self.walls.reversed())).map { "\($0),\($1.0),\($1.1)" }
        try AtomicFile.write(
            Array(("row,event,known\n" + lines.joined(separator: "\n") + "\n100,,2013-05-05 00:00:00\n").utf8),
            to: folder.path + "/a.csv")
        try await check(TableReference(rows: .files(["a.csv"], .csv), timeZone: zone), "CSV in \(zone)")
        let instants = zip(Self.walls.indices, Self.walls).map {
            "{\"row\":\($0),\"event\":\"\($1)Z\",\"known\":\"\($1)Z\"}"
        }
        try AtomicFile.write(Array((instants.joined(separator: "\n") + "\n").utf8), to: folder.path + "/a.json")
        try await check(TableReference(rows: .files(["a.json"], .json), timeZone: zone), "JSON in \(zone)")
    }
}
