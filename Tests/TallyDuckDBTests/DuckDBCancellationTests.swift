// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

@Suite struct DuckDBCancellationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("duckdb") }

    /// Counts what an operation has done, so that it is cancelled in the middle and not before.
    private final class Steps: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func step() { count.withLock { $0 += 1 } }
    }

    /// Cancels an operation after its first steps, and returns its error.
    private func cancelling(
        _ operation: @escaping @Sendable (Steps) async throws(TallyError) -> Void
    ) async throws -> TallyError? {
        let steps = Steps()
        let task = Task { () async -> TallyError? in
            do throws(TallyError) {
                try await operation(steps)
                return nil
            } catch {
                return error
            }
        }
        while steps.value < 3 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        return await task.value
    }

    private func expectUsable(_ engine: DuckDBEngine, _ names: [String]) async throws {
        #expect(folder.names == names)
        var rows = 0
        let table = TableReference(rows: .files(["a.parquet"], .parquet))
        try await engine.scan(ScanRequest(table: table, columns: [.init(name: "id", type: .int64)])) {
            rows += $0.count
        }
        #expect(rows == 1_000_000)
    }

    private func engineWithRows() async throws -> DuckDBEngine {
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery(
            "SELECT range AS id, make_timestamptz(range) AS t FROM range(1000000)", to: "a.parquet")
        return engine
    }

    @Test func `a cancelled scan stops and leaves the engine usable`() async throws {
        let engine = try await engineWithRows()
        let error = try await cancelling { (steps) async throws(TallyError) in
            let endless = TableReference(rows: .query("SELECT range AS n FROM range(100000000000)"))
            try await engine.scan(ScanRequest(table: endless, columns: [.init(name: "n", type: .int64)])) { _ in
                steps.step()
            }
        }
        #expect(error?.code == .interrupted)
        try await expectUsable(engine, ["a.parquet"])
    }

    @Test func `a cancelled join stops and leaves the engine usable`() async throws {
        let engine = try await engineWithRows()
        let error = try await cancelling { (steps) async throws(TallyError) in
            let value = [ColumnSchema(name: "id", type: .int64)]
            // The same file so often that the join would take minutes.
            let view = ViewJoin(
                subject: "view v", files: (0..<1_000).map { _ in .init(paths: ["a.parquet"]) }, format: .parquet,
                timeZone: "UTC", eventTime: "t", knownTime: .after(.zero),
                columns: ViewColumns(
                    keys: value, inputs: value, features: value,
                    transform: { (batch) throws(TallyError) in
                        steps.step()
                        return batch
                    }), law: .latestRow(), ignoresKnownTime: false)
            _ = try await engine.pointInTimeJoin(
                JoinRequest(
                    keys: Batch([("id", Column(type: .int64, storage: .int64(Array(0..<1_000))))]),
                    times: Column(type: .timestamp, storage: .int64([Int64](repeating: 2_000_000, count: 1_000))),
                    views: [view]))
        }
        #expect(error?.code == .interrupted)
        try await expectUsable(engine, ["a.parquet"])
    }

    @Test func `a cancelled write stops, leaves nothing behind and the engine usable`() async throws {
        let engine = try await engineWithRows()
        let error = try await cancelling { (steps) async throws(TallyError) in
            let schema = ColumnSchema(name: "n", type: .int64)
            let request = WriteRequest(path: "b.parquet", format: .parquet, columns: [.init(schema: schema)])
            let batch = Batch([("n", Column(type: .int64, storage: .int64(Array(0..<10_000))))])
            try await engine.write(request) { (sink) async throws(TallyError) in
                while true {
                    try await sink.send(batch)
                    steps.step()
                }
            }
        }
        #expect(error?.code == .interrupted)
        try await expectUsable(engine, ["a.parquet"])
    }

    @Test func `a sort that does not fit in memory spills to the folder and cleans up`() async throws {
        do {
            let engine = try DuckDBEngine(
                root: folder.path,
                settings: EngineSettings(memoryLimit: 60_000_000, threads: 1, temporaryDirectory: folder.path))
            try await engine.writeQuery(
                "SELECT range AS id, md5(range::VARCHAR) AS text FROM range(1500000) ORDER BY text", to: "a.parquet")
        }
        #expect(folder.names == ["a.parquet"])
        let engine = try DuckDBEngine(root: folder.path)
        let sorted = TableReference(
            rows: .query("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM 'a.parquet'"))
        var found: [[Value]] = []
        try await engine.scan(
            ScanRequest(table: sorted, columns: [.init(name: "n", type: .int64), .init(name: "ids", type: .int64)])
        ) { found.append($0.row(0)) }
        #expect(found == [[.int64(1_500_000), .int64(1_500_000)]])
    }
}
