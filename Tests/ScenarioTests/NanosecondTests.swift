// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Ticks of a market, several in one microsecond, from the file to the served vector.
@Suite struct NanosecondTests {
    private let folder: TemporaryFolder
    private static let start: Int64 = 1_700_000_000_000_000_000

    init() throws {
        folder = try TemporaryFolder("ticks")
        try folder.write("project: ticks\n", to: "tally.yaml")
        try folder.write(
            """
            kind: Entity
            name: stock
            joinKeys: [{name: symbol, type: string}]
            ---
            kind: Source
            name: ticks
            path: data/*.parquet
            eventTime: ts
            ---
            kind: FeatureView
            name: quote
            owner: tests
            entities: [stock]
            source: ticks
            features:
              - {name: bid, type: float64}
            ---
            kind: FeatureService
            name: prices
            owner: tests
            features: [quote]

            """, to: "definitions/all.yaml")
    }

    /// Writes a table with a time column of nanoseconds behind the start.
    private func write(_ rows: String, _ names: String, to path: String, isZoned: Bool) async throws {
        let engine = try StandaloneEngine.open(root: folder.path)
        try await engine.writeQuery(
            "SELECT * REPLACE (make_timestamp_ns(\(Self.start) + ts) AS ts) FROM (VALUES \(rows)) t(\(names))", to: path
        )
        if isZoned { try NanosecondFile.makeInstants(folder.path + "/" + path) }
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try AtomicFile.read(folder.path + "/" + path) ?? [], as: UTF8.self)
    }

    @Test(arguments: [true, false])
    func `no tick is seen before it happened, and the last one of a microsecond wins, in training and serving`(
        _ isZoned: Bool
    ) async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
        // The greater bytes happened first.
        try await write(
            "('A', 100, 20.0::DOUBLE), ('A', 900, 10.0::DOUBLE), ('B', 2000, 5.0::DOUBLE)", "symbol, ts, bid",
            to: "data/a.parquet",
            isZoned: isZoned)
        try await write(
            "('before', 'A', 50), ('between', 'A', 500), ('after', 'A', 1900), ('exact', 'B', 2000), ('early', 'B', 1999)",
            "n, symbol, ts", to: "spine.parquet", isZoned: isZoned)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let trained = try Program.run(
            ["train", "prices", "--spine", "spine.parquet", "-o", "train.csv", "--time-column", "ts"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        let bids = try text("train.csv").split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return "\(fields[0]) \(fields[3])"
        }
        #expect(bids == ["before ", "between ", "after 10.0", "exact 5.0", "early "])
        #expect(trained.error.contains("4 spine times have nanoseconds, and were rounded down to microseconds"))
        #expect(trained.error.contains("view quote: 2 times have nanoseconds, and were rounded up to microseconds"))
        let counts = try #require(try JSON(parsing: text("train.csv.manifest.json"))["counts"])
        #expect(counts["rows"]?["timesRoundedDown"]?.exactValue == 4)
        #expect(counts["views"]?.arrayValue?.first?["timesRoundedUp"]?.exactValue == 2)
        #expect(counts["views"]?.arrayValue?.first?["tied"]?.exactValue == 0)

        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.error.contains("view quote: 2 times have nanoseconds, and were rounded up to microseconds"))
        let served = try Program.run(["get", "prices", "--key", "symbol=A"], in: folder)
        #expect(served.output.contains("10.0"), "\(served.output)")
        #expect(served.output.contains("2023-11-14T22:13:20.000001Z"), "\(served.output)")
        #expect(try Program.run(["compare", "prices", "--sample", "200"], in: folder).status == 0)

        // A later file of the same microsecond: between the two, so it changes nothing; then behind both.
        try await write("('A', 500, 30.0::DOUBLE)", "symbol, ts, bid", to: "data/b.parquet", isZoned: isZoned)
        #expect(try Program.run(["materialize"], in: folder).output.contains("incremental"))
        #expect(try Program.run(["get", "prices", "--key", "symbol=A"], in: folder).output.contains("10.0"))
        try await write("('A', 901, 1.5::DOUBLE)", "symbol, ts, bid", to: "data/c.parquet", isZoned: isZoned)
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try Program.run(["get", "prices", "--key", "symbol=A"], in: folder).output.contains("1.5"))
        #expect(try Program.run(["compare", "prices", "--sample", "200"], in: folder).status == 0)
    }

    @Test func `nanoseconds of instants in a spine come back`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
        try await write("('A', 100, 20.0::DOUBLE)", "symbol, ts, bid", to: "data/a.parquet", isZoned: true)
        try await write("('A', 1900)", "symbol, ts", to: "spine.parquet", isZoned: true)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        for output in ["train.csv", "train.parquet"] {
            let arguments = ["train", "prices", "--spine", "spine.parquet", "-o", output, "--time-column", "ts"]
            let trained = try Program.run(arguments, in: folder)
            #expect(trained.status == 0, "\(trained.error)")
        }
        let rows = try text("train.csv")
        #expect(rows.contains("A,2023-11-14T22:13:20.0000019Z,20.0"), "\(rows)")
        #expect(try NanosecondFile.instants(folder.path + "/train.parquet") == 1)
        var times: [Value] = []
        let table = TableReference(rows: .files(["train.parquet"], .parquet))
        let request = ScanRequest(table: table, columns: [.init(name: "ts", type: .string)])
        try await StandaloneEngine.open(root: folder.path).scan(request) { times += $0.columns[0].values }
        #expect(times == [.string("2023-11-14 22:13:20.0000019")])
    }

    @Test func `rows that a gate lets in keep their nanoseconds, and so do rows that were set aside`() async throws {
        let definitions = try text("definitions/all.yaml")
        try folder.write(
            definitions.replacingOccurrences(
                of: "type: float64}", with: "type: float64, promise: {minimum: 0, otherwise: quarantine}}"),
            to: "definitions/all.yaml")
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
        try await write(
            "('A', 100, 20::DOUBLE), ('A', 900, 10::DOUBLE), ('A', 950, -1::DOUBLE)", "symbol, ts, bid",
            to: "data/a.parquet", isZoned: true)
        try await write("('A', 500), ('A', 1900)", "symbol, ts", to: "spine.parquet", isZoned: true)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.error.contains("1 of 3 rows were set aside"), "\(filled.error)")
        #expect(filled.error.contains("2 times have nanoseconds"), "\(filled.error)")
        #expect(try Program.run(["get", "prices", "--key", "symbol=A"], in: folder).output.contains("10.0"))
        let trained = try Program.run(
            ["train", "prices", "--spine", "spine.parquet", "-o", "train.csv", "--time-column", "ts"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        let rows = try text("train.csv").split(separator: "\n")
        #expect(rows.map { $0.hasSuffix(",") } == [false, true, false] && rows[2].hasSuffix(",10.0"), "\(rows)")
        let replayed = try Program.run(["quarantine", "replay", "view.quote", "--accept"], in: folder)
        #expect(replayed.status == 0, "\(replayed.error)")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let served = try Program.run(["get", "prices", "--key", "symbol=A"], in: folder)
        #expect(served.output.contains("-1.0"), "\(served.output)\(served.error)")
    }

    @Test func `a label that happened within a microsecond is not ripe at its start`() async throws {
        let definitions = try text("definitions/all.yaml")
        try folder.write(
            definitions.replacingOccurrences(
                of: "features: [quote]",
                with: "features: [quote]\nlabel: {source: rises, keys: [symbol], column: rose, maturity: 0s}")
                    + """
                    ---
                    kind: Source
                    name: rises
                    path: rises.parquet
                    eventTime: ts

                    """, to: "definitions/all.yaml")
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
        try await write("('A', 100, 20::DOUBLE)", "symbol, ts, bid", to: "data/a.parquet", isZoned: true)
        try await write("('A', 900, true), ('B', 0, false)", "symbol, ts, rose", to: "rises.parquet", isZoned: true)
        try await write("('A', 1900), ('B', 1900)", "symbol, ts", to: "spine.parquet", isZoned: true)
        #expect(try Program.run(["apply"], in: folder).status == 0)
        func train(_ asOf: String) throws -> (counts: JSON?, error: String) {
            let trained = try Program.run(
                ["train", "prices", "--spine", "spine.parquet", "-o", "t.csv", "--time-column", "ts", "--as-of", asOf],
                in: folder)
            #expect(trained.status == 0, "\(trained.error)")
            return (try JSON(parsing: text("t.csv.manifest.json"))["counts"]?["label"], trained.error)
        }
        let early = try train("2023-11-14T22:13:20Z")
        #expect(early.counts?["ripe"]?.exactValue == 1 && early.counts?["unripe"]?.exactValue == 1)
        #expect(early.counts?["timesRoundedUp"]?.exactValue == 1)
        #expect(early.error.contains("1 label times have nanoseconds, and were rounded up to microseconds"))
        #expect(try train("2023-11-14T22:13:20.000001Z").counts?["ripe"]?.exactValue == 2)
    }
}

