// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// Files of a query that get other types between the look at them and the read: nobody reads a type that was not looked at.
///
/// The files that come have times of day whose text DuckDB writes beyond its memory; without the cure the process ends.
@Suite struct DuckDBExchangedTypesTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine

    init() async throws {
        folder = try TemporaryFolder("exchanged")
        engine = try DuckDBEngine(root: folder.path)
        for place in ["d", "f/g", "y=7", "y=8/e"] { try folder.write("", to: place + "/.keep") }
        for name in ["a", "b", "c"] {
            try await engine.writeQuery("SELECT 'abcdefgh' || i AS w FROM range(10) r(i)", to: "d/\(name).parquet")
        }
        try await engine.writeQuery("SELECT 'abc' AS w", to: "f/g/a.parquet")
        try await ChangedFooter.write(
            "SELECT make_timestamp(4611686018427387904) AS w FROM range(10)", as: [.timeOfDay], to: "bad.parquet",
            engine,
            in: folder)
    }

    private static let cases: [(sql: String, exchanged: [String])] = [
        ("SELECT max(w || 'x') AS v FROM 'd/a.parquet'", ["d/a.parquet"]),
        ("SELECT max(w || 'x') AS v FROM read_parquet(['d/a.parquet', 'd/b.parquet', 'd/c.parquet'])", ["d/c.parquet"]),
        ("SELECT max(w || 'x') AS v FROM read_parquet('d/*.parquet', union_by_name = true)", ["d/b.parquet"]),
        // Files that nobody could look at: there was none of the name.
        ("SELECT max(w || 'x') AS v FROM 'd/*.parquet'", ["d/_.parquet", "d/z.parquet"]),
        ("SELECT max(w || 'x') AS v FROM read_parquet('f/g')", ["f/g/h/z.parquet", "f/g/y.parquet"]),
        ("SELECT max(w || 'x') AS v FROM 'later.parquet'", ["later.parquet"]),
        ("SELECT max(w || 'x') AS v FROM 'd/later*.parquet'", ["d/later.parquet"]),
        (
            """
            WITH RECURSIVE r AS (SELECT w, 0 AS n FROM 'd/a.parquet' UNION ALL \
            SELECT p.w, n + 1 FROM 'd/b.parquet' p, r WHERE n < 2) SELECT max(w || 'x') AS v FROM r
            """, ["d/a.parquet", "d/b.parquet"]
        ),
    ]

    /// Looks at a query as an operation does, exchanges files, and runs it; `isTold` leaves the look behind the binding in.
    private func run(_ sql: String, _ exchanged: [String], isTold: Bool, inPlace: Bool) throws -> DuckFailure? {
        let connection = try Connection(engine.openDatabase(.ordered), Interrupter())
        try connection.lock(for: Sandbox(sql), engine)
        let bad = try #require(try AtomicFile.read(folder.path + "/bad.parquet"))
        for path in exchanged {
            let path = folder.path + "/" + path
            try FileName.makeFolder(FileName.folder(of: path))
            // Otherwise another file takes the place of the first.
            try Data(bad).write(to: URL(fileURLWithPath: path), options: inPlace ? [] : .atomic)
        }
        if !isTold { connection.queriedFiles = nil }
        do throws(TallyError) {
            let query = SQL(try connection.userQuery(sql))
            do throws(DuckFailure) {
                _ = try connection.texts("SELECT hex(encode(v)) FROM (\(query))")
                return nil
            } catch {
                return error
            }
        } catch {
            return DuckFailure(text: error.message)
        }
    }

    @Test(arguments: cases.indices, [true, false])
    func `no query reads a type that nobody looked at`(_ index: Int, _ inPlace: Bool) throws {
        let (sql, exchanged) = Self.cases[index]
        // Whatever comes of it: the process goes on, and no time of day was read.
        let failure = try run(sql, exchanged, isTold: false, inPlace: inPlace)
        #expect(failure?.text.contains("TIME") != true, "\(failure?.text ?? "")")
    }

    @Test(arguments: cases.indices)
    func `a query is not run over files that changed since the look`(_ index: Int) throws {
        let (sql, exchanged) = Self.cases[index]
        let failure = try run(sql, exchanged, isTold: true, inPlace: false)
        // Files that a pattern did not find at first are not read, and that only may go unsaid.
        #expect(failure != nil || exchanged.contains("d/_.parquet") || exchanged.contains("f/g/h/z.parquet"), "\(sql)")
    }

    @Test(arguments: [
        ("read_parquet('f/g')", "f/g/a.parquet"), ("read_parquet('d/*.parquet')", "d/a.parquet"),
        ("'d/a.parquet'", "d/a.parquet"), ("read_csv('t/*.csv')", "t/_a.csv"), ("read_csv('t')", "t/_a.csv"),
        ("'t/*.csv'", "t/_a.csv"),
    ])
    func `a file that is exchanged behind a folder or a pattern is a conflict`(_ table: String, _ file: String) throws {
        try folder.write("w\nabc\n", to: "t/_a.csv")
        let sql = "SELECT max(w) AS v FROM \(table)"
        let connection = try Connection(engine.openDatabase(.ordered), Interrupter())
        try connection.lock(for: Sandbox(sql), engine)
        #expect(connection.queriedFiles?.conflict?.code == nil)
        let bad = try #require(try AtomicFile.read(folder.path + "/bad.parquet"))
        try Data(bad).write(to: URL(fileURLWithPath: folder.path + "/" + file), options: .atomic)
        #expect(connection.queriedFiles?.conflict?.code == .conflict)
    }

    @Test(
        .enabled(if: TemporaryFolder.tellsMoves, "the file system does not tell moves"),
        arguments: [
            ("'d/a.parquet'", "d"), ("read_parquet('f/*/*.parquet')", "f"), ("read_parquet('f/g')", "f"),
            ("read_csv('t/u')", "t"),
        ])
    func `a folder that is moved away and put back is a conflict, before the read and after`(
        _ table: String, _ moved: String
    ) throws {
        try folder.write("w\nabc\n", to: "t/u/_a.csv")
        try folder.waitForTick()
        let sql = "SELECT max(w) AS v FROM \(table)"
        for isRead in [false, true] {
            let connection = try Connection(engine.openDatabase(.ordered), Interrupter())
            try connection.lock(for: Sandbox(sql), engine)
            let query = SQL(try connection.userQuery(sql))
            if isRead { _ = try connection.texts("SELECT v FROM (\(query))") }
            // What comes beside the files is no move.
            try folder.write("", to: moved + "/.other-\(isRead)")
            #expect(connection.queriedFiles?.conflict == nil)
            try folder.moveAwayAndBack(moved)
            let conflict = connection.queriedFiles?.conflict
            #expect(conflict?.code == .conflict && conflict?.subject == moved, "\(String(describing: conflict))")
            guard !isRead else { continue }
            #expect(throws: DuckFailure.self) { try connection.texts("SELECT v FROM (\(query))") }
        }
    }

    @Test func `patterns and folders are read as what they named`() async throws {
        try await engine.writeQuery("SELECT 1.5::DECIMAL(4,1) AS w", to: "y=7/[x]'é.parquet")
        try await engine.writeQuery("SELECT 2.5::DECIMAL(4,1) AS w", to: "y=8/e/z.parquet")
        let queries = [
            ("SELECT parquet_scan.w::VARCHAR AS v FROM 'y=7/*.parquet'", "1.5"),
            ("SELECT q.w::VARCHAR AS v FROM \"y=7/*.parquet\" q", "1.5"),
            ("SELECT b::VARCHAR AS v FROM 'y=7/*.parquet' AS q(b) TABLESAMPLE 100%", "1.5"),
            ("SELECT sum(w)::VARCHAR AS v FROM read_parquet(['y=7/*.parquet', 'y=8/e/z.parquet'])", "4.0"),
            ("SELECT sum(w)::VARCHAR AS v FROM read_parquet('y=8/e')", "2.5"),
            ("SELECT max(y)::VARCHAR AS v FROM read_parquet('y=*/**/*.parquet', hive_partitioning = true)", "8"),
            ("SELECT count(*)::VARCHAR AS v FROM (SUMMARIZE 'd/*.parquet')", "1"),
            ("SELECT count(*)::VARCHAR AS v FROM (SUMMARIZE SELECT * FROM 'd/*.parquet' WHERE w > '')", "1"),
            ("SELECT count(*)::VARCHAR AS v FROM 'd/*.parquet' WHERE 'd/*.parquet' LIKE '%*%'", "30"),
            ("SELECT right(max(filename), 11) AS v FROM read_parquet('d/?.parquet', filename = true)", "d/c.parquet"),
        ]
        for (sql, text) in queries {
            var found: [String] = []
            let table = TableReference(rows: .query(sql))
            try await engine.scan(ScanRequest(table: table, columns: [.init(name: "v", type: nil)])) { batch in
                found += (0..<batch.count).map { batch.columns[0][$0].text }
            }
            #expect(found == [text], "\(sql)")
        }
    }

    @Test func `a mistake behind a pattern is told where it stands`() async throws {
        let sql = "SELECT w, nothing FROM 'd/*.parquet'"
        let error = await #expect(throws: TallyError.self) {
            _ = try await engine.describe(TableReference(rows: .query(sql)))
        }
        #expect(error?.offset == 10, "\(String(describing: error))")
        let behind = await #expect(throws: TallyError.self) {
            _ = try await engine.describe(TableReference(rows: .query("SELECT w FROM 'd/*.parquet' WHERE nothing = 1")))
        }
        #expect(behind?.offset == 34, "\(String(describing: behind))")
    }
}
