// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import GRDB
import TallyModel
import TallySQLite
import TallyTesting
import Testing

/// Rows that still can be read, and say something else than was written.
@Suite struct RowSealTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/registry.db" }

    init() async throws {
        folder = try TemporaryFolder("seals")
        let registry = try SQLiteRegistry(path: path)
        let first = [RegistrySamples.node(.entity("e"), "x + 1000001"), RegistrySamples.node(.entity("f"), "same")]
        _ = try await registry.commit(
            RegistrySamples.commit(0, first, candidates: [RegistrySamples.release("s", "one")]))
        _ = try await registry.commit(RegistrySamples.commit(1, [RegistrySamples.node(.entity("e"), "x + 2")]))
        try await registry.record(.snapshot(RegistrySamples.snapshot("src", at: 5, ["a"]), after: nil))
        try await registry.record(
            .run(
                RunRecord(
                    command: "admit", subject: "t", startedAt: Timestamp(microseconds: 5), duration: .zero,
                    identity: Fingerprint(of: .string("t")), summary: .object([("text", .string("told"))]),
                    detail: .admission(
                        RunDetail.Admission(
                            decision: .quarantine, previousRows: 1, visibleRows: 7,
                            files: [
                                RunDetail.Admission.File(
                                    key: Fingerprint(of: .string("f")), verdict: .object([("rows", .int(1))]))
                            ])))))
    }

    private func readAll() async throws(TallyError) {
        let registry = try SQLiteRegistry(path: path)
        _ = try await registry.state()
        _ = try await registry.history(of: .entity("e"))
        _ = try await registry.latestSnapshot(of: "src")
        _ = try await registry.runs(limit: 9)
    }

    private func change(_ text: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: text)
        }
        try queue.close()
    }

    @Test func `rows as they were written are read, and there is no problem in them`() async throws {
        try await readAll()
        #expect(try SQLiteRegistry.problems(path: path) == [])
    }

    @Test(arguments: [
        "UPDATE definition_version SET node = replace(node, '1000001', '1000003')",
        "UPDATE definition_version SET node = replace(node, 'x + 2', 'x + 3')",
        "UPDATE definition_version SET storage = value WHERE version = 1",
        "UPDATE definition SET version = 1 WHERE name = 'e'", "DELETE FROM definition WHERE name = 'f'",
        "UPDATE generation SET applied_by = 'bnn' WHERE number = 1", "UPDATE generation SET applied_at = 7",
        "UPDATE generation SET seal = NULL", "DELETE FROM generation WHERE number = 2", "DELETE FROM generation",
        "UPDATE release_state SET state = 'serving'", "DELETE FROM release", "UPDATE release SET generation = 2",
        "UPDATE snapshot SET taken_at = 6", "UPDATE snapshot_file SET first_seen = 3",
        "UPDATE snapshot_file SET stamp = 'other'", "UPDATE run SET summary = replace(summary, 'told', 'tols')",
        "UPDATE run SET started_at = 6", "UPDATE run SET seal = NULL", "UPDATE admission SET visible_rows = 6",
        "UPDATE admission SET decision = 'block'", "UPDATE admitted_file SET verdict = replace(verdict, '1', '3')",
        "DELETE FROM admitted_file",
    ])
    func `a row that says something else than was written is damage, and found by an examination`(
        statement: String
    ) async throws {
        try await change(statement)
        let error = await #expect(throws: TallyError.self) { try await readAll() }
        #expect(error?.code == .corrupt && error?.help?.description.contains("backup") == true, "\(error as Any)")
        #expect(try SQLiteRegistry.problems(path: path)?.isEmpty == false)
    }

    @Test func `a flipped bit in the file never gives another definition`() async throws {
        // The log goes into the file.
        try await change("PRAGMA journal_mode = DELETE")
        let bytes = try #require(try AtomicFile.read(path))
        let wanted = Array("x + 2".utf8)
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: wanted) })
        for bit in 0..<8 {
            var damaged = bytes
            damaged[place + 4] ^= 1 << bit
            try AtomicFile.write(damaged, to: path)
            let error = await #expect(throws: TallyError.self) { try await readAll() }
            #expect(error?.code == .corrupt)
        }
    }

    @Test func `rows that get in the way of new ones are damage, not a failure of the database`() async throws {
        try await change("DELETE FROM snapshot")
        let registry = try SQLiteRegistry(path: path)
        let error = await #expect(throws: TallyError.self) {
            try await registry.record(.snapshot(RegistrySamples.snapshot("src", at: 9, ["a"]), after: nil))
        }
        #expect(error?.code == .corrupt)
    }
}
