// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// A source whose days and regions are folders, from its check to its answers.
@Suite struct PartitionedSourceTests {
    @Test(arguments: [Source.FileFormat.csv, .json, .parquet])
    func `folders are event time and feature, and rows keep theirs when they are set aside and let in`(
        _ format: Source.FileFormat
    ) async throws {
        let ending = format == .json ? "jsonl" : format.rawValue
        let folder = try TemporaryFolder("partitions")
        try folder.write("project: payments\n", to: "tally.yaml")
        try folder.write(Self.definitions.replacing("ENDING", with: ending), to: "definitions/all.yaml")
        try folder.write(Self.contract, to: "contracts/payments.odcs.yaml")
        // The same bytes in two folders are other rows.
        for path in ["data/day=2026-01-01/region=north", "data/day=2026-01-02/region=0%31"] {
            switch format {
            case .csv: try folder.write("customer,amount\na,1\nb,-3\n", to: path + "/p.csv")
            case .json:
                try folder.write(
                    "{\"customer\":\"a\",\"amount\":1}\n{\"customer\":\"b\",\"amount\":-3}\n", to: path + "/p.jsonl")
            case .parquet:
                try folder.write("", to: path + "/.keep")
                try await DuckDBEngine(root: folder.path).writeQuery(
                    "SELECT * FROM (VALUES ('a', 1.0::DOUBLE), ('b', -3.0::DOUBLE)) AS t(customer, amount)",
                    to: path + "/p.parquet")
            }
        }
        try expect(folder, "check")
        try expect(folder, "apply")
        let filled = try expect(folder, "materialize")
        #expect(filled.error.contains("2 of 4 rows were set aside"), "\(filled.error)")
        #expect(try served(folder, "b").contains("notFound"))
        #expect(try served(folder, "a").contains("01"))
        try expect(folder, "compare", "scoring")
        try expect(folder, "quarantine", "replay", "payments", "--accept")
        try expect(folder, "materialize", "--full")
        let served = try served(folder, "b")
        #expect(served.contains("-3.0") && served.contains("01"), "\(served)")
        try expect(folder, "compare", "scoring")
        try folder.write(
            "customer,event_timestamp\na,2026-01-01T23:59:59Z\na,2026-01-02T00:00:00Z\na,2026-01-03T00:00:00Z\n",
            to: "spine.csv")
        try expect(folder, "train", "scoring", "--spine", "spine.csv", "-o", "set.csv")
        let rows = try #require(try folder.read("set.csv")).split(separator: "\n").dropFirst()
        #expect(rows.map { $0.split(separator: ",", omittingEmptySubsequences: false)[3] } == ["", "north", "01"])
    }

    @Test(arguments: [Source.FileFormat.csv, .parquet])
    func `folders in a form of their own are read in it, also where a late file is weighed`(
        _ format: Source.FileFormat
    ) async throws {
        let folder = try TemporaryFolder("partitions")
        func put(_ amount: Int, in path: String) async throws {
            if format == .csv {
                try folder.write("customer,amount\na,\(amount)\n", to: path + "/p.csv")
            } else {
                try folder.write("", to: path + "/.keep")
                try await DuckDBEngine(root: folder.path).writeQuery(
                    "SELECT 'a' AS customer, \(amount)::DOUBLE AS amount", to: path + "/p.parquet")
            }
        }
        try folder.write("project: payments\n", to: "tally.yaml")
        let columns = "[{name: customer, type: string}, {name: amount, type: float64}, {name: day, type: date}]"
        try folder.write(
            Payments.definitions
                .replacing(
                    "path: data/*.csv",
                    with: "path: data/**/*.\(format.rawValue)\npartitions: hive\ntimeFormat: yyyyMMdd"
                )
                .replacing("eventTime: paid_at", with: "eventTime: day")
                .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("contract:") }
                .map { $0.hasPrefix("columns:") ? "columns: \(columns)" : String($0) }.joined(separator: "\n"),
            to: "definitions/all.yaml")
        try await put(1, in: "data/day=20260101")
        try folder.write("customer,event_timestamp\na,2026-01-02T00:00:00Z\na,2026-01-03T00:00:00Z\n", to: "spine.csv")
        try expect(folder, "apply")
        let train = ["train", "scoring", "--spine", "spine.csv", "-o", "set.csv"]
        #expect(try Program.run(train, in: folder).status == 0)
        try await put(2, in: "data/day=20260102")
        let late = try Program.run(train + ["--accept-rewritten"], in: folder)
        #expect(late.status == 0 && late.error.contains("data/day=20260102/p."), "\(late.status) \(late.error)")
        try await put(3, in: "data/day=someday")
        let checked = try Program.run(["check"], in: folder)
        let told = checked.output + checked.error
        #expect(checked.status != 0 && told.contains("data/day=someday/p."), "\(checked.status) \(told)")
    }

    /// Expects that a command ends well, and gives its outcome.
    @discardableResult
    private func expect(_ folder: TemporaryFolder, _ arguments: String...) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == 0, "\(arguments): \(outcome.output)\(outcome.error)")
        return outcome
    }

    private func served(_ folder: TemporaryFolder, _ customer: String) throws -> String {
        try Program.run(["get", "scoring", "--key", "customer=\(customer)"], in: folder).output
    }

    private static let definitions = Payments.definitions
        .replacing("path: data/*.csv", with: "path: data/**/*.ENDING\npartitions: hive")
        .replacing("eventTime: paid_at", with: "eventTime: day")
        .replacing("features: [{name: amount, type: float64}]", with: features)
        .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("columns:") }
        .joined(separator: "\n")

    private static let features = "features: [{name: amount, type: float64}, {name: region, type: string}]"

    private static let contract = Payments.contract
        .replacing("{name: paid_at, logicalType: timestamp}", with: "{name: day, logicalType: date}")
        .replacing("[customer, paid_at]", with: "[customer, day]")
        .replacing("    quality:", with: "      - {name: region, logicalType: string, required: true}\n    quality:")
}
