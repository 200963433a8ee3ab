// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Files of many columns, of which few are read: the work grows as they do, and not with the square of it.
///
/// Processor time is compared, as in `ManyViewsTests`.
@Suite(.serialized) struct ManyColumnsTests {
    private static let most = 2.8
    private func seconds(_ command: [String], _ status: Int32, in folder: TemporaryFolder) throws -> Double {
        let (outcome, seconds) = try Program.time(command, in: folder)
        #expect(outcome.status == status, "\(command): \(outcome.error.prefix(1_000))")
        return seconds
    }

    private func repository(_ ending: String, _ more: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder("wide")
        try folder.write("project: wide\n", to: "tally.yaml")
        let definitions = Self.definitions.replacing("FILES", with: "data/*.\(ending)\(more)")
        try folder.write(definitions, to: "definitions/all.yaml")
        try folder.write("k,event_timestamp\n1,2026-02-01T00:00:00Z\n", to: "spine.csv")
        return folder
    }

    private static let commands = [
        ["check"], ["apply"], ["materialize"], ["train", "some", "--spine", "spine.csv", "-o", "set.csv"],
    ]

    @Test(arguments: [("csv", 20_000), ("jsonl", 20_000), ("parquet", 5_000)])
    func `commands over a file take time in proportion to its columns`(ending: String, count: Int) async throws {
        try await expectInOneOfThreeRounds {
            var all: [[Double]] = []
            for size in [count, 2 * count] {
                let folder = try repository(ending)
                try await Self.write(size, ending, to: folder)
                all.append(try Self.commands.map { try seconds($0, 0, in: folder) })
            }
            return zip(Self.commands, zip(all[0], all[1])).filter { $1.1 > $1.0 * Self.most + 0.3 }
                .map { "\($0): \($1.0) s, \($1.1) s for twice the columns" }
        }
    }

    /// Expects nothing too slow in one of three rounds: what else a machine does counts for a process now and then, and the
    /// square of the columns in each.
    private func expectInOneOfThreeRounds(_ round: () async throws -> [String]) async throws {
        var excesses: [String] = []
        for _ in 0..<3 {
            excesses = try await round()
            if excesses.isEmpty { return }
        }
        Issue.record("\(excesses)")
    }

    @Test func `so do promises about a file, whose rows are copied with all columns`() async throws {
        try await expectInOneOfThreeRounds {
            var excesses: [String] = []
            for ending in ["csv", "jsonl"] {
                var all: [Double] = []
                for size in [4_000, 8_000] {
                    let folder = try repository(ending, "\ncontract: contracts/rows.odcs.yaml")
                    try folder.write(Self.contract, to: "contracts/rows.odcs.yaml")
                    try await Self.write(size, ending, to: folder)
                    _ = try seconds(["apply"], 0, in: folder)
                    all.append(try seconds(["materialize"], 0, in: folder))
                }
                if all[1] > all[0] * Self.most + 0.5 { excesses.append("\(ending): \(all)") }
            }
            return excesses
        }
    }

    @Test func `so do an explanation of how text is read, and a proposal of a contract`() async throws {
        let commands = [["check", "--explain-reading", "rows"], ["contract", "import", "data/0.csv", "-o", "c.yaml"]]
        try await expectInOneOfThreeRounds {
            var all: [[Double]] = []
            for size in [600, 1_200] {
                let folder = try repository("csv")
                try await Self.write(size, "csv", to: folder)
                all.append(try commands.map { try seconds($0, 0, in: folder) })
            }
            return zip(commands, zip(all[0], all[1])).filter { $1.1 > $1.0 * Self.most + 0.3 }
                .map { "\($0): \($1.0) s, \($1.1) s for twice the columns" }
        }
    }

    @Test func `lines that are no rows cost as much as they are long, however many columns there are`() async throws {
        let folder = try repository("csv")
        var text = "k,t,a" + (0..<20_000).map { ",c\($0)" }.joined() + "\n"
        text += String(repeating: "x\n", count: 20_000)
        try folder.write(text, to: "data/0.csv")
        // A null for each of them in each column takes half a minute.
        #expect(try seconds(["check"], 1, in: folder) < 8)
    }

    private static func write(_ count: Int, _ ending: String, to folder: TemporaryFolder) async throws {
        let names = (0..<count).map { "c\($0)" }
        switch ending {
        case "csv":
            let commas = String(repeating: ",", count: count)
            try folder.write(
                "k,t,a,\(names.joined(separator: ","))\n1,2026-01-01T01:02:03Z,7\(commas)\n", to: "data/0.csv")
        case "jsonl":
            let members = names.map { "\"\($0)\":1" }.joined(separator: ",")
            try folder.write("{\"k\":1,\"t\":\"2026-01-01T01:02:03Z\",\"a\":7,\(members)}\n", to: "data/0.jsonl")
        default:
            try folder.write("", to: "data/.keep")
            let time = Column(type: .timestamp, values: [.timestamp(Timestamp(microseconds: 1_767_229_323_000_000))])
            let one = Column(type: .int64, values: [.int64(1)])
            let batch = Batch([("k", one), ("t", time), ("a", one)] + names.map { ($0, one) })
            let request = WriteRequest(
                path: "data/0.parquet", format: .parquet, columns: batch.schema.map { WriteRequest.Column(schema: $0) })
            try await DuckDBEngine(root: folder.path).write(request) { (sink) async throws(TallyError) in
                try await sink.send(batch)
                return [:]
            }
        }
    }

    private static let definitions = """
        kind: Entity
        name: item
        owner: tests
        joinKeys: [{name: k, type: int64}]
        ---
        kind: Source
        name: rows
        owner: tests
        path: FILES
        eventTime: t
        ---
        kind: FeatureView
        name: view
        owner: tests
        entities: [item]
        source: rows
        features: [{name: a, type: int64}]
        ---
        kind: FeatureService
        name: some
        owner: tests
        features: [view]

        """

    private static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: rows
        version: 1.0.0
        status: active
        schema:
          - name: rows
            logicalType: object
            customProperties:
              - {property: extraColumns, value: allow, vendor: tallystick}
            properties:
              - {name: k, logicalType: integer, required: true}
              - {name: a, logicalType: integer, customProperties: [{property: onViolation, value: quarantine, vendor: tallystick}]}

        """
}
