// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Names that stand twice, or differ in the case of letters only.
@Suite struct DuckDBRepeatedNameTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() throws {
        folder = try TemporaryFolder("names")
        engine = try DuckDBEngine(root: folder.path)
    }

    @Test(arguments: [
        ("SELECT 1 AS id, 1 AS v, 2 AS v, 3 AS v_1", "gives 'v' twice, as columns 2 and 3"),
        (
            "SELECT 1 AS v, 2 AS \"V\", 3 AS \"V_1\"",
            "gives 'v' as column 1 and 'V' as column 2, which are one name in SQL"
        ),
        (
            "SELECT b.*, a.* FROM (SELECT 1 AS id, 2 AS p, 3 AS p_1) a JOIN (SELECT 1 AS id, 4 AS p) b USING (id)",
            "gives 'id' twice, as columns 1 and 3"
        ),
        (
            "SELECT * FROM (SELECT 1 AS id, 2 AS p, 3 AS p_1) a JOIN (SELECT 1 AS id, 4 AS p) b USING (id)",
            "gives 'p' twice, as columns 2 and 4"
        ),
        ("SELECT 1 AS v, 2 AS v -- twice", "gives 'v' twice, as columns 1 and 2"),
        ("SELECT 1 AS v, 2 AS v;", "gives 'v' twice, as columns 1 and 2"),
        ("SELECT unnest({'v': 1}), 2 AS v", "gives 'v' twice, as columns 1 and 2"),
        ("(SELECT 1 AS v, 2 AS v) UNION ALL SELECT 3, 4", "gives 'v' twice, as columns 1 and 2"),
    ])
    func `a query that gives one name twice is refused with both places`(_ sql: String, _ message: String) async throws
    {
        let table = TableReference(rows: .query(sql))
        let errors = [
            await #expect(throws: TallyError.self) { try await engine.describe(table) },
            await #expect(throws: TallyError.self) {
                try await engine.scan(ScanRequest(table: table, columns: [.init(name: "v", type: nil)])) { _ in }
            },
            await #expect(throws: TallyError.self) {
                try await engine.measure(MeasureRequest(table: table, measures: [.rows]))
            },
            await #expect(throws: TallyError.self) {
                try await engine.writeQuery(sql, to: "y.parquet", asMultiset: true)
            },
            await #expect(throws: TallyError.self) {
                try await engine.writeQuery(sql, to: "y.parquet", asMultiset: false)
            },
        ]
        for error in errors { #expect(error?.code == .invalidDefinitions && error?.message == message) }
        #expect(!FileName.exists(folder.path + "/y.parquet"))
    }

    @Test func `names that SQL tells apart are two columns`() async throws {
        let found = try await engine.describe(
            TableReference(rows: .query("SELECT 1 AS v, 2 AS v_1, 3 AS ä, 4 AS \"Ä\"")))
        #expect(found.columns.map(\.name) == ["v", "v_1", "ä", "Ä"])
    }

    @Test func `columns of Parquet whose names differ in letter case are read each by its own`() async throws {
        // DuckDB writes no such file: the names are changed in place.
        try await engine.writeQuery("SELECT 1 AS aq, 2 AS bq, 3 AS aq_1, 4 AS bq_1", to: "x.parquet")
        try rename(["bq": "AQ", "bq_1": "AQ_1"])
        let names = ["aq", "AQ", "aq_1", "AQ_1"]
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        #expect(try await engine.describe(table).columns.map(\.name) == names)
        var seen: [Value] = []
        let columns = names.map { ScanRequest.Column(name: $0, type: .int32) }
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batch in
            seen = batch.columns.map { $0[0] }
        }
        #expect(seen == [.int32(1), .int32(2), .int32(3), .int32(4)])
    }

    @Test func `files whose columns only look alike are two kinds of files`() async throws {
        try await engine.writeQuery("SELECT 1 AS id, 7 AS \"\u{e4}\"", to: "a.parquet")
        try await engine.writeQuery("SELECT 2 AS id, 8 AS \"a\u{308}\"", to: "b.parquet")
        let table = TableReference(rows: .files(["*.parquet"], .parquet))
        let found = try await engine.describe(table)
        #expect(found.columns.map { Array($0.name.utf8) } == ["id", "\u{e4}", "a\u{308}"].map { Array($0.utf8) })
        var seen: [Value] = []
        let columns = ["\u{e4}", "a\u{308}"].map { ScanRequest.Column(name: $0, type: .int32) }
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batch in
            for row in 0..<batch.count { seen += batch.columns.map { $0[row] } }
        }
        #expect(seen == [.int32(7), .null, .null, .int32(8)])
    }

    @Test func `a name that stands twice in a Parquet file is refused with both places, though nobody reads it`()
        async throws
    {
        try await engine.writeQuery("SELECT 1 AS id, 1 AS aq, 2 AS bq", to: "x.parquet")
        try rename(["bq": "aq"])
        let table = TableReference(rows: .files(["x.parquet"], .parquet))
        let error = await #expect(throws: TallyError.self) {
            try await engine.scan(ScanRequest(table: table, columns: [.init(name: "id", type: .int32)])) { _ in }
        }
        #expect(error?.code == .invalidData && error?.message == "column 'aq' is there twice, as columns 2 and 3")
    }

    /// Gives columns other names of as many bytes, wherever the footer spells them.
    private func rename(_ names: [String: String]) throws {
        let path = folder.path + "/x.parquet"
        var bytes = try #require(try AtomicFile.read(path))
        for (old, new) in names {
            let mark = [0x18, UInt8(old.utf8.count)] + Array(old.utf8)
            for place in bytes.indices
            where bytes[place...].starts(with: mark)
                || bytes[place...].starts(with: mark.dropFirst()) && bytes[place] == mark[1]
            {
                let start = bytes[place...].starts(with: mark) ? place + 2 : place + 1
                bytes.replaceSubrange(start..<start + new.utf8.count, with: Array(new.utf8))
            }
        }
        try AtomicFile.write(bytes, to: path)
    }
}
