// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBEngineTests {
    @Test(arguments: OfflineEngineLaw.all)
    func `the laws of offline engines hold`(_ law: OfflineEngineLaw) async throws {
        let folder = try TemporaryFolder("duckdb")
        let engine = try DuckDBEngine(root: folder.path)
        try await law.check(on: OfflineEngineSubject(engine: engine) { folder.names })
    }

    @Test(arguments: OfflineEngineLaw.all)
    func `the laws hold for the engine in memory`(_ law: OfflineEngineLaw) async throws {
        let engine = InMemoryEngine()
        try await law.check(on: OfflineEngineSubject(engine: engine) { engine.files.keys.sorted() })
    }

    @Test func `a written file is read back as it was`() async throws {
        let folder = try TemporaryFolder("duckdb")
        let engine = try DuckDBEngine(root: folder.path)
        let batch = Batch([
            ("a", Column(type: .int32, values: [.int32(1), .null, .int32(-3)])),
            ("s", Column(type: .string, values: [.string("x"), .string("a rather long string"), .null])),
            ("t", Column(type: .timestamp, values: [.timestamp(Timestamp(microseconds: -1)), .null, .null])),
            ("l", Column(type: .array(.string), values: [.array([.string("p"), .null]), .null, .array([])])),
            ("f", Column(type: .float32, values: [.float32(.nan), .float32(-0.0), .null])),
            ("d", Column(type: .date, values: [.date(CalendarDate(days: -3)), .null, .date(CalendarDate(days: 3))])),
            ("b", Column(type: .bytes, values: [.bytes([0, 1]), .bytes([]), .null])),
            ("o", Column(type: .bool, values: [.bool(true), .bool(false), .null])),
        ])
        let request = WriteRequest(
            path: "x.parquet", format: .parquet, columns: batch.schema.map { WriteRequest.Column(schema: $0) },
            metadata: ["k'": "v'\"x"], reservedMetadata: ["hash": 64, "rows": 20])
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await sink.send(batch)
            try await sink.send(batch)
            return ["hash": String(repeating: "a", count: 64), "rows": String(repeating: "b", count: 20)]
        }
        #expect(folder.names == ["x.parquet"])
        let table = TableReference(rows: .files(["*.parquet"], .parquet))
        let found = try await engine.describe(table)
        #expect(found.files == ["x.parquet"])
        #expect(found.columns.map(\.type) == batch.schema.map(\.type))
        var batches: [Batch] = []
        try await engine.scan(
            ScanRequest(table: table, columns: batch.schema.map { .init(name: $0.name, type: $0.type) })
        ) { batches.append($0) }
        #expect(batches.count == 1)
        for (column, expected) in zip(batches[0].columns, batch.columns) {
            for row in 0..<6 { #expect(column[row].isIdentical(to: expected[row % 3].canonical), "\(column.type)") }
        }
        #expect(batches[0].columns[0].storage == Column.concatenating([batch.columns[0], batch.columns[0]]).storage)
    }
}
