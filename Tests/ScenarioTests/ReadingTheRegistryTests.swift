// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

/// A read reads: nothing is recorded, judged or made by who asks, whatever lies in the folders.
@Suite struct ReadingTheRegistryTests {
    /// The names and bytes of everything that is stored; locks and notes of looks aside.
    private func stored(in folder: TemporaryFolder) throws -> [String: [UInt8]] {
        let root = folder.path + "/.tally"
        var found: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            let isPassing = ["-wal", "-shm", "lock.mdb", "described.json", ".lock"].contains(where: name.hasSuffix)
            guard !isPassing, FileStamp(of: root + "/" + name)?.kind == .file else { continue }
            found[name] = try AtomicFile.read(root + "/" + name)
        }
        return found
    }

    private static let late = "2026-03-01T00:00:00Z"

    @Test func `a past instant is answered from what was let in, beside a file that a contract stops`() throws {
        let payments = try Payments(
            contract: Payments.contract.replacing("value: quarantine", with: "value: block"))
        try payments.put(["ann,2026-01-01T10:00:00Z,5", "bob,2026-01-01T11:00:00Z,7"], at: "data/1.csv")
        try payments.expect("materialize")
        try payments.put(["ann,2026-01-02T10:00:00Z,-5"], at: "data/2.csv")
        let before = try stored(in: payments.folder)
        for instant in ["2026-01-01T12:00:00Z", Self.late] {
            let got = try payments.expect("get", "scoring", "customer=ann", "--at", instant)
            #expect(got.output.contains("5.0") && got.output.contains("the source's files"), "\(got.output)")
        }
        let compared = try payments.run("compare", "scoring", "--sample", "50")
        #expect([0, 3].contains(compared.status), "\(compared.output)\(compared.error)")
        #expect(try stored(in: payments.folder) == before)
        // The run is the one who says it.
        let filled = try payments.run("materialize")
        #expect(filled.status == 1 && filled.error.contains("E-broken-promise"), "\(filled.error)")
    }

    @Test func `a source of which nothing was let in yet is told as such, and judged by no read`() throws {
        let payments = try Payments()
        try payments.put(["ann,2026-01-01T10:00:00Z,5"], at: "data/1.csv")
        try payments.expect("materialize")
        FileName.remove(payments.folder.path + "/data/1.csv")
        try payments.put(["ann,2026-01-01T10:00:00Z,6"], at: "data/2.csv")
        let before = try stored(in: payments.folder)
        let got = try payments.run("get", "scoring", "customer=ann", "--at", "2026-01-01T12:00:00Z")
        #expect(got.status == 4 && got.error.contains("E-not-materialized"), "\(got.output)\(got.error)")
        #expect(got.error.contains("tally materialize"), "\(got.error)")
        #expect(try stored(in: payments.folder) == before)
    }

    @Test func `a query is not asked by who reads`() throws {
        let folder = try TemporaryFolder("asked")
        try folder.write("project: asked\n", to: "tally.yaml")
        try folder.write("k,t,a\n1,2026-01-01T01:02:03Z,5\n", to: "data/rows.csv")
        try folder.write(
            """
            kind: Entity
            name: item
            owner: tests
            joinKeys: [{name: k, type: int64}]
            ---
            kind: Source
            name: rows
            owner: tests
            query: "SELECT k, t, a FROM read_csv('data/rows.csv')"
            eventTime: t
            ---
            kind: FeatureView
            name: latest
            owner: tests
            entities: [item]
            source: rows
            features: [{name: a, type: int64}]
            ---
            kind: FeatureService
            name: model
            owner: tests
            features: [latest]

            """, to: "definitions/all.yaml")
        for command in [["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
        }
        try folder.write("k,t,a\n1,2026-01-01T01:02:03Z,6\n", to: "data/rows.csv")
        let before = try stored(in: folder)
        let got = try Program.run(["get", "model", "k=1", "--at", "2026-01-02T00:00:00Z"], in: folder)
        #expect(got.status == 0 && got.output.contains("5"), "\(got.output)\(got.error)")
        let compared = try Program.run(["compare", "model", "--sample", "20"], in: folder)
        #expect(compared.error.contains("is a query: its answer of"), "\(compared.output)\(compared.error)")
        #expect(try stored(in: folder) == before)
    }

    @Test func `nothing is made where nothing was applied`() throws {
        let folder = try TemporaryFolder("nothing")
        #expect(try Program.run(["init"], in: folder).status == 0)
        for command in [["get", "purchase", "customer_id=1"], ["compare", "purchase"], ["status"], ["plan"]] {
            _ = try Program.run(command, in: folder)
            #expect(!FileName.exists(folder.path + "/.tally/registry.db"), "\(command)")
        }
    }
}
