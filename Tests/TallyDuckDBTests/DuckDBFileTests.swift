// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Synchronization
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("duckdb") }

    private func write(_ engine: DuckDBEngine, _ batches: [Batch], to path: String, _ metadata: [String: String])
        async throws
    {
        let request = WriteRequest(
            path: path, format: .parquet, columns: batches[0].schema.map { WriteRequest.Column(schema: $0) },
            metadata: ["fixed": "it's"], reservedMetadata: metadata.mapValues(\.utf8.count))
        try await engine.write(request) { (sink) async throws(TallyError) in
            for batch in batches { try await sink.send(batch) }
            return metadata
        }
    }

    @Test func `the same rows make the same file, however they are cut into batches`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let count = 300_000
        let batch = Batch([
            ("n", Column(type: .int64, storage: .int64((0..<count).map { Int64($0 % 977) }))),
            ("s", Column(type: .string, values: (0..<count).map { .string("value \($0 % 31)") })),
        ])
        for (name, piece) in [("a", count), ("b", 1_000), ("c", 77_777)] {
            let starts = stride(from: 0, to: count, by: piece)
            let pieces = starts.map { batch.slice($0..<min(count, $0 + piece)) }
            try await write(engine, pieces, to: name, ["hash": "h\(String(repeating: "x", count: 63))"])
        }
        let files = try folder.names.map { try AtomicFile.read(folder.path + "/" + $0) }
        #expect(folder.names == ["a", "b", "c"])
        #expect(files[0] == files[1] && files[1] == files[2])
    }

    @Test func `reserved metadata is in the finished file`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let batch = Batch([("n", Column(type: .int64, values: [.int64(1)]))])
        try await write(
            engine, [batch], to: "a.parquet",
            ["one": String(repeating: "1", count: 40), "two": "22222222222222222222222"])
        var found: [[Value]] = []
        let query = """
            SELECT decode(key) AS k, decode(value) AS v FROM parquet_kv_metadata('a.parquet') ORDER BY k
            """
        try await engine.scan(
            ScanRequest(
                table: TableReference(rows: .query(query)),
                columns: [.init(name: "k", type: .string), .init(name: "v", type: .string)])
        ) { batch in for row in 0..<batch.count { found.append(batch.row(row)) } }
        #expect(
            found == [
                [.string("fixed"), .string("it's")], [.string("one"), .string(String(repeating: "1", count: 40))],
                [.string("two"), .string("22222222222222222222222")],
            ])
    }

    private func write(_ engine: DuckDBEngine, names: [String], as format: Source.FileFormat) async throws -> Batch {
        let batch = Batch(names.enumerated().map { ($1, Column(type: .string, values: [.string("value \($0)")])) })
        let columns = batch.schema.map { WriteRequest.Column(schema: $0) }
        try await engine.write(WriteRequest(path: "twins", format: format, columns: columns)) {
            (sink) async throws(TallyError) in
            try await sink.send(batch)
            return [:]
        }
        return batch
    }

    @Test(arguments: [Source.FileFormat.parquet, .csv])
    func `names that differ in letter case only are written as they are`(_ format: Source.FileFormat) async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let names = ["key", "KEY", "Key", "kea", "a,\"b", "A,\"B", "k", "K", "\u{E4}x", "\u{E4}X", "KEY_1", "key_1"]
        let written = try await write(engine, names: names, as: format)
        let table = TableReference(rows: .files(["twins"], format))
        let found = try await engine.describe(table).columns.map(\.name)
        #expect(found.elementsEqual(names) { $0.utf8.elementsEqual($1.utf8) }, "\(found)")
        let columns = names.map { ScanRequest.Column(name: $0, type: .string) }
        try await engine.scan(ScanRequest(table: table, columns: columns)) { #expect($0 == written) }
    }

    @Test(arguments: [
        ("SMALLINT", DataType.float32), ("UTINYINT", .float32), ("INTEGER", .float64), ("BIGINT", .float64),
    ])
    func `whole numbers beside floats are floats that hold them all`(_ whole: String, _ type: DataType) async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery("SELECT 7::\(whole) AS f", to: "a.parquet")
        try await engine.writeQuery("SELECT 2.5::FLOAT AS f", to: "b.parquet")
        let table = TableReference(rows: .files(["*.parquet"], .parquet))
        #expect(try await engine.describe(table).columns.map(\.type) == [type])
        var values: [Value] = []
        let request = ScanRequest(table: table, columns: [.init(name: "f", type: type)])
        try await engine.scan(request) { values += $0.columns[0].values }
        #expect(values == (type == .float32 ? [.float32(7), .float32(2.5)] : [.float64(7), .float64(2.5)]))
    }

    @Test func `names whose letters are all taken are refused`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let names = "abcdefghijklmnopqrstuvwxyz0123456789A".map { String($0) }
        let error = await #expect(throws: TallyError.self) { try await write(engine, names: names, as: .parquet) }
        #expect(error?.code == .invalidData && error?.message.contains("column 'A'") == true)
        #expect(folder.names.isEmpty)
    }

    @Test func `a file in a folder that is not there cannot be written`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let batch = Batch([("n", Column(type: .int64, storage: .int64(Array(0..<100_000))))])
        let error = await #expect(throws: TallyError.self) {
            try await write(engine, [batch, batch, batch, batch], to: "none/a.parquet", [:])
        }
        #expect(error?.code == .unwritable)
    }

    @Test func `a cancelled operation stops and says so`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        let slow = "SELECT count(*) AS n FROM range(10000000000) a, range(1000) b WHERE a.range * b.range = -1"
        let outcome = await withTaskGroup(of: TallyError?.self) { group in
            group.addTask {
                do throws(TallyError) {
                    try await engine.writeQuery(slow, to: "a.parquet")
                    return nil
                } catch {
                    return error
                }
            }
            try? await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(outcome?.code == .interrupted)
        #expect(folder.names.isEmpty)
    }

    @Test func `names with glob characters are found as they are`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        for name in ["a[1].parquet", "a1.parquet"] {
            try await write(engine, [Batch([("n", Column(type: .string, values: [.string(name)]))])], to: name, [:])
        }
        let found = try await engine.describe(TableReference(rows: .files(["a[[]1].parquet"], .parquet)))
        #expect(found.files == ["a[1].parquet"])
        var values: [Value] = []
        try await engine.scan(
            ScanRequest(
                table: TableReference(rows: .files(["a[[]1].parquet"], .parquet)),
                columns: [.init(name: "n", type: nil)])
        ) { values += $0.columns[0].values }
        #expect(values == [.string("a[1].parquet")])
    }

    @Test func `progress ends at all rows`() async throws {
        let seen = Mutex<[EngineProgress]>([])
        let engine = try DuckDBEngine(
            root: folder.path,
            settings: EngineSettings(threads: 1) { progress in seen.withLock { $0.append(progress) } })
        let rows = Batch([
            ("id", Column(type: .int64, storage: .int64(Array(0..<5_000)))),
            ("t", Column(type: .timestamp, storage: .int64(Array(0..<5_000)))),
        ])
        try await write(engine, [rows], to: "a.parquet", [:])
        let view = ViewJoin(
            subject: "view v", files: [.init(paths: ["a.parquet"])], format: .parquet, timeZone: "UTC",
            eventTime: "t", knownTime: .after(.zero),
            columns: ViewColumns(keys: [ColumnSchema(name: "id", type: .int64)], inputs: [], features: []),
            law: .latestRow(), ignoresKnownTime: false)
        let results = try await engine.pointInTimeJoin(
            JoinRequest(keys: Batch([("id", rows.columns[0])]), times: rows.columns[1], views: [view]))
        #expect(results[0].counts.matched == 5_000)
        let last = seen.withLock { $0.last }
        #expect(last == EngineProgress(subject: "view v", rows: 5_000, totalRows: 5_000))
    }

    @Test func `a file without rows says which columns there are, and no type that another file says`() async throws {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery("SELECT 1::BIGINT AS id, 'a' AS f WHERE false", to: "a.parquet")
        try await engine.writeQuery("SELECT 7::BIGINT AS id", to: "b.parquet")
        try await engine.writeQuery("SELECT 'x' AS id, 2::INTEGER AS f, true AS g WHERE false", to: "c.parquet")
        let table = TableReference(rows: .files(["*.parquet"], .parquet))
        let columns = try await engine.describe(table).columns
        #expect(Set(columns.map(\.name)) == ["id", "f", "g"])
        #expect(columns.first { $0.name == "id" }?.type == .int64 && columns.first { $0.name == "f" }?.type == .string)
        var found: [[Value]] = []
        try await engine.scan(
            ScanRequest(
                table: table,
                columns: [
                    .init(name: "id", type: .int64), .init(name: "f", type: .string), .init(name: "g", type: .bool),
                ])
        ) { batch in for row in 0..<batch.count { found.append(batch.row(row)) } }
        #expect(found == [[.int64(7), .null, .null]])
    }

    @Test func `an encoding that is not read is told as that, and is no failure of the engine`() async throws {
        // Three values of two bytes each, by BYTE_STREAM_SPLIT, which DuckDB reads of floating-point numbers only.
        let bytes = try #require(Data(base64Encoded: Self.split))
        try AtomicFile.write(Array(bytes), to: folder.path + "/x.parquet")
        let engine = try DuckDBEngine(root: folder.path)
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        let error = await #expect(throws: TallyError.self) {
            try await engine.scan(ScanRequest(table: table, columns: [.init(name: "v", type: .bytes)])) { _ in }
        }
        #expect(
            error?.code == .unreadable && error?.help?.description.contains("encoding") == true,
            "\(String(describing: error))")
    }

    private static let split = """
        UEFSMRUAFRgVGCwVBhUSFQYVBhwAAAACAAAABgFhY2ViZGYVBBksNQAYBnNjaGVtYRUCABUOFQQVAhgBdgAWBhkcGR\
        wmABwVDhklBhIZGAF2FQAWBhY+Fj4mCEkcFQAVEhUCADwpBhkmAAYAAAAWPhYGJggWPgAoIHBhcnF1ZXQtY3BwLWFy\
        cm93IHZlcnNpb24gMjYuMC4xGRwcAAAAfAAAAFBBUjE=
        """
}
