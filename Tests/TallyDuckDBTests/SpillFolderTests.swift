// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// What killed processes spilled goes with the next run, and nothing else does.
@Suite struct SpillFolderTests {
    /// The number of a process that is gone.
    private func goneProcess() throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        return process.processIdentifier
    }

    @Test func `only folders of processes that are gone go, and only with DuckDB's own files`() throws {
        let folder = try TemporaryFolder("spill")
        let gone = try goneProcess()
        let own = try #require(SpillFolder.path(in: folder.path).parts(by: "/").last)
        let parts = own.parts(by: "-")
        try #require(parts.count == 4)
        let start = "tallystick-\(parts[1])-"
        let left = ["\(start)\(gone)-1", "\(start)\(gone)-12"]
        let others = [
            own, "\(start)\(gone)", "\(start)\(gone)-1-2", "\(start)\(gone)-x", "\(start)0\(gone)-1",
            "\(start)\(gone)-01",
            "tallystick-7\(parts[1])-\(gone)-1", "tallystick-\(gone)-1", "x\(start)\(gone)-1", "\(start)-\(gone)-1",
        ]
        for name in left + others {
            try folder.write("x", to: name + "/duckdb_temp_storage_S32K-0.tmp")
            try folder.write("x", to: name + "/duckdb_temp_block-7.block")
        }
        let kept = "\(start)\(gone)-99"
        try folder.write("x", to: kept + "/notes.txt")
        try folder.write("x", to: kept + "/duckdb_temp_storage_S32K-0.tmp")
        try folder.write("x", to: "elsewhere/duckdb_temp_storage_S32K-0.tmp")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/\(start)\(gone)-5", withDestinationPath: folder.path + "/elsewhere")
        try DuckDBEngine(root: folder.path, settings: EngineSettings(temporaryDirectory: folder.path)).sweepSpills()
        for name in left { #expect(!FileName.exists(folder.path + "/" + name), "\(name)") }
        for name in others + ["elsewhere"] { #expect(!folder.names(in: name).isEmpty, "\(name)") }
        #expect(folder.names(in: kept) == ["notes.txt"])
    }

    @Test func `databases spill to folders of their own`() {
        #expect(SpillFolder.path(in: "/x") != SpillFolder.path(in: "/x"))
        #expect(SpillFolder.path(in: "/x").hasPrefix("/x/tallystick-"))
        #expect(!SpillFolder.isLeft(SpillFolder.path(in: "/x").parts(by: "/")[1]))
    }
}
