// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Tables that are written anew: rows that were there before stay as old as they were (SEMANTICS 1.8).
@Suite struct RewrittenFileTests {
    private let repository: OneViewRepository
    private var folder: TemporaryFolder { repository.folder }

    init() throws { repository = try OneViewRepository("rewritten") }

    private func define(_ path: String, _ history: String = "digests") throws {
        try repository.define(
            source: "rain", at: "path: \(path)\nhistory: \(history)", features: "{name: mm, type: float64}")
        let applied = try repository.run("apply")
        #expect(applied.status == 0, "\(applied.error)")
    }

    /// Rows of places and days of January 2024, with a value.
    private func csv(_ rows: [(id: Int, day: Int, mm: Double)], more: [String] = []) -> String {
        "id,ts,mm" + more.map { "," + $0 }.joined() + "\n"
            + rows.map { row in
                "\(row.id),2024-01-0\(row.day)T00:00:00Z,\(row.mm)" + more.map { _ in ",x" }.joined() + "\n"
            }.joined()
    }

    /// The values at the end of January 2024 of places 1 to 4, as a training set has them now.
    private func train() throws -> [String] {
        try folder.write(
            "id,event_timestamp\n" + (1...4).map { "\($0),2024-01-31T00:00:00Z\n" }.joined(), to: "spine.csv")
        let outcome = try repository.run(
            "train", "weather", "--spine", "spine.csv", "-o", "out.csv", "--accept-rewritten")
        #expect(outcome.status == 0, "\(outcome.error)")
        let lines = try #require(try folder.read("out.csv")).split(separator: "\n").dropFirst()
        return lines.map { String($0.split(separator: ",", omittingEmptySubsequences: false).last ?? "") }
    }

    private func made() -> [String] {
        folder.names(in: ".tally/history/rain").filter { $0.hasPrefix("rows-") }
    }

    private let first = [(1, 1, 1.5), (2, 1, 2.5), (3, 1, 3.5)]

    @Test(arguments: ["csv", "jsonl"]) func `a nightly export of text trains with its past`(_ format: String) throws {
        func write(_ rows: [(id: Int, day: Int, mm: Double)]) throws {
            let text =
                format == "csv"
                ? csv(rows)
                : rows.map { "{\"id\": \($0.id), \"ts\": \"2024-01-0\($0.day)T00:00:00Z\", \"mm\": \($0.mm)}\n" }
                    .joined()
            try folder.write(text, to: "data/daily.\(format)")
        }
        try write(first)
        try define("data/daily.\(format)")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        // The next night: a later day of one place, a new place, and another order.
        try write([(4, 2, 4.5)] + first.reversed() + [(1, 2, 9.5)])
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        let before = made()
        #expect(before.count == 2)
        // The night after that only the newest rows are written down.
        try write([(2, 3, 8.5)] + first + [(1, 2, 9.5), (4, 2, 4.5)])
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        #expect(Set(before).isSubset(of: made()) && made().count == 3)
        // What was restated is new, and nothing else.
        try write([(2, 3, 8.5), (1, 1, 1.5), (2, 1, 2.75), (3, 1, 3.5), (1, 2, 9.5), (4, 2, 4.5)])
        #expect(try train() == ["1.5", "", "3.5", ""])
    }

    @Test func `an export of Parquet trains with its past, also with wider types and more columns`() async throws {
        let engine = try Workspace(root: folder.path).engine
        func write(_ select: String) async throws {
            try await engine.writeQuery(
                select + " FROM (SELECT * FROM read_csv('rows.csv'))", to: folder.path + "/data/daily.parquet",
                asMultiset: false)
        }
        try folder.write(csv(first), to: "rows.csv")
        try folder.write("", to: "data/.keep")
        try await write("SELECT CAST(id AS INTEGER) AS id, ts, CAST(mm AS FLOAT) AS mm, [1, NULL, id] AS list")
        try define("data/daily.parquet")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try folder.write(csv([(4, 2, 4.5)] + first.reversed() + [(1, 2, 9.5)]), to: "rows.csv")
        try await write("SELECT CAST(id AS BIGINT) AS id, ts, mm, [1, NULL, id] AS list")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        #expect(made().count == 2)
        try await write(
            "SELECT CAST(id AS BIGINT) AS id, ts, mm, [1, NULL, id] AS list, CAST(mm AS DECIMAL(9, 3)) AS d")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
    }

