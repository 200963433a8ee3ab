// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Names are their bytes: two that look the same are two, files with their own rows and verdicts, and columns and values too.
@Suite struct TwinNameTests {
    @Test func `rows of twins by name are let in and set aside each for itself`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1", "bad,2026-01-01T10:00:00Z,-1"], at: "data/\u{E9}.csv")
        try payments.put(["b,2026-01-01T10:00:00Z,2", "worse,2026-01-01T10:00:00Z,-2"], at: "data/e\u{301}.csv")
        try payments.expect("materialize")
        for (customer, answer) in [("a", "1.0"), ("bad", "notFound"), ("b", "2.0"), ("worse", "notFound")] {
            #expect(try payments.served(customer).contains(answer), "\(customer)")
        }
        try payments.put(["a,2026-01-02T10:00:00Z,7"], at: "data/\u{E9}.csv")
        try payments.expect("materialize")
        #expect(try payments.served("a").contains("7.0"))
        #expect(try payments.served("b").contains("2.0"))
    }

    @Test func `columns of a spine keep their names, whatever their case`() throws {
        let payments = try Payments()
        try payments.put(["a,2026-01-01T10:00:00Z,1"], at: "data/a.csv")
        try payments.expect("apply")
        try payments.folder.write(
            "customer,CUSTOMER,event_timestamp,Customer\na,1.10,2026-01-02T00:00:00Z,007\n", to: "spine.csv")
        for output in ["set.csv", "set.parquet"] {
            let trained = try payments.expect("train", "scoring", "--spine", "spine.csv", "-o", output)
            #expect(!trained.error.contains("letter case"), "\(trained.error)")
        }
        let text = try #require(try payments.folder.read("set.csv"))
        #expect(text.hasPrefix("customer,CUSTOMER,event_timestamp,Customer,"), "\(text)")
        #expect(text.contains("a,1.10,2026-01-02T00:00:00Z,007,"), "\(text)")
    }

    @Test func `a label goes beside a column of the spine that looks the same`() throws {
        let repository = try OneViewRepository("twins")
        let folder = repository.folder
        let (one, two) = ("\u{E9}", "e\u{301}")
        try repository.define(
            source: "readings", at: "path: data/readings.csv", features: "{name: level, type: float64}",
            service: "model",
            more: """
                label: {source: outcomes, column: "\(one)", keys: [id], maturity: 1d}
                ---
                kind: Source
                name: outcomes
                path: data/outcomes.csv
                eventTime: ts
                """)
        try folder.write("id,ts,level\n1,2024-01-01T00:10:00Z,5\n", to: "data/readings.csv")
        try folder.write("id,ts,\(one)\n1,2024-01-03T00:10:00Z,7\n", to: "data/outcomes.csv")
        func train(_ column: String) throws -> Program.Outcome {
            try folder.write("id,event_timestamp,\(column)\n1,2024-01-02T00:00:00Z,q\n", to: "spine.csv")
            return try Program.run(["train", "model", "--spine", "spine.csv", "-o", "set.csv", "--force"], in: folder)
        }
        #expect(try Program.run(["apply"], in: folder).status == 0)
        let trained = try train(two)
        #expect(trained.status == 0, "\(trained.error)")
        let text = try #require(try folder.read("set.csv"))
        let wanted = "id,event_timestamp,\(two),level,\(one)\n1,2024-01-02T00:00:00Z,q,5.0,7\n"
        #expect(text.utf8.elementsEqual(wanted.utf8), "\(text)")
        #expect(try train(one).error.contains("is already a column of the spine"))
    }

    @Test func `a file that goes to its twin's name is a new file`() {
        let digest = Fingerprint(of: "x".utf8)
        func file(_ path: String) -> SourceSnapshot.File {
            SourceSnapshot.File(path: path, size: 1, digest: digest, firstSeen: nil, stamp: "")
        }
        #expect(file("\u{E9}") != file("e\u{301}") && file("\u{E9}") == file("\u{E9}"))
        #expect(ExactPath("\u{E9}") != ExactPath("e\u{301}"))
    }

    @Test func `columns that look the same are judged each as the type that it is promised to be`() throws {
        let folder = try TemporaryFolder("twins")
        let (one, two) = ("\u{E4}", "a\u{308}")
        try folder.write("\(one),\(two)\n1,x\n2,y\n", to: "t.csv")
        func contract(_ first: String, _ second: String) throws {
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
                      - {name: \(first), logicalType: integer, logicalTypeOptions: {minimum: 0}}
                      - {name: \(second), logicalType: string, enum: [{value: x}, {value: y}]}
                """, to: "c.odcs.yaml")
        }
        let verify = ["verify", "--contract", "c.odcs.yaml", "--data", "t.csv"]
        try contract(one, two)
        let kept = try Program.run(verify, in: folder)
        #expect(kept.status == 0, "\(kept.output)")
        try contract(two, one)
        #expect(try Program.run(verify, in: folder).status == 1)
        let proposed = try Program.run(["contract", "import", "t.csv", "-o", "p.odcs.yaml"], in: folder)
        #expect(proposed.status == 0, "\(proposed.error)")
        #expect(
            try Program.run(["verify", "--contract", "p.odcs.yaml", "--data", "t.csv"], in: folder).status == 0)
    }

    @Test func `columns that look the same are counted each for itself`() throws {
        let folder = try TemporaryFolder("twins")
        let (one, two) = ("\u{E4}", "a\u{308}")
        func status(_ rows: String) throws -> Int32 {
            try folder.write("\(one),\(two)\n\(rows)", to: "t.csv")
            return try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "t.csv"], in: folder).status
        }
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
                  - {name: \(one), logicalType: integer, required: true}
                  - {name: \(two), logicalType: integer, required: true}
            """, to: "c.odcs.yaml")
        #expect(try status("1,1\n2,2\n") == 0)
        #expect(try status("1,\n2,2\n") == 1)
        #expect(try status(",1\n2,2\n") == 1)
    }

    @Test func `values of an enum that look the same are two values`() throws {
        let folder = try TemporaryFolder("twins")
        try folder.write("v\n\u{E4}\na\u{308}\n", to: "t.csv")
        func status(_ values: String) throws -> Int32 {
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
                    properties: [{name: v, logicalType: string, enum: [\(values)]}]
                """, to: "c.odcs.yaml")
            return try Program.run(["verify", "--contract", "c.odcs.yaml", "--data", "t.csv"], in: folder).status
        }
        #expect(try status("{value: \u{E4}}, {value: a\u{308}}") == 0)
        #expect(try status("{value: \u{E4}}") == 1)
        #expect(try status("{value: \u{E4}, label: one}, {value: a\u{308}, label: two}") == 0)
    }
}
