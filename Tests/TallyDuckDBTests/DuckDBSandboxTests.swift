// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// SQL that users write reads the files that it may read, and does nothing else.
@Suite struct DuckDBSandboxTests {
    private let folder: TemporaryFolder
    private let outside: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("sandbox")
        outside = try TemporaryFolder("outside")
        for path in [
            "raw.csv", "data/a.csv", "data/b.csv", "data/deep/c.csv", ".tally/tokens.csv", ".env", "state/r.db",
        ] {
            try folder.write("n\n1\n", to: path)
        }
        try folder.write("n\n1\n", to: "state/r.db-wal")
        try outside.write("n\n1\n", to: "secret.csv")
        for (link, target) in [
            ("data/link.csv", outside.path + "/secret.csv"), ("elsewhere", outside.path),
            ("same", folder.path + "/data"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + link, withDestinationPath: target)
        }
    }

    private func engine(_ access: QueryAccess = .repository) throws -> DuckDBEngine {
        try DuckDBEngine(root: folder.path, settings: EngineSettings(queries: access))
    }

    private func rows(_ sql: String, _ engine: DuckDBEngine) async throws -> Int {
        var count = 0
        try await engine.scan(ScanRequest(table: TableReference(rows: .query(sql)), columns: [])) { batch in
            count += batch.count
        }
        return count
    }

    @Test(arguments: [
        "SELECT * FROM 'raw.csv'", "FROM \"raw.csv\"", "SELECT * FROM read_csv('data/a.csv', header = true)",
        "SELECT * FROM read_csv(['data/a.csv'])", "SELECT * FROM read_csv('./data/a.csv')",
        "SELECT * FROM read_csv('data/[a]*.csv')", "SELECT * FROM '*.csv'", "SELECT * FROM read_csv('*.csv')",
        "SELECT * FROM read_csv('same/a.csv')", "SELECT raw.n FROM 'raw.csv'",
        "WITH \"raw\" AS (SELECT 1 AS n) SELECT * FROM \"raw\"", "SELECT 1 AS n; ;", "SELECT 1 AS n -- done",
        "SELECT count(*) FROM glob('data/**')", "SELECT n FROM read_csv('d*/a.csv')", "VALUES (1)",
        "SELECT * FROM range(1)", "SELECT 'é', n FROM /* 'x.csv' */ 'data/deep/c.csv'",
        "SELECT * FROM (PIVOT 'raw.csv' ON n IN (1) USING count(*))", "SELECT count(*) FROM read_text('data/a.csv')",
        "SELECT unnest([1])", "SELECT size FROM read_blob('raw.csv')",
    ])
    func `a query reads the repository, wherever the program was started`(_ sql: String) async throws {
        let engine = try engine()
        #expect(try await rows(sql, engine) == 1)
        try await engine.writeQuery(sql, to: ".tally/out.parquet", asMultiset: true)
        #expect(FileName.exists(folder.path + "/.tally/out.parquet"))
    }

    /// Statements of users that must come to nothing; `OUT` and `REPO` stand for two folders.
    static let refused = [
        "WITH \"raw.csv\" AS (SELECT 1 AS n) SELECT * FROM \"raw.csv\"",
        "WITH RECURSIVE \"RAW.CSV\" AS (SELECT 1 AS n) SELECT * FROM \"raw.csv\"",
        "SELECT * FROM 'raw.csv' WHERE n = (WITH \"data/a.csv\" AS (SELECT 1 AS n) SELECT n FROM \"data/a.csv\")",
        "SELECT * FROM read_csv('OUT/secret.csv')", "SELECT * FROM 'OUT/secret.csv'",
        "SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM read_blob('/etc/hostname')",
        "SELECT * FROM read_text('file:///etc/hostname')", "SELECT * FROM read_text('file:/etc/hostname')",
        "SELECT * FROM read_text('file://localhost/etc/hostname')", "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM read_text('~/.profile')", "SELECT * FROM read_csv('/dev/stdin')",
        "SELECT * FROM read_csv('../OUTNAME/secret.csv')", "SELECT * FROM read_csv('data/../../OUTNAME/secret.csv')",
        "SELECT * FROM read_csv('REPO/../OUTNAME/secret.csv')", "SELECT * FROM read_csv('missing/../../OUTNAME/*.csv')",
        "SELECT * FROM read_csv('data/link.csv')", "SELECT * FROM read_csv('data/li*.csv')",
        "SELECT * FROM read_csv('elsewhere/secret.csv')", "SELECT * FROM read_csv('*/secret.csv')",
        "SELECT * FROM read_csv(['data/a.csv', 'OUT/secret.csv'])", "SELECT * FROM read_text('.tally/tokens.csv')",
        "SELECT * FROM read_csv('data/../.tally/tokens.csv')", "SELECT * FROM read_csv('.tal*/*.csv')",
        "SELECT * FROM read_csv('**/tokens.csv')", "SELECT * FROM read_text('.env')", "SELECT * FROM read_text('.e*')",
        "SELECT * FROM read_text('/etc/' || 'hostname')", "SELECT * FROM read_text(getvariable('x'))",
        "SELECT * FROM glob('/*')", "SELECT * FROM glob('/etc/host*')", "SELECT * FROM glob('*')",
        "SELECT * FROM glob('../*')", "SELECT * FROM glob('.tally/*')", "SELECT * FROM glob('elsewhere/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')", "SELECT * FROM parquet_schema('/etc/hostname')",
        "SELECT * FROM parquet_metadata('OUT/secret.csv')", "SELECT * FROM read_json('OUT/secret.csv')",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')", "SELECT * FROM read_csv('s3://bucket/x.csv')",
        "SELECT * FROM 'hf://datasets/x/y.csv'", "SELECT getenv('HOME')", "ATTACH 'OUT/x.db'", "ATTACH ':memory:' AS m",
        "COPY (SELECT 1) TO 'OUT/made.csv'", "COPY (SELECT 1) TO 'made.csv'", "EXPORT DATABASE 'OUT/made'",
        "IMPORT DATABASE 'OUT'", "INSTALL httpfs", "LOAD httpfs", "LOAD 'OUT/x.duckdb_extension'",
        "SET threads = 1", "SET enable_external_access = true", "SET allowed_directories = ['/']", "RESET threads",
        "SET VARIABLE x = '/etc/hostname'", "PRAGMA database_list", "PRAGMA enable_profiling", "CALL range(1)",
        "CREATE TABLE t AS SELECT 1", "CREATE SECRET s (TYPE s3)", "DROP TABLE t", "CHECKPOINT", "VACUUM", "BEGIN",
        "EXPLAIN SELECT 1", "PREPARE p AS SELECT 1", "EXECUTE p", "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1) TO 'OUT/made.csv'", "SELECT 1; ATTACH 'OUT/x.db'", "",
        "SELECT 1) TO 'OUT/made.csv' (FORMAT csv) --", "SELECT 1)) TO 'OUT/made.csv' (FORMAT csv) --",
        "SELECT 1) AS x; COPY (SELECT 1) TO 'OUT/made.csv'; SELECT * FROM (SELECT 1", "SELECT 1) UNION (SELECT 2",
        "SELECT 1 /*", "SELECT 1 $$", "SELECT $1", "SELECT 1\u{0}; SELECT 2",
        "SELECT * FROM query('SELECT * FROM read_text(''/etc/hostname'')')", "SELECT * FROM query_table(['raw.csv'])",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT * FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)", "SELECT * FROM SYSTEM.main.ARROW_SCAN(1, 2, 3)",
        "SELECT * FROM enable_logging(storage := 'file', storage_path := 'REPO/data')",
        "SELECT * FROM enable_profiling(format := 'json', save_location := 'REPO/data/p.json')",
        "SELECT (SELECT count(*) FROM enable_logging())", "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_settings()", "SELECT * FROM read_duckdb('OUT/x.db')", "SELECT * FROM tally_text(1)",
        "SELECT * FROM histogram_values('OUT/secret.csv', n)", "SELECT * FROM range(1), LATERAL checkpoint()",
        "WITH t AS (SELECT * FROM force_checkpoint()) SELECT 1",
    ]

    private func spelled(_ sql: String) -> String {
        sql.replacing("OUTNAME", with: String(outside.path.dropFirst("/tmp/".count)))
            .replacing("OUT", with: outside.path).replacing("REPO", with: folder.path)
    }

    @Test(arguments: refused) func `a query that reaches further is refused by every operation`(_ sql: String)
        async throws
    {
        let (engine, sql) = (try engine(), spelled(sql))
        let before = try contents()
        let table = TableReference(rows: .query(sql))
        await #expect(throws: TallyError.self) { try await engine.describe(table) }
        await #expect(throws: TallyError.self) { try await rows(sql, engine) }
        await #expect(throws: TallyError.self) {
            try await engine.measure(MeasureRequest(table: table, measures: [.rows]))
        }
        for asMultiset in [true, false] {
            await #expect(throws: TallyError.self) {
                try await engine.writeQuery(sql, to: ".tally/out.parquet", asMultiset: asMultiset)
            }
        }
        let raw = TableReference(rows: .files(["raw.csv"], .csv))
        await #expect(throws: TallyError.self) {
            try await engine.measure(
                MeasureRequest(table: raw, measures: [.query("SELECT count(*) FROM (\(sql)) AS x", ["raw": raw])]))
        }
        await #expect(throws: TallyError.self) {
            try await engine.measure(MeasureRequest(table: raw, measures: [.query(sql, ["raw": raw])]))
        }
        #expect(try contents() == before, "files came or changed")
    }

    private func contents() throws -> [String] {
        try folder.names(in: "data").filter { $0.hasSuffix(".csv") }.map {
            try "\($0) \(folder.read("data/" + $0) ?? "")"
        } + folder.names(in: "data") + folder.names
            + outside.names
    }

    @Test func `a file beyond is told with what to do`() async throws {
        let engine = try engine()
        let sql = "SELECT n FROM 'raw.csv' JOIN '\(outside.path)/secret.csv' USING (n)"
        let error = await #expect(throws: TallyError.self) {
            try await engine.describe(TableReference(rows: .query(sql)))
        }
        #expect(error?.code == .invalidDefinitions)
        #expect(error?.message == "it may not read \"\(outside.path)/secret.csv\"")
        #expect(error?.help?.description.contains("`readable:`") == true)
        #expect(error?.offset == sql.utf8.count - "'\(outside.path)/secret.csv' USING (n)".utf8.count)
    }

    @Test func `folders that are named may be read, and what is withheld in them may not`() async throws {
        let engine = try engine(
            QueryAccess(readable: [".", outside.path, ".env"], withheld: [".tally", "state/r.db", "online"]))
        #expect(try await rows("SELECT * FROM '\(outside.path)/secret.csv'", engine) == 1)
        #expect(try await rows("SELECT * FROM read_csv('elsewhere/*.csv')", engine) == 1)
        #expect(try await rows("SELECT * FROM read_text('.env')", engine) == 1)
        for path in ["state/r.db", "state/r.db-wal", "state/*", "online/data.mdb", ".tally/tokens.csv"] {
            let error = await #expect(throws: TallyError.self, "\(path)") {
                try await rows("SELECT * FROM read_text('\(path)')", engine)
            }
            #expect(error?.message.contains("may not read") == true, "\(path): \(error?.message ?? "")")
        }
        // The folder above all of it gives no more.
        let above = try self.engine(QueryAccess(readable: ["/tmp"], withheld: [".tally"]))
        #expect(try await rows("SELECT * FROM '\(outside.path)/secret.csv'", above) == 1)
        await #expect(throws: TallyError.self) { try await rows("SELECT * FROM '.tally/tokens.csv'", above) }
    }

    @Test func `a file that is not there yet is missing, not refused`() async throws {
        let engine = try engine()
        for path in ["none.csv", "none*.csv", "none/x.csv", "data/none.csv", "none/*.csv"] {
            let error = await #expect(throws: TallyError.self) {
                try await engine.describe(TableReference(rows: .query("SELECT * FROM '\(path)'")))
            }
            #expect(error?.code == .unreadable, "\(path)")
            #expect(error?.message.contains(folder.path) == false, "\(error?.message ?? "")")
        }
    }

    @Test func `a repository in a folder that is spelled like a pattern is read like any other`() async throws {
        let place = try TemporaryFolder("brackets")
        for path in ["r[1]*/raw.csv", "r[1]*/data/a.csv", "r[1]*/.tally/a.csv", "r1x/raw.csv"] {
            try place.write("n\n1\n", to: path)
        }
        let engine = try DuckDBEngine(root: place.path + "/r[1]*")
        for path in ["raw.csv", "data/a.csv", "*.csv", "data/*.csv"] {
            #expect(try await rows("SELECT * FROM '\(path)'", engine) == 1, "\(path)")
        }
        for path in [".tally/a.csv", "../r1x/raw.csv", "none.csv"] {
            await #expect(throws: TallyError.self, "\(path)") { try await rows("SELECT * FROM '\(path)'", engine) }
        }
    }

    @Test func `a rule's query reads its tables, and without a repository nothing else`() async throws {
        try await engine().writeQuery("SELECT 1 AS n", to: outside.path + "/[t] 1.parquet", asMultiset: true)
        let engine = try engine(.tables)
        let tables = [
            "raw.csv": TableReference(rows: .files(["raw.csv"], .csv)),
            "far": TableReference(rows: .paths([outside.path + "/[t] 1.parquet"], .parquet)),
        ]
        func number(_ sql: String) async throws -> Measured? {
            try await engine.measure(
                MeasureRequest(table: TableReference(rows: .files(["raw.csv"], .csv)), measures: [.query(sql, tables)])
            ).values.first
        }
        #expect(try await number("SELECT count(*) FROM \"raw.csv\" JOIN far USING (n)") == .number(1))
        for path in ["raw.csv", "data/a.csv", outside.path + "/secret.csv"] {
            let error = await #expect(throws: TallyError.self) {
                try await number("SELECT count(*) FROM read_csv('\(path)')")
            }
            #expect(error?.code == .invalidData)
            #expect(error?.message.contains("SQL may not read") == true)
        }
    }

    @Test func `a query that needs more memory than it has goes to the disk`() async throws {
        let spill = try TemporaryFolder("spill")
        let engine = try DuckDBEngine(
            root: folder.path,
            settings: EngineSettings(memoryLimit: 64 << 20, threads: 2, temporaryDirectory: spill.path))
        try await engine.writeQuery(
            "SELECT r, hash(r) AS h, repeat('x', 40) AS s FROM range(2000000) AS t(r) ORDER BY h", to: "big.parquet")
        #expect(try await rows("SELECT * FROM 'big.parquet'", engine) == 2_000_000)
        #expect(spill.names.isEmpty)
    }
}
