// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// What SQL of definitions and contracts may read, from the command line.
@Suite struct ReadableFolderTests {
    private let repository: OneViewRepository
    private var folder: TemporaryFolder { repository.folder }
    private let outside: TemporaryFolder

    init() throws {
        repository = try OneViewRepository("readable", project: "shop")
        outside = try TemporaryFolder("shared")
        for place in [folder, outside] {
            try place.write("id,ts,amount\n1,2026-01-01T00:00:00Z,2.5\n", to: "sales.csv")
        }
        try folder.write("id,event_timestamp\n1,2026-02-01T00:00:00Z\n", to: "spine.csv")
    }

    private func define(_ query: String) throws {
        try repository.define(
            source: "sales", at: "query: \"\(query)\"", features: "{name: amount, type: float64}", service: "churn")
    }

    private func train(from place: TemporaryFolder) throws -> Program.Outcome {
        try Program.run(
            [
                "train", "churn", "--spine", folder.path + "/spine.csv", "-o", folder.path + "/set.csv", "-C",
                folder.path,
            ], in: place)
    }

    @Test func `a folder outside is read once tally yaml names it`() throws {
        try define("SELECT * FROM '\(outside.path)/sales.csv'")
        let refused = try Program.run(["check"], in: folder)
        #expect(refused.status == 1)
        for words in [
            "definitions/all.yaml:7:", "error[T0511]: the query of source 'sales' does not run: it may not read",
            "\(outside.path)/sales.csv", "`readable:`",
        ] {
            #expect(refused.output.contains(words), "\(refused.output)")
        }
        #expect(try Program.run(["apply"], in: folder).status == 1)
        try folder.write("project: shop\nreadable: [\(outside.path)]\n", to: "tally.yaml")
        for command in [["check"], ["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(command): \(outcome.output)\(outcome.error)")
        }
        #expect(try train(from: folder).status == 0)
        // What is no longer named is refused when it is read, too.
        try folder.write("project: shop\n", to: "tally.yaml")
        let later = try Program.run(["materialize", "--full"], in: folder)
        #expect(later.status == 1 && later.error.contains("may not read"), "\(later.error)")
    }

    @Test func `paths start at the repository, wherever the program is started`() throws {
        try define("SELECT * FROM read_csv('sales.csv')")
        #expect(try Program.run(["apply"], in: folder).status == 0)
        for place in [folder, outside] {
            let outcome = try train(from: place)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        // A file of the same name where the program is started is another file.
        try define("SELECT * FROM read_csv('more.csv')")
        try outside.write("id,ts,amount\n1,2026-01-01T00:00:00Z,2.5\n", to: "more.csv")
        let outcome = try Program.run(["check", "-C", folder.path], in: outside)
        #expect(outcome.status == 3 && outcome.output.contains("more.csv"), "\(outcome.output)\(outcome.error)")
    }

    @Test func `stores that are kept elsewhere are withheld like those in their place`() throws {
        try folder.write(
            "project: shop\nstores: {registry: \"sqlite:state/registry.db\", online: \"lmdb:state/online\"}\n",
            to: "tally.yaml")
        try define("SELECT 1 AS id, TIMESTAMPTZ '2026-01-01' AS ts, 1.5::DOUBLE AS amount")
        for command in ["apply", "materialize"] {
            let outcome = try Program.run([command], in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        for path in ["state/registry.db", "state/*", "state/online/data.mdb", ".tally/*/*/*"] {
            try define(
                "SELECT size AS id, TIMESTAMPTZ '2026-01-01' AS ts, 1.5::DOUBLE AS amount FROM read_blob('\(path)')"
            )
            let outcome = try Program.run(["check"], in: folder)
            #expect(outcome.status == 1 && outcome.output.contains("may not read"), "\(path): \(outcome.output)")
        }
    }

    @Test func `a rule in SQL of somebody else's contract reads the data that it is held against`() throws {
        func status(_ query: String) throws -> Program.Outcome {
            try folder.write(
                """
                apiVersion: v3.2.0
                kind: DataContract
                id: c
                version: 1.0.0
                status: active
                team: {name: t}
                schema:
                  - name: sales
                    properties: [{name: id, logicalType: integer}, {name: ts}, {name: amount, logicalType: number}]
                    quality: [{type: sql, query: "\(query)", mustBe: 1}]
                """, to: "c.odcs.yaml")
            return try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "sales.csv"], in: folder)
        }
        let kept = try status("SELECT count(*) FROM {object} WHERE amount = 2.5")
        #expect(kept.status == 0, "\(kept.output)\(kept.error)")
        for reach in ["'spine.csv'", "read_text('/etc/hostname')", "read_text('\(outside.path)/sales.csv')"] {
            let outcome = try status("SELECT count(*) FROM \(reach)")
            #expect(outcome.status != 0 && outcome.output.contains("may not read"), "\(outcome.output)\(outcome.error)")
        }
    }

    @Test func `names that look like places of a rule, or end a quote, are names`() throws {
        let column = "a\"\u{301}{object}"
        try folder.write("\"\(column.quoted(by: "\"").dropFirst().dropLast())\"\n5\n", to: "t.csv")
        try folder.write(
            """
            apiVersion: v3.2.0
            kind: DataContract
            id: c
            version: 1.0.0
            status: active
            team: {name: t}
            schema:
              - name: t
                properties:
                  - name: n
                    physicalName: '\(column)'
                    logicalType: integer
                    quality: [{type: sql, query: "SELECT max({property}) FROM ${object}", mustBe: 5}]
            """, to: "c.odcs.yaml")
        let outcome = try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "t.csv"], in: folder)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    }
}
