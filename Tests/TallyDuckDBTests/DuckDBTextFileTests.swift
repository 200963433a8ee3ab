// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBTextFileTests {
    private func rows(
        _ text: String, _ format: Source.FileFormat, _ columns: [ScanRequest.Column], zone: String = "UTC"
    ) async throws -> [[Value]] {
        let folder = try TemporaryFolder("duckdb")
        try AtomicFile.write(Array(text.utf8), to: folder.path + "/a.txt")
        let engine = try DuckDBEngine(root: folder.path)
        var rows: [[Value]] = []
        let table = TableReference(rows: .files(["*.txt"], format), timeZone: zone)
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batch in
            for row in 0..<batch.count { rows.append(batch.row(row)) }
        }
        return rows
    }

    @Test func `CSV is read as the types that are asked for`() async throws {
        let text = "n,x,s,t\n1,1,007,2013-01-01 05:00:00Z\n,2,\"a,b\",2013-01-01T05:00:00Z\n"
        let found = try await rows(
            text, .csv,
            [
                .init(name: "n", type: .int32), .init(name: "x", type: .float64), .init(name: "s", type: .string),
                .init(name: "t", type: .timestamp),
            ])
        let time = try #require(Timestamp("2013-01-01T05:00:00Z"))
        #expect(
            found == [
                [.int32(1), .float64(1), .string("007"), .timestamp(time)],
                [.null, .float64(2), .string("a,b"), .timestamp(time)],
            ])
    }

    @Test func `no line of a CSV file is taken for a comment or passed over`() async throws {
        let columns = [ScanRequest.Column(name: "a", type: .string), ScanRequest.Column(name: "b", type: .int64)]
        let found = try await rows("a,b\n1,2\n#x,3\n# y,4\n", .csv, columns)
        #expect(found == [[.string("1"), .int64(2)], [.string("#x"), .int64(3)], [.string("# y"), .int64(4)]])
        for text in ["a,b\n1,2\n3,4,5\n", "a,b\n1,2\n# a remark\n3,4\n"] {
            await #expect(throws: TallyError.self, "\(text)") { _ = try await rows(text, .csv, columns) }
        }
        let empty = try await rows("a,b\n", .csv, columns)
        #expect(empty.isEmpty)
    }

    @Test(arguments: ["UTC", "America/New_York"])
    func `times with an offset are instants in every zone`(_ zone: String) async throws {
        let instant = try #require(Timestamp("2013-07-01T04:00:00Z"))
        let columns = [ScanRequest.Column(name: "t", type: .timestamp)]
        for text in ["2013-07-01T04:00:00Z", "2013-07-01 00:00:00-04:00"] {
            #expect(try await rows("t\n\(text)\n", .csv, columns, zone: zone) == [[.timestamp(instant)]], "\(text)")
            let json = try await rows("{\"t\":\"\(text)\"}\n", .json, columns, zone: zone)
            #expect(json == [[.timestamp(instant)]], "\(text)")
        }
    }

    @Test func `times with and without an offset stand beside each other, each read for itself`() async throws {
        let columns = [ScanRequest.Column(name: "t", type: .timestamp)]
        let found: [[Value]] = [
            [.timestamp(try #require(Timestamp("2013-07-01T08:00:00Z")))],
            [.timestamp(try #require(Timestamp("2013-07-01T04:00:00Z")))],
        ]
        for (text, format) in [
            ("t\n2013-07-01T04:00:00\n2013-07-01T04:00:00Z\n", Source.FileFormat.csv),
            ("{\"t\":\"2013-07-01 04:00\"}\n{\"t\":\"2013-07-01T06:00:00+02\"}\n", .json),
        ] {
            #expect(try await rows(text, format, columns, zone: "America/New_York") == found, "\(text)")
        }
    }

    @Test func `a fraction is no whole number, wherever in the file it stands`() async throws {
        let text = "n\n" + String(repeating: "1\n", count: 60_000) + "1.5\n"
        let error = await #expect(throws: TallyError.self) {
            _ = try await rows(text, .csv, [.init(name: "n", type: .int64)])
        }
        #expect(error?.code == .invalidData)
    }

    @Test func `text that is no number is an error and not a null`() async throws {
        let error = await #expect(throws: TallyError.self) {
            _ = try await rows("n\n1\nx\n", .csv, [.init(name: "n", type: .int64)])
        }
        #expect(error?.code == .invalidData)
        #expect(error?.message.contains("x") == false || error?.underlying != nil)
    }

    @Test func `JSON lines are read, with times in the zone unless they have an offset`() async throws {
        let wall = try await rows(
            "{\"t\":\"2013-07-01 00:00:00\",\"n\":1}\n{\"n\":2}\n", .json,
            [.init(name: "t", type: .timestamp), .init(name: "n", type: .int64)], zone: "America/New_York")
        let summer = try #require(Timestamp("2013-07-01T04:00:00Z"))
        #expect(wall == [[.timestamp(summer), .int64(1)], [.null, .int64(2)]])
        let instant = try await rows(
            "{\"t\":\"2013-07-01T04:00:00Z\"}\n", .json, [.init(name: "t", type: .timestamp)],
            zone: "America/New_York")
        #expect(instant == [[.timestamp(summer)]])
    }

    @Test func `CSV is written with RFC 3339 times and the shortest floats`() async throws {
        let folder = try TemporaryFolder("duckdb")
        let engine = try DuckDBEngine(root: folder.path)
        let batch = Batch([
            ("t", Column(type: .timestamp, values: [.timestamp(Timestamp(microseconds: 1_500_000)), .null])),
            ("x", Column(type: .float64, values: [.float64(0.1), .float64(1e300)])),
            ("s", Column(type: .string, values: [.string("a,\"b"), .string("")])),
        ])
        try await engine.write(
            WriteRequest(path: "a.csv", format: .csv, columns: batch.schema.map { .init(schema: $0) })
        ) { (sink) async throws(TallyError) in
            try await sink.send(batch)
            return [:]
        }
        let text = try AtomicFile.read(folder.path + "/a.csv").map { String(decoding: $0, as: UTF8.self) }
        #expect(text == "t,x,s\n1970-01-01T00:00:01.500000Z,0.1,\"a,\"\"b\"\n,1e+300,\"\"\n")
    }
}
