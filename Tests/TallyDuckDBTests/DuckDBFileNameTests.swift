// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// The engine reads the very files that were listed, whatever characters are in their names.
@Suite struct DuckDBFileNameTests {
    @Test(arguments: [
        "a.csv", "a b.csv", "a*.csv", "a?.csv", "[a].csv", "a'b.csv", "a\"b.csv", "é.csv", "e\u{301}.csv", "{a,b}.csv",
        "a%20b.csv", "~a.csv", "a;b.csv", "day=1/x.csv", "**.csv", "$a.csv", "-a.csv", "a\nb.csv",
    ])
    func `a file is read by its very name`(_ name: String) async throws {
        let folder = try TemporaryFolder("name [x]*")
        for other in ["b.csv", "ab.csv", "a.csv", "axx.csv", "day=2/x.csv"] where other != name {
            try folder.write("n\n2\n", to: other)
        }
        try folder.write("n\n1\n", to: name)
        let engine = try DuckDBEngine(root: folder.path)
        for table in [
            TableReference(rows: .paths([name], .csv)), TableReference(rows: .paths([folder.path + "/" + name], .csv)),
        ] {
            #expect(try await engine.describe(table).files.count == 1)
            var values: [Value] = []
            let request = ScanRequest(table: table, columns: [.init(name: "n", type: .int64)])
            try await engine.scan(request) { (batch) async throws(TallyError) in values += batch.columns[0].values }
            #expect(values == [.int64(1)], "\(name)")
        }
    }

    @Test(arguments: [
        ("a\\b.parquet", true), ("[a].parquet", true), ("[a]\\b.parquet", false), ("f=*/x\\0.parquet", false),
    ])
    func `a Parquet file whose name the engine cannot be given is refused by name`(name: String, isRead: Bool)
        async throws
    {
        let folder = try TemporaryFolder("plain")
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery("SELECT 1::BIGINT AS n", to: "whole.parquet")
        let bytes = try #require(try AtomicFile.read(folder.path + "/whole.parquet"))
        try folder.write("", to: name)
        try AtomicFile.write(bytes, to: folder.path + "/" + name)
        let table = TableReference(rows: .paths([name], .parquet))
        if isRead {
            #expect(try await engine.describe(table).columns.map(\.name) == ["n"])
        } else {
            await #expect {
                _ = try await engine.describe(table)
            } throws: {
                "\($0)".contains("a backslash and one of * ? [")
            }
        }
    }

    @Test func `unfinished files are no rows`() async throws {
        let folder = try TemporaryFolder("unfinished")
        try folder.write("n\n1\n", to: "data/1.csv")
        try folder.write("n\n2\n", to: "data/_temporary/0/2.csv")
        try folder.write("n\n3\n", to: "data/.3.csv")
        let engine = try DuckDBEngine(root: folder.path)
        let table = TableReference(rows: .files(["data/**/*.csv"], .csv))
        let measured = try await engine.measure(MeasureRequest(table: table, measures: [.rows]))
        #expect(measured.values == [.count(1)])
        try folder.write("{}", to: "data/_delta_log/0.json")
        let error = await #expect(throws: TallyError.self) { _ = try await engine.describe(table) }
        #expect(error?.code == .invalidData)
    }
}
