// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// A column that some files lack, or have no value of, is null there and told in one line.
@Suite struct GapTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("gaps")
        try folder.write("project: t\n", to: "tally.yaml")
        try folder.write("id,event_timestamp\n1,2024-06-01T00:00:00Z\n", to: "spine.csv")
    }

    private func define(_ path: String) throws {
        try folder.write(
            """
            kind: Entity
            name: e
            joinKeys: [{name: id, type: int64}]
            ---
            kind: Source
            name: src
            path: \(path)
            eventTime: ts
            contract: src.odcs.yaml
            ---
            kind: FeatureView
            name: v
            owner: me
            entities: [e]
            source: src
            features: [{name: rain, type: float64}, {name: cold, type: bool, expression: temp < 0.0}]
            ---
            kind: FeatureService
            name: s
            owner: me
            features: [v]
            """, to: "definitions/d.yaml")
        try folder.write(
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: src
            version: 1.0.0
            status: active
            team: {name: t}
            schema:
              - name: src
                customProperties: [{property: extraColumns, value: allow, vendor: tallystick}]
                properties: [{name: rain, logicalType: number}, {name: temp, logicalType: number}]
            """, to: "src.odcs.yaml")
    }

    /// The notes of each command that reads, which all end with 0.
    private func notes() throws -> [[String]] {
        _ = try Program.run(["apply"], in: folder)
        return try [
            ["check"], ["check"], ["train", "s", "--spine", "spine.csv", "-o", "out.csv"], ["materialize"], ["verify"],
        ].map { arguments in
            let result = try Program.run(arguments, in: folder)
            #expect(result.status == 0, "\(arguments): \(result.output)\(result.error)")
            return result.error.split(separator: "\n").map(String.init).filter {
                $0.hasPrefix("note: source src: column")
            }
        }
    }

    @Test func `each command tells once of a column that files of text lack`() throws {
        try define("data/*.csv")
        let at = "2024-01-01T10:00:00Z"
        try folder.write("id,ts,rain,temp,other\n1,\(at),1.5,-1,x\n", to: "data/a.csv")
        for name in ["b", "c", "d", "e"] { try folder.write("ts,temp,id\n\(at),1,1\n", to: "data/\(name).csv") }
        try folder.write("", to: "data/empty.csv")
        let expected =
            "note: source src: column rain is missing in 4 of 5 files (data/b.csv, data/c.csv, data/d.csv and 1 more): "
            + "null there"
        for notes in try notes() { #expect(notes == [expected]) }
        let manifest = try #require(try folder.read("out.csv.manifest.json"))
        #expect(manifest.contains("column rain is missing in 4 of 5 files"))
        let json = try JSON(parsing: Program.run(["check", "--format", "json"], in: folder).output)
        #expect(json["notes"]?.arrayValue?.count == 1)
    }

    @Test func `commands that look into JSON lines tell once of a member that whole files lack`() throws {
        try define("data/*.jsonl")
        try folder.write("{\"id\":1,\"ts\":\"2024-01-01T10:00:00Z\",\"temp\":1}\n", to: "data/a.jsonl")
        try folder.write(
            "{\"id\":1,\"ts\":\"2024-01-02T10:00:00Z\",\"temp\":1}\n{\"id\":1,\"rain\":1,\"ts\":\"2024-01-02T11:00:00Z\"}\n",
            to: "data/b.jsonl")
        let note = "note: source src: column rain is missing in 1 of 2 files (data/a.jsonl): null there"
        // Training and filling read the lines once, for their values.
        #expect(try notes() == [[note], [note], [], [], [note]])
    }

    @Test func `each command tells of Parquet files without the column or without a value in it`() async throws {
        try define("data/*.parquet")
        try folder.write("", to: "data/x")
        let engine = try StandaloneEngine.open(root: folder.path)
        func put(_ name: String, _ columns: String) async throws {
            try await engine.writeQuery(
                "SELECT 1::BIGINT AS id, TIMESTAMPTZ '2024-01-01 10:00:00Z' AS ts, \(columns)",
                to: "\(folder.path)/data/\(name).parquet")
        }
        try await put("a", "1.5::DOUBLE AS rain, 1::DOUBLE AS temp")
        try await put("b", "2::DOUBLE AS temp")
        try await put("c", "NULL::DOUBLE AS rain, 2::DOUBLE AS temp")
        // A file without rows has nothing to lack.
        try await put("d", "2::DOUBLE AS temp WHERE false")
        for notes in try notes() {
            #expect(
                notes == [
                    "note: source src: column rain is missing in 1 of 3 files (data/b.parquet) and has no value in 1 of 3 "
                        + "files (data/c.parquet): null there"
                ])
        }
    }

    @Test func `files that have every column, and columns that nobody reads, are told nothing of`() throws {
        try define("data/*.csv")
        try folder.write("id,ts,rain,temp,other\n1,2024-01-01T10:00:00Z,1.5,-1,x\n", to: "data/a.csv")
        try folder.write("id,ts,temp,rain\n1,2024-01-01T10:00:00Z,1.5,-1\n", to: "data/b.csv")
        for notes in try notes() { #expect(notes.isEmpty) }
    }

    @Test func `check tells of a column of text without any value`() throws {
        try define("data/*.csv")
        try folder.write("id,ts,rain,temp\n1,2024-01-01T10:00:00Z,,-1\n", to: "data/a.csv")
        let said = try Program.run(["check"], in: folder)
        #expect(said.error.contains("column rain has no value in any file: null everywhere"), "\(said.error)")
        #expect(try Program.run(["check"], in: folder).error == said.error, "what is remembered tells the same")
    }
}
