// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// A run reads what it looked at, or gives nothing.
@Suite struct ExchangedFileTests {
    /// Puts another file of the same size and time in the place of one.
    private static func exchange(_ path: String) throws {
        let files = FileManager.default
        let times = try files.attributesOfItem(atPath: path)[.modificationDate] as Any
        try files.copyItem(atPath: path, toPath: path + ".new")
        try files.setAttributes([.modificationDate: times], ofItemAtPath: path + ".new")
        try FileName.rename(path + ".new", to: path)
    }

    @Test(arguments: ["events.parquet", "outcomes.parquet", "spine.parquet"])
    func `a file that is exchanged while a training set is made stops it, and nothing is left`(
        _ file: String
    ) async throws {
        let fixture = try await TrainingFixture(seed: 21, spineRows: 200, sourceRows: 200)
        let before = try fixture.files()
        let path = fixture.root + "/" + file
        let error = await #expect(throws: TallyError.self) {
            try await fixture.train(to: "out.parquet") { try Self.exchange(path) }
        }
        #expect(error?.code == .conflict && error?.message.contains("changed while it was read") == true)
        #expect(error?.subject?.hasSuffix(file) == true)
        #expect(try fixture.files() == before)
        #expect(try await fixture.train(to: "out.parquet").counts.writtenRows > 0)
    }

    @Test(arguments: ["events.parquet", "outcomes.parquet", "spine.parquet"])
    func `a file that is written to while it is read is a conflict, whatever the engine makes of it`(
        _ file: String
    ) async throws {
        let fixture = try await TrainingFixture(seed: 23, spineRows: 200, sourceRows: 200)
        let path = fixture.root + "/" + file
        let error = await #expect(throws: TallyError.self) {
            try await fixture.train(to: "out.parquet", isEarly: true, meddling: { try Self.overwrite(path) })
        }
        #expect(
            error?.code == .conflict && error?.message.contains("changed while it was read") == true,
            "\(String(describing: error))")
        #expect(error?.subject?.hasSuffix(file) == true)
        #expect(!FileName.exists(fixture.root + "/out.parquet"))
    }

    @Test(.enabled(if: TemporaryFolder.tellsMoves, "the file system does not tell moves"), arguments: [true, false])
    func `a folder that is moved away and put back stops the run, before it is read and after`(
        _ isEarly: Bool
    ) async throws {
        let fixture = try await TrainingFixture(seed: 24, spineRows: 200, sourceRows: 200)
        let root = fixture.root
        let error = await #expect(throws: TallyError.self) {
            try await fixture.train(to: "out.parquet", isEarly: isEarly) {
                try FileName.rename(root, to: root + ".away")
                try FileName.rename(root + ".away", to: root)
            }
        }
        #expect(
            error?.code == .conflict && error?.message.contains("was moved") == true, "\(String(describing: error))")
        #expect(!FileName.exists(root + "/out.parquet"))
        #expect(try await fixture.train(to: "out.parquet").counts.writtenRows > 0)
    }

    /// Writes zeros over all of a file but its ends, in place.
    private static func overwrite(_ path: String) throws {
        let size = try Data(contentsOf: URL(filePath: path)).count
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: 4)
        try handle.write(contentsOf: Data(count: size - 12))
        try handle.close()
    }

    @Test func `files that others only read stop nothing, nor do others that come beside them`() async throws {
        let fixture = try await TrainingFixture(seed: 22, spineRows: 200, sourceRows: 200)
        let root = fixture.root
        let manifest = try await fixture.train(to: "out.parquet") {
            try Data("x".utf8).write(to: URL(filePath: root + "/other.txt"))
            _ = try Data(contentsOf: URL(filePath: root + "/events.parquet"))
        }
        #expect(manifest.counts.writtenRows > 0)
    }

    @Test func `whatever happens to a file that was looked at is a conflict`() throws {
        let folder = try TemporaryFolder("looked")
        let files = FileManager.default
        let changes: [(String, (String) throws -> Void)] = [
            ("exchanged", Self.exchange), ("removed", { try files.removeItem(atPath: $0) }),
            (
                "longer",
                { path in
                    let handle = try #require(FileHandle(forWritingAtPath: path))
                    try handle.seekToEnd()
                    try handle.write(contentsOf: Data("x".utf8))
                }
            ),
            (
                "now a folder",
                {
                    try files.removeItem(atPath: $0);
                    try files.createDirectory(atPath: $0, withIntermediateDirectories: false)
                }
            ),
        ]
        for (name, change) in changes {
            try folder.write("a", to: name)
            let looked = LookedFiles([name], root: folder.path)
            try looked.expectUnchanged()
            try change(folder.path + "/" + name)
            let error = #expect(throws: TallyError.self, "\(name)") { try looked.expectUnchanged() }
            #expect(error?.code == .conflict && error?.subject == name)
        }
    }

    @Test func `where a stamp does not tell, the bytes do`() throws {
        let folder = try TemporaryFolder("looked")
        try folder.write("a", to: "a")
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let snapshot = try Snapshotter(root: folder.path)
            .snapshot(source: "s", files: ["a"], previous: nil, now: now)
        let file = snapshot.files[0]
        #expect(file.stamp.isEmpty, "it was written just now")
        try LookedFiles(["a"], root: folder.path).with(snapshot).expectUnchanged()
        let other = SourceSnapshot(
            source: "s", takenAt: now,
            files: [.init(path: "a", size: 1, digest: Fingerprint(of: "b".utf8), firstSeen: nil, stamp: "")])
        #expect(throws: TallyError.self) { try LookedFiles(["a"], root: folder.path).with(other).expectUnchanged() }
    }
}
