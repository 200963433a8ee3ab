// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct SnapshotterTests {
    let folder: TemporaryFolder
    private var snapshotter: Snapshotter { Snapshotter(root: folder.path) }
    /// Long after anything that the test writes.
    private let later = Timestamp(microseconds: 4_000_000_000_000_000)

    init() throws { folder = try TemporaryFolder("snapshot") }

    private func snapshot(
        _ files: [String], _ previous: SourceSnapshot? = nil, after seconds: Int64 = 0
    ) throws -> SourceSnapshot {
        try snapshotter.snapshot(source: "s", files: files, previous: previous, now: time(seconds))
    }

    private func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: later.microseconds + seconds * 1_000_000)
    }

    /// Writes a file and gives it a modification time, in whole seconds since 1970.
    private func write(_ name: String, _ text: String, modified seconds: Double) throws {
        let path = folder.path + "/" + name
        if let handle = FileHandle(forWritingAtPath: path) {
            // In place, so that the inode stays.
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        } else {
            try folder.write(text, to: name)
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
    }

    @Test func `the first snapshot lists files by path, with size and digest, seen from the start`() throws {
        try folder.write("bb", to: "data/b.csv")
        try folder.write("a", to: "data/a.csv")
        let snapshot = try snapshot(["data/b.csv", folder.path + "/data/a.csv", "./data/b.csv"])
        #expect(snapshot.files.map(\.path) == ["data/a.csv", "data/b.csv"])
        #expect(snapshot.files.map(\.size) == [1, 2])
        #expect(snapshot.files.map(\.digest) == [Fingerprint(of: "a".utf8), Fingerprint(of: "bb".utf8)])
        #expect(snapshot.files.allSatisfy { $0.firstSeen == nil && !$0.stamp.isEmpty })
        #expect(snapshot.takenAt == later)
    }

    @Test func `a source that did not change gives the snapshot it gave before`() throws {
        try folder.write("a", to: "a")
        let first = try snapshot(["a"])
        #expect(try snapshot(["a"], first, after: 60) == first)
    }

    @Test func `nothing overflows behind a snapshot of the last instant, which is damage`() throws {
        try folder.write("a", to: "a")
        let last = SourceSnapshot(source: "s", takenAt: Timestamp(microseconds: .max), files: [])
        let error = #expect(throws: TallyError.self) { try self.snapshot(["a"], last) }
        #expect(error?.code == .corrupt)
    }

    @Test func `new and changed files are first seen now, others keep their time`() throws {
        try folder.write("a", to: "a")
        try folder.write("b", to: "b")
        let first = try snapshot(["a", "b"])
        try folder.write("B", to: "b")
        try folder.write("c", to: "c")
        let second = try snapshot(["a", "b", "c"], first, after: 60)
        #expect(second.files.map(\.firstSeen) == [nil, time(60), time(60)])
        try folder.write("d", to: "d")
        let third = try snapshot(["a", "b", "c", "d"], second, after: 120)
        #expect(third.files.map(\.firstSeen) == [nil, time(60), time(60), time(120)])
        let fourth = try snapshot(["a", "d"], third, after: 180)
        #expect(fourth.files.map(\.firstSeen) == [nil, time(120)])
        let fifth = try snapshot(["a", "b", "d"], fourth, after: 240)
        #expect(fifth.files.map(\.firstSeen) == [nil, time(240), time(120)], "b was gone and came back")
    }

    @Test func `bytes that move to another path are new there`() throws {
        try folder.write("a", to: "a")
        let first = try snapshot(["a"])
        try FileManager.default.moveItem(atPath: folder.path + "/a", toPath: folder.path + "/z")
        #expect(try snapshot(["z"], first, after: 60).files.map(\.firstSeen) == [time(60)])
    }

    @Test func `a touched file is read again and stays what it was`() throws {
        try folder.write("a", to: "a")
        let first = try snapshot(["a"])
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: folder.path + "/a")
        let second = try snapshot(["a"], first, after: 60)
        #expect(second.fingerprint == first.fingerprint)
        #expect(second.files[0].firstSeen == nil)
        #expect(second.files[0].stamp != first.files[0].stamp)
    }

    @Test func `a settled file whose stamp is the same is not read again`() throws {
        try write("a", "old", modified: 1_700_000_000)
        let first = try snapshot(["a"])
        #expect(!first.files[0].stamp.isEmpty)
        let forged = SourceSnapshot(
            source: "s", takenAt: first.takenAt,
            files: first.files.map {
                SourceSnapshot.File(
                    path: $0.path, size: $0.size, digest: Fingerprint(of: "other".utf8), firstSeen: nil, stamp: $0.stamp
                )
            })
        #expect(try snapshot(["a"], forged, after: 60) == forged, "the digest was taken over")
    }

    @Test func `bytes written in place are seen, also behind the same size and time`() async throws {
        try write("a", "old", modified: 1_700_000_000)
        let first = try snapshot(["a"])
        #expect(!first.files[0].stamp.isEmpty)
        // The clock of a file system may tick a hundred times a second.
        try await Task.sleep(for: .milliseconds(30))
        try write("a", "new", modified: 1_700_000_000)
        let second = try snapshot(["a"], first, after: 60)
        #expect(second.files[0].digest == Fingerprint(of: "new".utf8))
        #expect(second.files[0].firstSeen == time(60))
        #expect(second.fingerprint != first.fingerprint)
    }

    @Test func `bytes exchanged by a rename are seen, also behind the same size and time`() throws {
        try write("a", "old", modified: 1_700_000_000)
        let first = try snapshot(["a"])
        try write("b", "new", modified: 1_700_000_000)
        try FileManager.default.removeItem(atPath: folder.path + "/a")
        try FileManager.default.moveItem(atPath: folder.path + "/b", toPath: folder.path + "/a")
        #expect(try snapshot(["a"], first, after: 60).files[0].digest == Fingerprint(of: "new".utf8))
    }

    @Test func `a file changed within two seconds before the look is read again, whatever its modification time`()
        throws
    {
        try write("a", "old", modified: 1_700_000_000)
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let hasty = try snapshotter.snapshot(source: "s", files: ["a"], previous: nil, now: now)
        #expect(hasty.files[0].stamp.isEmpty)
        try write("a", "new", modified: 1_700_000_000)
        let second = try snapshot(["a"], hasty)
        #expect(second.files[0].digest == Fingerprint(of: "new".utf8))
        #expect(second.files[0].firstSeen == second.takenAt)
        #expect(!second.files[0].stamp.isEmpty)
    }

    @Test func `a clock that went back settles no file`() throws {
        try write("a", "old", modified: 1_700_000_000)
        let first = try snapshot(["a"])
        try write("a", "new", modified: 1_700_000_000)
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let second = try snapshotter.snapshot(source: "s", files: ["a"], previous: first, now: now)
        #expect(second.files[0].digest == Fingerprint(of: "new".utf8) && second.files[0].stamp.isEmpty)
    }

    @Test(arguments: [-3_600, -61, -59]) func `a clock that went back does not take time back`(seconds: Int64) throws {
        try folder.write("a", to: "a")
        let first = try snapshot(["a"])
        try folder.write("b", to: "b")
        let second = try snapshot(["a", "b"], first, after: seconds)
        #expect(second.takenAt.microseconds == first.takenAt.microseconds + 1)
        // A file is not first seen in a future of more than a minute: nobody could use it until then.
        #expect(second.files[1].firstSeen == (seconds < -60 ? time(seconds) : second.takenAt))
        let third = try snapshot(["a", "b"], second, after: seconds - 3_600)
        #expect(third.files[1].firstSeen == time(seconds - 3_600))
    }

    @Test func `files of many pieces are digested whole`() throws {
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try AtomicFile.write(bytes, to: folder.path + "/large")
        #expect(try snapshotter.digest(ofFile: "large") == Fingerprint(of: bytes))
        #expect(try snapshotter.digest(ofFile: folder.path + "/large") == Fingerprint(of: bytes))
    }

    @Test func `what cannot be read is told with its path`() throws {
        try folder.write("x", to: "folder/x")
        for path in ["missing", "folder"] {
            do throws(TallyError) {
                _ = try snapshotter.snapshot(source: "s", files: [path], previous: nil, now: later)
                Issue.record("\(path) was read")
            } catch {
                #expect(error.code == .unreadable)
                #expect(error.subject == path)
            }
        }
    }

    @Test func `a recorder records what changed, and nothing else`() async throws {
        let registry = InMemoryRegistry()
        let recorder = SnapshotRecorder(registry: registry, snapshotter: snapshotter)
        try folder.write("a", to: "a")
        let first = try await recorder.take(source: "s", files: ["a"], now: later)
        #expect(try await registry.latestSnapshot(of: "s") == first)
        #expect(try await recorder.take(source: "s", files: ["a"], now: time(60)) == first)
        try folder.write("b", to: "b")
        let second = try await recorder.take(source: "s", files: ["a", "b"], now: time(120))
        #expect(try await registry.latestSnapshot(of: "s") == second)
        #expect(second.files.map(\.firstSeen) == [nil, time(120)])
    }

    @Test func `recorders at the same time agree about who was first`() async throws {
        let registry = InMemoryRegistry()
        let recorder = SnapshotRecorder(registry: registry, snapshotter: snapshotter)
        for name in ["a", "b", "c", "d"] { try folder.write(name, to: name) }
        let now = later
        try await withThrowingTaskGroup(of: Void.self) { group in
            for count in 1...4 {
                let files = Array(["a", "b", "c", "d"].prefix(count))
                group.addTask { _ = try await recorder.take(source: "s", files: files, now: now) }
            }
            try await group.waitForAll()
        }
        let latest = try #require(try await registry.latestSnapshot(of: "s"))
        #expect(latest.files.first?.path == "a")
        #expect(latest.files.first?.firstSeen == nil)
    }
}
