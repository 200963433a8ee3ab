// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import GRDB
import Synchronization
import TallyModel
import TallySQLite
import TallyTesting
import Testing

@Suite struct SQLiteRegistryTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/registry.db" }

    init() throws { folder = try TemporaryFolder("sqlite") }

    @Test func `it obeys the laws of registries`() async throws {
        let folder = folder
        try await RegistryLaws { (store) throws(TallyError) in
            try SQLiteRegistry(path: folder.path + "/deep/folders/\(store).db")
        }.all()
    }

    @Test func `a registry that is only read writes nothing and may be missing`() async throws {
        #expect(try SQLiteRegistry.openForReading(path: path) == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
        try await apply("one", base: 0)
        let (names, bytes) = (folder.names, try AtomicFile.read(path))
        try await readOnly()
        #expect(folder.names == names)
        #expect(try AtomicFile.read(path) == bytes)
    }

    private func readOnly() async throws {
        let reading = try #require(try SQLiteRegistry.openForReading(path: path))
        #expect(try await reading.state().generation == 1)
        #expect(try await reading.history(of: .entity("e")).count == 1)
        let error = await failure { () throws(TallyError) in _ = try await reading.commit(RegistrySamples.commit(1)) }
        #expect(error?.code == .misuse)
    }

    @Test func `a reader beside a writer sees what was committed`() async throws {
        try await apply("one", base: 0)
        let reading = try #require(try SQLiteRegistry.openForReading(path: path))
        try await apply("two", base: 1)
        #expect(try await reading.state().generation == 2)
    }

    @Test func `who reads does not wait behind somebody who waits to write, and that one waits once`() async throws {
        try await apply("one", base: 0)
        let registry = try SQLiteRegistry(path: path)
        var settings = Configuration()
        settings.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: path, configuration: settings)
        try await holder.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        // A read that ends while a write waits did not wait behind it; a busy machine may need more than one try.
        var wasRead = false
        for _ in 0..<10 where !wasRead {
            let began = ContinuousClock.now
            let isOver = Mutex(false)
            async let write: TallyError? = {
                let error = await failure { () throws(TallyError) in
                    _ = try await registry.commit(RegistrySamples.commit(1))
                }
                isOver.withLock { $0 = true }
                return error
            }()
            try await Task.sleep(for: .milliseconds(300))
            for _ in 0..<20 where !isOver.withLock(\.self) {
                #expect(try await registry.generation() == 1)
                #expect(try await registry.latestSnapshot(of: "s") == nil)
                if !isOver.withLock(\.self) { wasRead = true }
            }
            let error = await write
            #expect(error?.code == .busy && error?.message.contains("5 seconds") == true)
            #expect(ContinuousClock.now - began > .milliseconds(4_500))
        }
        #expect(wasRead)
        try await holder.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await apply("two", base: 1)
        #expect(try await registry.generation() == 2)
    }

    @Test func `a damaged file is told as such, with what to do`() async throws {
        try folder.write(String(repeating: "no database at all ", count: 100), to: "registry.db")
        let error = await failure { () throws(TallyError) in _ = try SQLiteRegistry(path: path) }
        #expect(error?.code == .corrupt)
        #expect(error?.help?.description.contains("backup") == true)
        let reading = await failure { () throws(TallyError) in _ = try SQLiteRegistry.openForReading(path: path) }
        #expect(reading?.code == .corrupt)
    }

    @Test(arguments: ["DROP TABLE run", "DROP TABLE generation", "ALTER TABLE run RENAME COLUMN duration TO d"])
    func `a table that is gone, or has other columns, is damage`(_ statement: String) async throws {
        let registry = try SQLiteRegistry(path: path)
        _ = try await registry.commit(RegistrySamples.commit(0, [RegistrySamples.node(.entity("e"))]))
        try await registry.record(.run(RegistrySamples.run(1)))
        try await sql("PRAGMA foreign_keys = OFF; \(statement)")
        let asked = await failure { () throws(TallyError) in
            _ = try await registry.state()
            _ = try await registry.runs(limit: 10)
        }
        #expect(
            asked?.code == .corrupt && asked?.help?.description.contains("backup") == true,
            "\(String(describing: asked))")
        let written = await failure { () throws(TallyError) in
            try await registry.record(.run(RegistrySamples.run(2)))
            _ = try await registry.commit(RegistrySamples.commit(1))
        }
        #expect(written?.code == .corrupt, "\(String(describing: written))")
    }

    @Test(arguments: [
        "DROP TABLE run; CREATE VIEW run AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END",
    ])
    func `a registry that computes while it is read is damage, and is not asked`(_ statement: String) async throws {
        _ = try SQLiteRegistry(path: path)
        try await sql("PRAGMA foreign_keys = OFF; \(statement)")
        let opened = await failure { () throws(TallyError) in _ = try SQLiteRegistry(path: path) }
        let reading = await failure { () throws(TallyError) in _ = try SQLiteRegistry.openForReading(path: path) }
        for error in [opened, reading] {
            #expect(error?.code == .corrupt && error?.message.contains("no version of tally makes") == true)
        }
    }

    @Test func `a row that does not say what its digest says is damage`() async throws {
        let registry = try SQLiteRegistry(path: path)
        let release = RegistrySamples.release("s", "one")
        _ = try await registry.commit(RegistrySamples.commit(0, candidates: [release]))
        try await sql("UPDATE release SET content = replace(content, 'int32', 'int64')")
        let error = await failure { () throws(TallyError) in _ = try await registry.state() }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("release 1 of service s") == true)
    }

    @Test(arguments: [
        "UPDATE generation SET number = 'x'", "UPDATE generation SET applied_at = x'00'",
        "UPDATE generation SET number = 9223372036854775807", "UPDATE definition_version SET version = 'x'",
        "UPDATE release SET number = -1",
        "UPDATE release SET fingerprint = NULL", "UPDATE snapshot SET taken_at = 'x'",
        "UPDATE snapshot_file SET size = 1e300", "UPDATE snapshot_file SET stamp = NULL",
        "UPDATE run SET duration = 'x'", "UPDATE run SET summary = NULL",
    ])
    func `a value of another type than its column's is damage, and ends no process`(change: String) async throws {
        do {
            let registry = try SQLiteRegistry(path: path)
            let release = RegistrySamples.release("s", "one")
            let node = RegistrySamples.node(.entity("e"))
            _ = try await registry.commit(RegistrySamples.commit(0, [node], candidates: [release]))
            try await registry.record(.snapshot(RegistrySamples.snapshot("src", at: 5, ["a"]), after: nil))
            try await registry.record(.run(RegistrySamples.run(1)))
        }
        // As a damaged page has it: the table has lost its rules.
        let table = try #require(change.split(separator: " ").dropFirst().first)
        try await sql(
            """
            PRAGMA foreign_keys = OFF; CREATE TABLE old AS SELECT * FROM \(table); DROP TABLE \(table);
            ALTER TABLE old RENAME TO \(table); \(change);
            """)
        let registry = try SQLiteRegistry(path: path)
        let error = await failure { () throws(TallyError) in
            _ = try await registry.state()
            _ = try await registry.history(of: .entity("e"))
            _ = try await registry.latestSnapshot(of: "src")
            _ = try await registry.runs(limit: 9)
        }
        #expect(error?.code == .corrupt, "\(error as Any)")
    }

    @Test func `a definition that cannot be parsed is damage`() async throws {
        try await apply("one", base: 0)
        try await sql("UPDATE definition_version SET node = '{'")
        let registry = try SQLiteRegistry(path: path)
        let error = await failure { () throws(TallyError) in _ = try await registry.state() }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("entity e") == true)
    }

    @Test func `a file of a newer version is refused, not guessed`() async throws {
        try await apply("one", base: 0)
        try await sql("PRAGMA user_version = 99")
        let error = await failure { () throws(TallyError) in _ = try SQLiteRegistry(path: path) }
        #expect(error?.code == .unreadable)
        #expect(error?.message.contains("99") == true)
    }

    @Test(arguments: [0, -1, Int(Int32.min)])
    func `a form that no version has is damage`(_ version: Int) async throws {
        try await apply("one", base: 0)
        try await sql("PRAGMA user_version = \(version)")
        let written = await failure { () throws(TallyError) in _ = try SQLiteRegistry(path: path) }
        #expect(written?.code == .corrupt && written?.message.contains("form \(version)") == true)
        let read = await failure { () throws(TallyError) in _ = try SQLiteRegistry.openForReading(path: path) }
        #expect(read?.code == .corrupt)
    }

    @Test func `another program's database is left alone`() async throws {
        try await sql("CREATE TABLE theirs (x)")
        let error = await failure { () throws(TallyError) in _ = try SQLiteRegistry(path: path) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("another program") == true)
    }

    @Test func `a folder that cannot be made is told as such`() async throws {
        try folder.write("a file", to: "blocked")
        let error = await failure { () throws(TallyError) in
            _ = try SQLiteRegistry(path: folder.path + "/blocked/registry.db")
        }
        #expect(error?.code == .unwritable)
    }

    @Test func `many openings of a new file at once all succeed`() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try await SQLiteRegistry(path: path).state().generation }
            }
            for try await generation in group { #expect(generation == 0) }
        }
    }

    @Test func `a commit that was returned from is in a copy of the files taken at that moment`() async throws {
        let registry = try SQLiteRegistry(path: path)
        for generation in 0..<5 {
            _ = try await registry.commit(
                RegistrySamples.commit(generation, [RegistrySamples.node(.entity("e"), "\(generation)")]))
            // The files as a dying process leaves them: no connection was closed, no checkpoint made.
            let copy = folder.path + "/copy-\(generation).db"
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            let state = try await SQLiteRegistry(path: copy).state()
            #expect(state.generation == generation + 1)
            #expect(state[.entity("e")]?.node.document["text"]?.stringValue == "\(generation)")
        }
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
    }

    @Test func `a log cut off in the middle of a commit gives the generation before it`() async throws {
        let registry = try SQLiteRegistry(path: path)
        _ = try await registry.commit(RegistrySamples.commit(0, [RegistrySamples.node(.entity("e"), "before")]))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path + "-wal")).count
        _ = try await registry.commit(
            RegistrySamples.commit(1, (0..<50).map { RegistrySamples.node(.entity("e\($0)"), "after") }))
        let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        #expect(log.count > whole)
        for cut in stride(from: whole, to: log.count, by: max(1, (log.count - whole) / 7)) {
            let copy = folder.path + "/cut-\(cut).db"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            let state = try await SQLiteRegistry(path: copy).state()
            #expect(state.generation == 1, "cut at byte \(cut) of \(log.count)")
            #expect(state.definitions.count == 1)
        }
    }

    private func apply(_ text: String, base: Int) async throws {
        let registry = try SQLiteRegistry(path: path)
        _ = try await registry.commit(RegistrySamples.commit(base, [RegistrySamples.node(.entity("e"), text)]))
    }

    private func sql(_ text: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in try db.execute(sql: text) }
        try queue.close()
    }

    private func failure(_ body: () async throws(TallyError) -> Void) async -> TallyError? {
        do throws(TallyError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}
