// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Faults planted in the feed of the flights example, each caught by its contract, and what is done about each (SEMANTICS 11.2).
///
/// A good month is filled first; then a faulty file arrives. `verify` has to find the fault, `materialize` has to act, and
/// readers have to see what they saw before whenever the file is stopped.
@Suite struct PlantedFaultTests {
    /// A fault: how the second month's rows are spoilt, the promise that is broken, and what is done about it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let query: String
        let promise: String
        var isSetAside = false
        var testDescription: String { name }
    }

    static let faults: [Fault] = [
        Fault(
            name: "nulls", query: replacing("CASE WHEN n = 7 THEN NULL ELSE origin END AS origin"),
            promise: "weather.origin.required"),
        Fault(
            name: "another unit", query: replacing("(wind_speed * 447.04::DOUBLE + 200)::DOUBLE AS wind_speed"),
            promise: "weather.wind_speed.range"),
        Fault(
            name: "a repeated key",
            query: "SELECT * EXCLUDE (n) FROM month UNION ALL SELECT * EXCLUDE (n) FROM month WHERE n = 7",
            promise: "one_row_an_hour"),
        Fault(
            name: "a time in the future",
            query: replacing(
                "CASE WHEN n = 7 THEN '2099-01-01 00:00:00+00'::TIMESTAMPTZ ELSE observed_at END AS observed_at"),
            promise: "weather.notInFuture"),
        Fault(
            name: "a new category", query: replacing("CASE WHEN n = 7 THEN 'BOS' ELSE origin END AS origin"),
            promise: "weather.origin.enum"),
        Fault(
            name: "swapped columns", query: replacing("pressure AS humid, humid AS pressure"),
            promise: "weather.humid.range"),
        Fault(
            name: "NaN", query: replacing("CASE WHEN n = 7 THEN 'NaN'::DOUBLE ELSE dewp END AS dewp"),
            promise: "weather.dewp.finite"),
        Fault(
            name: "a broken gauge",
            query: replacing("CASE WHEN n = 7 THEN 1048.36::DOUBLE ELSE wind_speed END AS wind_speed"),
            promise: "weather.wind_speed.range", isSetAside: true),
    ]

    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder("faults")
        let example =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/") + "/Examples/flights"
        let contract = try #require(try AtomicFile.read(example + "/contracts/weather.odcs.yaml"))
        try folder.write(String(decoding: contract, as: UTF8.self), to: "contracts/weather.odcs.yaml")
        try folder.write("project: faults\n", to: "tally.yaml")
        try folder.write(Self.definitions, to: "definitions/all.yaml")
        try folder.write("", to: "data/empty.txt")
        let engine = try StandaloneEngine.open(root: folder.path)
        try await engine.writeQuery(
            Self.month("2013-01-01") + " SELECT * EXCLUDE (n) FROM month", to: "data/2013-01.parquet")
    }

    @Test(arguments: faults)
    func `a fault is caught where it enters, and what is done about it is told`(_ fault: Fault) async throws {
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let first = try Program.run(["materialize"], in: folder)
        #expect(first.status == 0, "\(first.error)")
        let engine = try StandaloneEngine.open(root: folder.path)
        try await engine.writeQuery(Self.month("2013-02-01") + " " + fault.query, to: "data/2013-02.parquet")

        let verified = try Program.run(
            ["verify", "weather", "--now", "2013-03-01T00:00:00Z", "--format", "json"], in: folder)
        #expect(verified.status == 1, "\(verified.error)")
        let findings = try #require(
            try JSON(parsing: verified.output)["tables"]?.arrayValue?.first?["findings"]?.arrayValue)
        let broken = findings.filter { $0["verdict"]?.stringValue == "broken" }.compactMap { $0["id"]?.stringValue }
        #expect(broken.contains(fault.promise), "\(broken)")
        let covered = findings.allSatisfy { $0["executed"]?.boolValue == true }
        #expect(covered, "every promise is executed")

        let filled = try Program.run(["materialize"], in: folder)
        let listed = try Program.run(["quarantine", "list", "--format", "json"], in: folder).output
        let entries = try #require(try JSON(parsing: listed)["entries"]?.arrayValue)
        guard !fault.isSetAside else {
            #expect(filled.status == 0 && filled.error.contains("1 of 2016 rows were set aside"), "\(filled.error)")
            #expect(entries.first?["waiting"]?.intValue == 1)
            #expect(filled.output.contains("2,015"), "all other rows were read: \(filled.output)")
            return
        }
        #expect(filled.status == 1 && filled.error.contains("error[E-broken-promise]"), "\(filled.error)")
        #expect(filled.error.contains(fault.promise) || broken.contains { filled.error.contains($0) })
        #expect(filled.error.contains("nothing of the new files is visible"))
        #expect(entries.isEmpty, "nothing is half set aside")
        let vector = try Program.run(
            ["get", "model", "--key", "origin=JFK"], in: folder)
        #expect(vector.status == 0 && vector.output.contains("2013-01-28T"), "\(vector.output)\(vector.error)")
    }

    @Test func `a stale feed, a wrong type and a truncated file are told before any row is read`() async throws {
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let stale = try Program.run(["verify", "weather", "--now", "2013-03-01T00:00:00Z"], in: folder)
        #expect(stale.status == 1 && stale.output.contains("weather.frequency"), "\(stale.output)")
        let engine = try StandaloneEngine.open(root: folder.path)
        let wrong = Self.month("2013-02-01") + " " + Self.replacing("temp::VARCHAR AS temp")
        try await engine.writeQuery(wrong, to: "data/2013-02.parquet")
        let typed = try Program.run(["materialize"], in: folder)
        #expect(typed.status == 1 && typed.error.contains("2013-02.parquet: column temp is VARCHAR"), "\(typed.error)")
        let bytes = try #require(try AtomicFile.read(folder.path + "/data/2013-01.parquet"))
        try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: folder.path + "/data/2013-02.parquet")
        let cut = try Program.run(["verify", "weather"], in: folder)
        #expect(cut.status == 4 && cut.error.contains("the file is cut off or is no Parquet file"), "\(cut.error)")
        let stopped = try Program.run(["materialize"], in: folder)
        #expect(stopped.status == 4, "\(stopped.error)")
        #expect(try Program.run(["check"], in: folder).status == 4)
    }

    @Test func `rows that were set aside come back under a promise that lets them in, and are known from then on`()
        async throws
    {
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let engine = try StandaloneEngine.open(root: folder.path)
        let gauge = try #require(Self.faults.last).query
        try await engine.writeQuery(Self.month("2013-02-01") + " " + gauge, to: "data/2013-02.parquet")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        let unchanged = try Program.run(["quarantine", "replay", "weather", "--format", "json"], in: folder)
        #expect(
            unchanged.status == 0 && unchanged.output.contains("\"waiting\": 1"),
            "\(unchanged.output)\(unchanged.error)")
        let accepted = try Program.run(["quarantine", "replay", "weather", "--accept", "--format", "json"], in: folder)
        #expect(accepted.output.contains("\"waiting\": 0") && accepted.output.contains("\"replayed\": 1"))
        let again = try Program.run(["materialize"], in: folder)
        #expect(again.status == 0 && again.output.contains("incremental"), "\(again.output)\(again.error)")
        let compared = try Program.run(["compare", "model", "--sample", "200"], in: folder)
        #expect(compared.status == 0, "\(compared.output)\(compared.error)")
        let discarded = try Program.run(["quarantine", "discard", "weather", "--yes"], in: folder)
        #expect(discarded.status == 0)
    }

    private static func replacing(_ expressions: String) -> String {
        "SELECT * EXCLUDE (n) REPLACE (\(expressions)) FROM month"
    }

    /// Four weeks of hourly weather at three airports, as a table `month` with a row number `n`.
    private static func month(_ start: String) -> String {
        """
        WITH month AS (SELECT row_number() OVER () AS n, origin, '\(start) 00:00:00+00'::TIMESTAMPTZ + to_hours(h::INTEGER) AS observed_at,
        (40 + h % 24)::DOUBLE AS temp, (30 + h % 7)::DOUBLE AS dewp, (50 + h % 40)::DOUBLE AS humid, (10 * (h % 36))::DOUBLE AS wind_dir,
        (h % 20)::DOUBLE AS wind_speed, 0.0::DOUBLE AS precip, (1000 + h % 30)::DOUBLE AS pressure, 10.0::DOUBLE AS visib
        FROM range(28 * 24) AS r(h), (VALUES ('EWR'), ('JFK'), ('LGA')) AS a(origin))
        """
    }

    private static let definitions = """
        kind: Entity
        name: airport
        owner: tests
        joinKeys: [{name: origin, type: string}]
        ---
        kind: Source
        name: weather
        owner: tests
        path: data/*.parquet
        eventTime: observed_at
        knownAfter: 20m
        contract: contracts/weather.odcs.yaml
        ---
        kind: FeatureView
        name: origin_weather
        owner: tests
        entities: [airport]
        source: weather
        features:
          - {name: temp, type: float64}
          - {name: wind_speed, type: float64}
        ---
        kind: FeatureService
        name: model
        owner: tests
        features: [origin_weather]

        """
}
