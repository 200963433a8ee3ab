// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import GRDB
import TallyModel
import TallySQLite
import TallyTesting
import Testing

/// Registries that earlier versions of the program wrote.
@Suite struct SQLiteMigrationTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/registry.db" }

    init() throws {
        folder = try TemporaryFolder("migration")
        let dump = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let bytes = try #require(try AtomicFile.read(dump + "/Forms/form-1.sql"))
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            // A dump names tables before those that they refer to.
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: String(decoding: bytes, as: UTF8.self))
            try db.execute(sql: "PRAGMA user_version = 1; PRAGMA application_id = \(0x5461_6C79)")
        }
        try queue.close()
    }

    private func form() throws -> Int? {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
    }

    private func expectFound(_ registry: any Registry) async throws {
        #expect(try await registry.generation() == 2)
        let runs = try await registry.runs(limit: 99)
        #expect(runs.map(\.command) == ["shadow", "train", "admit", "materialize", "admit"])
        let table = "source payments"
        guard case .admission(let last)? = try await registry.find(.admission(of: table))?.detail,
            case .admission(let visible)? = try await registry.find(.visibleAdmission(of: table))?.detail
        else {
            Issue.record("the decisions are not found")
            return
        }
        #expect(last.decision == .block && last.previousRows == 1 && last.visibleRows == nil && last.files.isEmpty)
        #expect(visible.decision == .quarantine && visible.visibleRows == 1 && visible.files.count == 1)
        let file = try #require(visible.files.first)
        #expect(file.verdict["path"] == .string("data/1.csv"))
        #expect(try await registry.find(.verdict(on: file.key, of: table)) == runs.last)
        #expect(try await registry.find(.fill(of: "last_payment"))?.detail == .fill(generation: 1))
        let set = RunDetail.training(rows: 1, output: "/home/ann/shop/set.csv")
        #expect(try await registry.find(.training(of: "scoring"))?.detail == set)
        let shadow = try await registry.find(.shadow(of: "view last_payment", identity: runs[0].identity))
        guard case .shadow(let shown)? = shadow?.detail else {
            Issue.record("the shadow run is not found")
            return
        }
        #expect(shown.count == 1 && shown.first?["verdict"] == .string("kept"))
    }

    @Test func `a registry of the form before is brought to this one when it is opened, and what it says is found`()
        async throws
    {
        try await expectFound(try SQLiteRegistry(path: path))
        #expect(try form() == 4)
        // Once is enough: nothing is doubled.
        try await expectFound(try SQLiteRegistry(path: path))
        #expect(try SQLiteRegistry.problems(path: path) == [])
    }

    @Test func `who only asks finds the same and changes nothing`() async throws {
        let before = try AtomicFile.read(path)
        try await expectFound(try #require(try SQLiteRegistry.openForReading(path: path)))
        #expect(try AtomicFile.read(path) == before)
        #expect(try form() == 1)
    }

    @Test func `a run of the form before that cannot be read stops the change whole`() async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "UPDATE run SET summary = '{' WHERE command = 'train'")
        }
        try queue.close()
        for _ in 0..<2 {
            let error = #expect(throws: TallyError.self) { _ = try SQLiteRegistry(path: path) }
            #expect(error?.code == .corrupt)
        }
        #expect(try form() == 1)
        let tables = try DatabaseQueue(path: path)
        let names = try await tables.read { db in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema") }
        #expect(!names.contains("admission"))
    }
}
