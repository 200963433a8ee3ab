// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Files as they really are, through the whole program: every command reads them alike (`docs/reading.md`).
@Suite struct ReadingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("reading")
        try folder.write("project: t\n", to: "tally.yaml")
        try define()
        try folder.write(
            "id,event_timestamp,note\n1,2024-06-01T00:00:00Z,1.10\n2,2024-06-01T00:00:00Z,00501\n", to: "spine.csv")
    }

    private func define(source: String = "", feature: String = "{name: x, type: float64}", path: String = "data/*.csv")
        throws
    {
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
            \(source)
            ---
            kind: FeatureView
            name: v
            owner: me
            entities: [e]
            source: src
            features: [\(feature)]
            ---
            kind: FeatureService
            name: s
            owner: me
            features: [v]
            """, to: "definitions/d.yaml")
    }

    private func trained(_ more: [String] = []) throws -> (status: Int32, error: String, text: String) {
        _ = try Program.run(["apply"], in: folder)
        let result = try Program.run(["train", "s", "--spine", "spine.csv", "-o", "out.csv"] + more, in: folder)
        let text = try AtomicFile.read(folder.path + "/out.csv").map { String(decoding: $0, as: UTF8.self) }
        return (result.status, result.error, text ?? "")
    }

    @Test(arguments: [
        ("1,nope,1.5", "2: column ts: the value is no timestamp", ""),
        ("1,02/03/2024,1.5", "2: column ts: the value is no timestamp", "day and month of ts are not guessed"),
        ("1,2024-01-05T10:00:00Z,NA", "2: column x: the value is no float64", "declare nulls: [NA]"),
        ("1.0,2024-01-05T10:00:00Z,1", "2: column id: the value is no int64", ""),
        ("1,2024-01-05T10:00:00Z,1,2", "2: the line has 4 fields, and the header has 3", ""),
    ])
    func `what cannot be read is an error with its place in every command`(
        _ row: String, _ place: String, _ help: String
    ) throws {
        try folder.write("id,ts,x\n1,2024-01-05T10:00:00Z,1.5\n", to: "data/1.csv")
        #expect(try trained().status == 0)
        try folder.write("id,ts,x\n\(row)\n", to: "data/2.csv")
        for command in [["check"], ["train", "s", "--spine", "spine.csv", "-o", "new.csv"], ["materialize"]] {
            let result = try Program.run(command, in: folder)
            let text = result.output + result.error
            #expect(
                result.status == 1 && text.contains("data/2.csv:" + place) && text.contains(help), "\(command): \(text)"
            )
        }
        #expect(try AtomicFile.read(folder.path + "/new.csv") == nil, "nothing is half written")
    }

    @Test func `a ragged file stops who reads its source, and nobody else`() throws {
        try folder.write("id,ts,x\n1,2024-01-05T10:00:00Z,1.5\n", to: "data/a.csv")
        try folder.write("id,ts,y\n1,2024-01-05T10:00:00Z,1.5\n", to: "other/a.csv")
        let definitions = try #require(try folder.read("definitions/d.yaml"))
        let more = """

            ---
            {kind: Source, name: other, path: other/*.csv, eventTime: ts}
            ---
            {kind: FeatureView, name: w, owner: me, entities: [e], source: other, features: [{name: y, type: float64}]}
            ---
            {kind: FeatureService, name: u, owner: me, features: [w]}
            """
        try folder.write(definitions + more, to: "definitions/d.yaml")
        #expect(try trained().status == 0)
        try folder.write("id,ts,y\n1,2024-01-05T10:00:00Z\n", to: "other/b.csv")
        #expect(try trained(["--force"]).status == 0)
        let reader = try Program.run(["train", "u", "--spine", "spine.csv", "-o", "u.csv"], in: folder)
        #expect(reader.status == 1 && reader.error.contains("other/b.csv:2: the line has 2 fields"), "\(reader.error)")
        #expect(try Program.run(["materialize", "v"], in: folder).status == 0)
        let check = try Program.run(["check"], in: folder)
        #expect(check.status == 1 && (check.output + check.error).contains("other/b.csv:2"), "\(check.output)")
    }

    @Test func `declared words, marks and patterns are read`() throws {
        try define(
            source: "nulls: [NA]\ndecimal: \",\"\ndelimiter: \";\"\ntimeFormat: dd/MM/yyyy HH:mm\nencoding: latin-1")
        try folder.write("id;ts;x\n1;03/05/2024 10:00;1,5\n2;03/05/2024 10:00;NA\n", to: "data/1.csv")
        let made = try trained()
        #expect(made.status == 0, "\(made.error)")
        #expect(
            made.text == "id,event_timestamp,note,x\n1,2024-06-01T00:00:00Z,1.10,1.5\n2,2024-06-01T00:00:00Z,00501,\n")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try Program.run(["get", "s", "--key", "id=1"], in: folder).output.contains("2024-05-03T10:00:00Z"))
    }

    @Test func `a spine has its own words and patterns`() throws {
        try folder.write("id,ts,x\n1,2024-01-05T10:00:00Z,1.5\n", to: "data/1.csv")
        try folder.write("id,event_timestamp\n1,01/06/2024\n", to: "spine.csv")
        let refused = try trained()
        #expect(
            refused.status == 1 && refused.error.contains("spine.csv:2: column event_timestamp"), "\(refused.error)")
        let made = try trained(["--spine-time-format", "dd/MM/yyyy"])
        #expect(made.text == "id,event_timestamp,x\n1,2024-06-01T00:00:00Z,1.5\n", "\(made.error)")
        #expect(try trained(["--spine-time-format", "dd/MM"]).status == 2)
    }

    @Test func `a day in text is known when it is over, and an instant at once`() throws {
        try folder.write("id,ts,x\n1,2024-06-01,1.5\n2,2024-06-01T00:00:00Z,2.5\n", to: "data/1.csv")
        let made = try trained()
        #expect(made.text.contains("\n1,2024-06-01T00:00:00Z,1.10,\n") && made.text.hasSuffix(",2.5\n"), "\(made.text)")
        try folder.write("id,event_timestamp,note\n1,2024-06-02T00:00:00Z,a\n", to: "spine.csv")
        let later = try trained()
        #expect(later.text.hasSuffix(",1.5\n"), "\(later.text)")
        #expect(later.error.contains("1 times are days without a time of day"), "\(later.error)")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(
            try Program.run(["compare", "s", "--at", "2024-06-03T00:00:00Z"], in: folder).output.contains("0 differ"))
    }

    @Test func `types do not follow from today's values`() throws {
        try define(feature: "{name: x, type: float64, expression: \"cast(x as float64)\"}, {name: n, type: string}")
        try folder.write("id,ts,x,n\n1,2024-01-05T10:00:00Z,1,007\n", to: "data/1.csv")
        #expect(try trained().text.contains("1.10,1.0,007"))
        try folder.write("n,x,ts,id,other\n1.10,2.5,2024-01-05T10:00:00Z,2,?\n", to: "data/2.csv")
        let made = try Program.run(
            ["train", "s", "--spine", "spine.csv", "-o", "out.csv", "--accept-rewritten"], in: folder)
        #expect(made.status == 0, "the fingerprint stays: \(made.error)")
    }

    @Test func `rows whose text is no value are set aside where a contract says so`() throws {
        try define(source: "contract: c.odcs.yaml")
        try folder.write(
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: c
            version: 1.0.0
            status: active
            schema:
              - name: src
                logicalType: object
                properties:
                  - {name: id, logicalType: integer}
                  - {name: ts, logicalType: timestamp}
                  - name: x
                    logicalType: number
                    customProperties:
                      - {property: onViolation, value: {action: quarantine, upTo: "60%"}, vendor: tallystick}
            """, to: "c.odcs.yaml")
        try folder.write("id,ts,x\n1,2024-01-05T10:00:00Z,1.5\n2,2024-01-05T10:00:00Z,oops\n", to: "data/1.csv")
        let verified = try Program.run(["verify", "src"], in: folder)
        #expect(
            verified.status == 1 && verified.output.contains("1 of 2 values cannot be read as float64"),
            "\(verified.output)")
        let made = try trained()
        #expect(made.error.contains("1 of 2 rows were set aside"), "\(made.error)")
        #expect(made.text.contains("1.10,1.5\n") && made.text.hasSuffix("00501,\n"), "\(made.text)")
    }

    @Test func `how a source is read is explained`() throws {
        try folder.write("id,ts,x,free\n1,2024-01-05T10:00:00Z,,a\n2,2024-01-05T10:00:00Z,oops,b\n", to: "data/1.csv")
        let told = try Program.run(["check", "--explain-reading", "src"], in: folder)
        #expect(told.status == 1 && told.output.contains("data/1.csv:3: column x"), "\(told.output)\(told.error)")
        #expect(told.output.contains("free    -          string"), "\(told.output)")
        #expect(try Program.run(["check", "--explain-reading", "nothing"], in: folder).status == 2)
    }
}
