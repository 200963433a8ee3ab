// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// DuckDB gives a database up when it fails inside; only the statement that made it so may fail.
@Suite struct DuckDBEndedDatabaseTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("ended")
        engine = try DuckDBEngine(root: folder.path)
    }

    private var table: TableReference { TableReference(rows: .files(["x.parquet"], .parquet)) }

    private func writeFile() async throws {
        try await ChangedFooter.write(
            "SELECT 1 AS i, make_timestamp(-4611686018427387904) AS w", as: [.timeOfDay], to: "x.parquet", engine,
            in: folder)
    }

    /// Has DuckDB write a time of day that is none, which it has no place for.
    private func end(_ purpose: DuckDBEngine.Purpose) async -> TallyError? {
        let path = (folder.path + "/x.parquet").asLiteral
        return await #expect(throws: TallyError.self) {
            try await engine.withSession(purpose, "end") { (session) throws(TallyError) in
                try await session.run { (_, connection) throws(TallyError) in
                    do throws(DuckFailure) {
                        _ = try connection.texts("SELECT stats_min_value FROM parquet_metadata(\(path))")
                    } catch {
                        throw error.wrapped("do it", subject: nil)
                    }
                }
            }
        }
    }

    @Test(arguments: [DuckDBEngine.Purpose.ordered, .unordered])
    func `the next operation has a database anew`(_ purpose: DuckDBEngine.Purpose) async throws {
        try await writeFile()
        for _ in 0..<3 {
            let error = await end(purpose)
            #expect(error?.code == .engine && error?.message == "duckdb could not do it: internal error")
            #expect(error?.help?.description.contains("duckdb has no place for") == true)
            #expect(try await engine.describe(table).columns.count == 2)
            let measured = try await engine.measure(
                MeasureRequest(table: table, measures: [.rows, .distinct(["i"])]))
            #expect(measured.values == [.count(1), .count(1)])
        }
    }

    @Test func `an operation whose database others ended starts again, if it may`() async throws {
        try await writeFile()
        for isRepeatable in [true, false] {
            var attempts = 0
            do throws(TallyError) {
                try await engine.withSession(.ordered, "long", isRepeatable: { isRepeatable }) {
                    (session) throws(TallyError) in
                    attempts += 1
                    try await session.run { (_, connection) throws(TallyError) in try Self.count(connection) }
                    if attempts == 1 { _ = await end(.ordered) }
                    try await session.run { (_, connection) throws(TallyError) in try Self.count(connection) }
                }
                #expect(isRepeatable && attempts == 2)
            } catch {
                #expect(!isRepeatable && attempts == 1 && error.code == .engine, "\(error)")
            }
        }
    }

    private static func count(_ connection: Connection) throws(TallyError) {
        do throws(DuckFailure) {
            #expect(try connection.integer("SELECT count(*) FROM range(3)") == 3)
        } catch {
            throw error.wrapped("count", subject: nil)
        }
    }
}