    @Test func `a file with columns that cannot be carried counts as a whole`() async throws {
        let engine = try Workspace(root: folder.path).engine
        func write(_ rows: Int) async throws {
            try await engine.writeQuery(
                "SELECT 1 + i AS id, TIMESTAMP '2024-01-01' AS ts, 1.5::DOUBLE AS mm, {'a': i} AS pair FROM range(\(rows)) AS r(i)",
                to: folder.path + "/data/daily.parquet", asMultiset: false)
        }
        try folder.write("", to: "data/.keep")
        try await write(3)
        try define("data/daily.parquet")
        #expect(try train() == ["1.5", "1.5", "1.5", ""])
        try await write(4)
        #expect(try train() == ["", "", "", ""])
    }

    @Test func `splitting, renaming and joining files makes no row new`() throws {
        try folder.write(csv(first), to: "data/a.csv")
        try define("data/*.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try folder.write(csv([first[0]]), to: "data/a.csv")
        try folder.write(csv([first[2], first[1]]), to: "data/b.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        FileName.remove(folder.path + "/data/a.csv")
        FileName.remove(folder.path + "/data/b.csv")
        try folder.write(csv(first + [(4, 2, 4.5)]), to: "data/c.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
    }

    @Test func `what was remembered of rows counts only as long as the source asks for it`() throws {
        try folder.write(csv(first), to: "data/daily.csv")
        try define("data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try folder.write(csv(first + [(4, 2, 4.5)]), to: "data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try define("data/daily.csv", "files")
        #expect(try train() == ["", "", "", ""])
        try define("data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
    }

    @Test func `the same new row in two files is there twice`() throws {
        try folder.write(csv([first[0]]), to: "data/a.csv")
        try folder.write(csv([first[1]]), to: "data/b.csv")
        try define("data/*.csv")
        #expect(try train() == ["1.5", "2.5", "", ""])
        try folder.write(csv([first[0], (4, 2, 4.5)]), to: "data/a.csv")
        try folder.write(csv([first[1], (4, 2, 4.5)]), to: "data/b.csv")
        #expect(try train() == ["1.5", "2.5", "", ""])
        #expect(Set(made()).count == 4)
    }

    @Test func `a column that is added makes no row new, and one that is gone stops the run`() throws {
        try folder.write(csv(first), to: "data/daily.csv")
        try define("data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try folder.write(csv(first + [(4, 2, 4.5)], more: ["gauge"]), to: "data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try folder.write(
            csv(first + [(4, 2, 4.5)], more: ["gauge"]) + "1,2024-01-03T00:00:00Z,7,y\n", to: "data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        try folder.write(csv(first + [(4, 2, 4.5)]), to: "data/daily.csv")
        let stopped = try repository.run("train", "weather", "--spine", "spine.csv", "-o", "out.csv")
        #expect(stopped.status == 1)
        for words in ["E-invalid-data", "data/daily.csv", "column gauge: it is gone", "`history: files`"] {
            #expect(stopped.error.contains(words), "\(words) in \(stopped.error)")
        }
        try define("data/daily.csv", "files")
        #expect(try train() == ["", "", "", ""])
    }

    @Test func `a fill reads what is new, and says what vanished`() throws {
        try folder.write(csv(first), to: "data/daily.csv")
        try define("data/daily.csv")
        #expect(try repository.run("materialize").status == 0)
        try folder.write(csv(first + [(1, 2, 9.5)]), to: "data/daily.csv")
        let second = try repository.run("materialize")
        #expect(second.status == 0 && !second.error.contains("vanished"), "\(second.error)")
        try folder.write(csv([first[0]] + [(1, 2, 9.5), (2, 2, 7.5)]), to: "data/daily.csv")
        let third = try repository.run("materialize")
        #expect(third.error.contains("2 rows vanished or changed"), "\(third.error)")
        let vector = try repository.run("get", "weather", "id=1")
        #expect(vector.output.contains("9.5"), "\(vector.output)")
        let compared = try repository.run("compare", "weather")
        #expect(compared.status == 0, "\(compared.output) \(compared.error)")
    }

    @Test func `a record that is damaged or lost stops the run, and nothing is guessed`() throws {
        try folder.write(csv(first), to: "data/daily.csv")
        try define("data/daily.csv")
        #expect(try train() == ["1.5", "2.5", "3.5", ""])
        let record = try #require(folder.names(in: ".tally/history/rain").first { $0.hasPrefix("record-") })
        try folder.write("nothing", to: ".tally/history/rain/" + record)
        try folder.write(csv(first + [(4, 2, 4.5)]), to: "data/daily.csv")
        let outcome = try repository.run("train", "weather", "--spine", "spine.csv", "-o", "out.csv")
        #expect(outcome.status != 0 && outcome.error.contains("E-corrupt"), "\(outcome.error)")
        FileName.remove(folder.path + "/.tally/history/rain/" + record)
        let lost = try repository.run("train", "weather", "--spine", "spine.csv", "-o", "out.csv")
        #expect(lost.status != 0 && lost.error.contains("E-corrupt"), "\(lost.error)")
    }
}
