// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("atomic") }

    @Test func `bytes are written, read back and replaced`() throws {
        let path = folder.path + "/file"
        #expect(try AtomicFile.read(path) == nil)
        let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        for bytes in [[], [1, 2, 3], large] {
            try AtomicFile.write(bytes, to: path)
            #expect(try AtomicFile.read(path) == bytes)
        }
        #expect(folder.names == ["file"])
    }

    @Test func `a failed write leaves nothing beside the old file`() throws {
        try folder.write("inner", to: "taken/inner")
        do throws(TallyError) {
            try AtomicFile.write([1], to: folder.path + "/taken")
            Issue.record("a folder was replaced by a file")
        } catch {
            #expect(error.code == .unwritable)
            #expect(error.subject == folder.path + "/taken")
        }
        #expect(folder.names == ["taken"])
    }

    @Test func `a missing folder is told as unwritable, a folder as unreadable`() {
        do throws(TallyError) {
            try AtomicFile.write([1], to: folder.path + "/no/such/file")
            Issue.record("a file was written into a missing folder")
        } catch {
            #expect(error.code == .unwritable)
        }
        do throws(TallyError) {
            _ = try AtomicFile.read(folder.path)
            Issue.record("a folder was read as a file")
        } catch {
            #expect(error.code == .unreadable)
        }
    }

    @Test func `a reader beside many writers sees whole files only`() async throws {
        let path = folder.path + "/shared"
        try AtomicFile.write([UInt8](repeating: 0, count: 1_000), to: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 1...4 {
                group.addTask {
                    for _ in 0..<20 {
                        try AtomicFile.write([UInt8](repeating: UInt8(writer), count: 1_000 * writer), to: path)
                    }
                }
            }
            group.addTask {
                for _ in 0..<100 {
                    let bytes = try #require(try AtomicFile.read(path))
                    let writer = try #require(bytes.first)
                    #expect(bytes.count == 1_000 * max(1, Int(writer)))
                    #expect(bytes.allSatisfy { $0 == writer })
                }
            }
            try await group.waitForAll()
        }
        #expect(folder.names == ["shared"])
    }
}
