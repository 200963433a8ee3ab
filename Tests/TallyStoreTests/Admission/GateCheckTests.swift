// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// What `tally doctor` tells of verdicts and of the files they speak of.
@Suite struct GateCheckTests {
    private let folder: TemporaryFolder
    private static let path = ".tally/quarantine/t"

    /// One file of which one row of three waits.
    init() throws {
        folder = try TemporaryFolder("gate")
        try record("a")
    }

    private func record(_ name: String) throws {
        let gate = GateFolder(root: folder.path, table: "t")
        let (accepted, waiting) = ("\(Self.path)/accepted/\(name).csv", "\(Self.path)/\(name).parquet")
        try folder.write("x\n1\n", to: accepted)
        try folder.write("PAR1", to: waiting)
        let copy = try KeptFile(at: accepted, root: folder.path)
        try gate.record(
            GateVerdict(
                digest: Fingerprint(of: name.utf8), making: nil, path: name, promises: Fingerprint(of: "p".utf8),
                decidedAt: Timestamp(microseconds: 5),
                RowSplit.Result(
                    rows: 3, setAside: 1, accepted: accepted, acceptedDigest: copy.digest, acceptedSize: copy.size,
                    quarantined: try KeptFile(at: waiting, root: folder.path))))
    }

    private func told(readBytes: Int64 = 1_000) throws -> [HealthFinding] {
        let findings = try GateCheck.examine(root: folder.path, readBytes: readBytes)
        for finding in findings where finding.state != .kept { #expect(finding.advice?.description.isEmpty == false) }
        return findings
    }

    @Test func `what is as it was written is kept, and counted`() throws {
        try record("b")
        #expect(try told().map(\.state) == [.kept])
        #expect(try told().first?.found.contains("2 verdicts, and 4 files") == true)
        #expect(try GateCheck.examine(root: folder.path + "/nowhere").isEmpty)
    }

    @Test(arguments: ["accepted/a.csv", "a.parquet"])
    func `a file that is exchanged, cut or gone is broken, and the others are looked at`(_ file: String) throws {
        try record("b")
        let path = Self.path + "/" + file
        let text = try #require(try folder.read(path))
        for other in [String(text.reversed()), String(text.dropLast())] {
            try folder.write(other, to: path)
            #expect(try told().map(\.state) == [.broken])
            #expect(try told().first?.found.contains(path) == true)
        }
        FileName.remove(folder.path + "/" + path)
        #expect(try told().first?.found.contains("it is missing") == true)
        FileName.remove(folder.path + "/" + Self.path + "/accepted/b.csv")
        #expect(try told().first?.found.contains("1 more like it") == true)
    }

    @Test func `what is beyond the allowance is looked at by size, and that is told`() throws {
        let text = try #require(try folder.read(Self.path + "/a.parquet"))
        #expect(try told(readBytes: 8).map(\.state) == [.kept])
        let some = try told(readBytes: 3)
        #expect(some.map(\.state) == [.kept, .unproven] && some.last?.found.hasPrefix("2 of its files") == true)
        try folder.write(String(text.reversed()), to: Self.path + "/a.parquet")
        #expect(try told(readBytes: 0).map(\.state) == [.kept, .unproven])
        try folder.write(text + "1", to: Self.path + "/a.parquet")
        #expect(try told(readBytes: 0).map(\.state) == [.broken, .unproven])
    }

    @Test func `files without a verdict are named, but while a decision is made`() throws {
        try folder.write("x", to: Self.path + "/day=1/stranger.parquet")
        try folder.write("", to: Self.path + "/lock")
        let found = try told()
        #expect(found.map(\.state) == [.kept, .kept] && found.last?.found.contains("day=1/stranger.parquet") == true)
        try GateFolder(root: folder.path, table: "t").begin([Self.path + "/day=1/stranger.parquet"])
        #expect(try told().count == 1)
        try folder.write("{}", to: Self.path + "/verdicts/notes.json")
        #expect(try told().map(\.state) == [.broken])
    }

    @Test func `a copy that is exchanged after its bytes were compared is told after the last read`() throws {
        let gate = GateFolder(root: folder.path, table: "t")
        let digest = Fingerprint(of: "a".utf8)
        let verdict = try #require(try gate.verdict(digest))
        let file = SourceSnapshot.File(path: "a.csv", size: 1, digest: digest, firstSeen: nil, stamp: "")
        let prepared = PreparedSource(
            source: Source(name: "t", location: .files(path: "*.csv", format: .csv), eventTime: nil),
            snapshot: SourceSnapshot(source: "t", takenAt: Timestamp(microseconds: 1), files: [file]),
            groups: [], format: .csv, warnings: [])
        let admitted = try prepared.admitted(
            [digest: verdict], nil, root: folder.path, at: Timestamp(microseconds: 1_000))
        #expect(admitted.snapshot.files.map(\.path) == [Self.path + "/accepted/a.csv"])
        let looked = try #require(admitted.looked)
        try looked.expectUnchanged()
        let copy = try #require(try folder.read(Self.path + "/accepted/a.csv"))
        try folder.write(copy, to: Self.path + "/accepted/a.csv")
        let error = #expect(throws: TallyError.self) { try looked.expectUnchanged() }
        #expect(error?.code == .conflict)
    }
}
