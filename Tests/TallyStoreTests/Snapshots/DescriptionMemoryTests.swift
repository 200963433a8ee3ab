// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Synchronization
import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct DescriptionMemoryTests {
    private let folder: TemporaryFolder
    private let engine: FolderEngine
    private let table = TableReference(rows: .files(["data/*.parquet"], .parquet))
    /// Long after anything that the test writes.
    private let later = Timestamp(microseconds: 4_000_000_000_000_000)

    init() throws {
        folder = try TemporaryFolder("memory")
        engine = FolderEngine(folder)
        try engine.put(rows("a", .int64), at: "data/1.parquet")
    }

    private func rows(_ name: String, _ type: DataType) -> Batch {
        Batch([(name, Column(type: type, values: [.null]))])
    }

    /// Describes a table as a command does that starts anew, and says whether the engine was asked.
    private func describe(
        _ table: TableReference? = nil, now: Timestamp? = nil
    ) async throws -> (description: TableDescription, asked: Bool) {
        let table = table ?? self.table
        let memory = DescriptionMemory(root: folder.path, engine: engine.identity)
        if let known = memory.description(of: table) { return (known, false) }
        let (description, learnt) = try await memory.describe(table, with: engine, now: now ?? later)
        memory.keep([table], learnt.map { [$0] } ?? [])
        return (description, true)
    }

    /// Expects that the engine is asked once, and that then and later the answer is what the files say.
    private func expectNewLook(_ what: Comment) async throws {
        let truth = try await engine.describe(table)
        let (first, second) = (try await describe(), try await describe())
        #expect(first.asked && !second.asked, what)
        #expect(first.description == truth && second.description == truth, what)
    }

    @Test func `files that stay as they are are described once`() async throws {
        try await expectNewLook("new")
        #expect(engine.looks.withLock { $0 } == 2)
        #expect(DescriptionMemory(root: folder.path, engine: engine.identity).isCurrent)
    }

    @Test func `whatever changes a file, its name or its folder is seen`() async throws {
        let files = FileManager.default
        try await expectNewLook("new")
        try engine.put(rows("b", .int64), at: "data/1.parquet")
        try await expectNewLook("replaced")
        try engine.put(rows("b", .int64), at: "data/2.parquet")
        try await expectNewLook("one more")
        try files.moveItem(atPath: folder.path + "/data/2.parquet", toPath: folder.path + "/data/3.parquet")
        try await expectNewLook("renamed")
        try engine.remove("data/1.parquet")
        try await expectNewLook("removed")
        try engine.put(rows("c", .string), at: "other/1.parquet")
        try files.moveItem(atPath: folder.path + "/data", toPath: folder.path + "/gone")
        try files.moveItem(atPath: folder.path + "/other", toPath: folder.path + "/data")
        try await expectNewLook("another folder")
        try files.removeItem(atPath: folder.path + "/data")
        try await expectNewLook("no folder")
    }

    @Test func `bytes written in place are seen, also behind the same size and time`() async throws {
        let path = folder.path + "/data/1.parquet"
        let other = rows("b", .string)
        try engine.put(other, at: "aside")
        try await expectNewLook("new")
        let times = try FileManager.default.attributesOfItem(atPath: path)
        // The clock of a file system may tick a hundred times a second.
        try await Task.sleep(for: .milliseconds(30))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.write(contentsOf: Data(try #require(try folder.read("aside")).utf8))
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: times[.modificationDate] as Any], ofItemAtPath: path)
        let now = try FileManager.default.attributesOfItem(atPath: path)
        #expect(
            now[.size] as? Int == times[.size] as? Int
                && now[.systemFileNumber] as? Int == times[.systemFileNumber] as? Int)
        try await expectNewLook("written in place")
        #expect(try await describe().description.columns.map(\.name) == ["b"])
    }

    @Test func `what changed just now is not remembered`() async throws {
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        #expect(try await describe(now: now).asked)
        #expect(try await describe(now: now).asked)
        #expect(try folder.read(DescriptionMemory.path) == nil)
    }

    @Test func `files that cannot be listed, and queries, are left to the engine`() async throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/data/2.parquet", withDestinationPath: "nowhere")
        _ = try? await describe()
        #expect(try folder.read(DescriptionMemory.path) == nil)
        let memory = DescriptionMemory(root: folder.path, engine: engine.identity)
        #expect(memory.description(of: TableReference(rows: .query("SELECT 1"))) == nil)
    }

    @Test func `another engine, format or set of patterns takes nothing over`() async throws {
        _ = try await describe()
        let other = DescriptionMemory(root: folder.path, engine: EngineIdentity(name: "folder", version: "2"))
        #expect(other.description(of: table) == nil)
        let same = DescriptionMemory(root: folder.path, engine: engine.identity)
        #expect(same.description(of: TableReference(rows: .files(["data/*.parquet"], .csv))) == nil)
        #expect(same.description(of: TableReference(rows: .files(["data/1.parquet"], .parquet))) == nil)
        #expect(same.description(of: table) != nil)
    }

    @Test(arguments: ["", "{", "[]", "{\"author\": 1}", "\u{0}\u{0}"])
    func `a memory that cannot be read is as good as none`(_ text: String) async throws {
        let truth = try await describe().description
        try folder.write(text, to: DescriptionMemory.path)
        let again = try await describe()
        #expect(again.asked && again.description == truth)
        #expect(try await describe().asked == false)
    }

    @Test func `a memory that cannot be written is none, and no error`() async throws {
        try folder.write("", to: ".tally")
        #expect(try await describe().asked)
        #expect(try await describe().asked)
    }

    @Test func `an entry that is damaged is left out, and the others stay`() async throws {
        let second = TableReference(rows: .files(["data/1.parquet"], .parquet))
        let memory = DescriptionMemory(root: folder.path, engine: engine.identity)
        var learnt: [Described] = []
        for table in [table, second] {
            if let new = try await memory.describe(table, with: engine, now: later).learnt { learnt.append(new) }
        }
        memory.keep([table, second], learnt)
        let text = try #require(try folder.read(DescriptionMemory.path))
        let parts = text.split(separator: "\"int64\"", maxSplits: 1, omittingEmptySubsequences: false)
        try folder.write(parts.joined(separator: "\"int65\""), to: DescriptionMemory.path)
        let read = DescriptionMemory(root: folder.path, engine: engine.identity)
        #expect([table, second].count { read.description(of: $0) != nil } == 1)
    }

    @Test func `tables that are gone are forgotten`() async throws {
        _ = try await describe()
        DescriptionMemory(root: folder.path, engine: engine.identity).keep([], [])
        #expect(DescriptionMemory(root: folder.path, engine: engine.identity).description(of: table) == nil)
    }
}
