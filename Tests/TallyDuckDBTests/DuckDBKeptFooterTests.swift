// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// Files of a path that get other types between the look at them and the read: nobody reads a type that was not looked at.
///
/// The files that come have times of day whose text DuckDB writes beyond its memory; without the cure the process ends.
@Suite struct DuckDBKeptFooterTests {
    private let folder: TemporaryFolder
    private let engine: DuckDBEngine
    private static let files = ["d/a.parquet", "d/b.parquet", "d/c.parquet"]

    init() async throws {
        folder = try TemporaryFolder("kept")
        engine = try DuckDBEngine(root: folder.path)
        try folder.write("", to: "d/.keep")
        for file in Self.files {
            try await engine.writeQuery("SELECT 'abcdefgh' || i AS w FROM range(10) r(i)", to: file)
        }
        try await ChangedFooter.write(
            "SELECT make_timestamp(4611686018427387904) AS w FROM range(10)", as: [.timeOfDay], to: "bad.parquet",
            engine, in: folder)
        try await engine.writeQuery("SELECT TIME '01:00:00' AS w FROM range(10)", to: "other.parquet")
    }

    private func exchange(_ file: String, for other: String, inPlace: Bool) throws {
        let bytes = try #require(try AtomicFile.read(folder.path + "/" + other))
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + file), options: inPlace ? [] : .atomic)
    }

    /// Looks at the files as an operation does, exchanges one each time, and reads them; `isTold` is with the look at stamps.
    @discardableResult
    private func read(_ file: String, isTold: Bool, inPlace: Bool) async throws -> String? {
        try await engine.withSession(.ordered, "test") { (session) throws(TallyError) in
            try await session.run { (session, connection) throws(TallyError) in
                let runs = try session.engine.runs(
                    ofFiles: Self.files, .parquet, .plain, partitions: nil, zone: nil, isOrdered: true, subject: nil,
                    connection)
                try? exchange(file, for: isTold ? "bad.parquet" : "other.parquet", inPlace: inPlace)
                let paths = Self.files.map { (folder.path + "/" + $0).asLiteral }.joined(separator: ", ")
                let table: SQL = isTold ? runs[0].table : "read_parquet([\(paths)])"
                do throws(DuckFailure) {
                    return try connection.texts("SELECT min(w)::VARCHAR FROM \(table)").first?[0]
                } catch {
                    #expect(!error.text.contains("TIME"), "\(error.text)")
                    throw error.wrapped("read the files", subject: nil)
                }
            }
        }
    }

    @Test(arguments: files, [false, true])
    func `what is exchanged between the look and the read is a conflict`(_ file: String, _ inPlace: Bool) async throws {
        let error = await #expect(throws: TallyError.self) { try await read(file, isTold: true, inPlace: inPlace) }
        #expect(error?.code == .conflict && error?.subject == file, "\(error.debugDescription)")
    }

    @Test(arguments: files, [false, true])
    func `a file is read as the types that were looked at, even where nobody looks at its stamp`(
        _ file: String, _ inPlace: Bool
    ) async throws {
        do throws(any Error) {
            // Bytes of another file are no texts, but may be taken for some: what reads sources compares stamps behind it.
            #expect(try await read(file, isTold: false, inPlace: inPlace) != "01:00:00")
        } catch {
            #expect((error as? TallyError)?.code == .conflict, "\(error)")
        }
    }

    @Test func `an operation reads the file that is there when it begins, whatever was there before`() async throws {
        let table = TableReference(rows: .files(["d/a.parquet"], .parquet))
        for round in 0..<6 {
            let number = round % 2 == 0
            try await engine.writeQuery(
                number ? "SELECT \(round)::BIGINT AS w" : "SELECT 'x\(round)' AS w, 1 AS other", to: "next.parquet")
            try exchange("d/a.parquet", for: "next.parquet", inPlace: round % 3 == 0)
            let described = try await engine.describe(table).columns
            #expect(described.map(\.type) == (number ? [.int64] : [.string, .int32]))
            let measured = try await engine.measure(MeasureRequest(table: table, measures: [.rows, .nulls("w")]))
            #expect(measured.values == [.count(1), .count(0)])
            var seen: [Value] = []
            let column = ScanRequest.Column(name: "w", type: number ? .int64 : .string)
            try await engine.scan(ScanRequest(table: table, columns: [column])) { seen += $0.columns[0].values }
            #expect(seen == [number ? .int64(Int64(round)) : .string("x\(round)")])
        }
    }

    @Test func `operations beside each other find the same while files are exchanged`() async throws {
        let table = TableReference(rows: .files(["d/*.parquet"], .parquet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    for _ in 0..<5 {
                        do throws(TallyError) {
                            let values = try await engine.measure(MeasureRequest(table: table, measures: [.rows]))
                                .values
                            #expect(values == [.count(30)])
                        } catch {
                            #expect(error.code == .conflict, "\(error)")
                        }
                    }
                }
            }
            for _ in 0..<20 {
                try exchange("d/b.parquet", for: "d/c.parquet", inPlace: false)
                try await Task.sleep(for: .milliseconds(5))
            }
            try await tasks.waitForAll()
        }
    }
}