extension NanosecondTests {
    @Test(arguments: [Source.FileFormat.csv, .json])
    func `the last one of a microsecond wins in text too, and what was cut is told`(
        _ format: Source.FileFormat
    ) async throws {
        let second = "2023-11-14T22:13:20."
        let rows = [
            ("A", "0000009Z", "10.0"), ("A", "0000001Z", "20.0"), ("B", "000001Z", "5.0"), ("B", "0000001234Z", "6.0"),
        ]
        let lines = rows.map { symbol, digits, bid in
            format == .csv
                ? "\(symbol),\(second)\(digits),\(bid)"
                : "{\"symbol\": \"\(symbol)\", \"ts\": \"\(second)\(digits)\", \"bid\": \(bid)}"
        }
        try folder.write(
            ((format == .csv ? ["symbol,ts,bid"] : []) + lines).joined(separator: "\n") + "\n",
            to: "data/a.\(format.rawValue)")
        let definitions = try text("definitions/all.yaml")
        try folder.write(
            definitions.replacing("data/*.parquet", with: "data/*.\(format.rawValue)"), to: "definitions/all.yaml")
        try folder.write("symbol,ts\nA,\(second)000001Z\nB,\(second)000001Z\n", to: "spine.csv")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let trained = try Program.run(
            ["train", "prices", "--spine", "spine.csv", "-o", "train.csv", "--time-column", "ts"], in: folder)
        #expect(trained.status == 0, "\(trained.error)")
        let bids = try text("train.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",").last }
        #expect(bids == ["10.0", "5.0"], "\(bids)")
        #expect(trained.error.contains("view quote: 3 times have nanoseconds"), "\(trained.error)")
        let filled = try Program.run(["materialize"], in: folder)
        #expect(filled.error.contains("view quote: 3 times have nanoseconds"), "\(filled.error)")
        for (symbol, bid) in [("A", "10.0"), ("B", "5.0")] {
            let got = try Program.run(["get", "prices", "--key", "symbol=\(symbol)"], in: folder)
            #expect(got.output.contains(" \(bid) "), "\(got.output)\(got.error)")
        }
        let compared = try Program.run(["compare", "prices"], in: folder)
        #expect(compared.status == 0, "\(compared.output)\(compared.error)")
    }
}
