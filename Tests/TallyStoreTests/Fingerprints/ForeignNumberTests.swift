// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// Numbers that others wrote into the registry or beside it.
@Suite struct ForeignNumberTests {
    private static let ends: [Int64] = [.min, .min + 1, -1, 1 << 53 + 1, .max - 1, .max]

    private func verdict(rows: Int64 = 10, setAside: Int64 = 4, discarded: Int64 = 1, replayed: [Int64] = [2]) -> JSON {
        let digest = Fingerprint(of: "a".utf8).hex
        return .object([
            ("tallystick", .string("gate verdict")), ("accepted", .string("b")), ("acceptedSha256", .string(digest)),
            ("quarantined", .string("q")), ("sha256", .string(digest)), ("path", .string("a.csv")),
            ("promises", .string(digest)),
            ("decidedAt", .string("2026-01-01T00:00:00Z")), ("rows", .exact(rows)), ("setAside", .exact(setAside)),
            ("acceptedSize", .exact(1)),
            (
                "replayed",
                .array(
                    replayed.map { rows in
                        .object([
                            ("path", .string("b.csv")), ("sha256", .string(digest)), ("size", .exact(1)),
                            ("rows", .exact(rows)), ("at", .exact(1)),
                        ])
                    })
            ), ("discarded", .exact(discarded)),
        ])
    }

    @Test func `a verdict counts rows that a file can have`() throws {
        let read = try #require(GateVerdict(json: verdict()))
        #expect(read.waiting == 1 && read.visibleRows == 8)
        for end in Self.ends {
            #expect(GateVerdict(json: verdict(rows: end)) == nil)
            #expect(GateVerdict(json: verdict(setAside: end)) == nil)
            #expect(GateVerdict(json: verdict(discarded: end)) == nil)
            #expect(GateVerdict(json: verdict(replayed: [end])) == nil)
            #expect(GateVerdict(json: verdict(replayed: [1, end, end])) == nil)
        }
        #expect(GateVerdict(json: verdict(replayed: [2, 2])) == nil)
        #expect(GateVerdict(json: verdict(setAside: 11, discarded: 0, replayed: [])) == nil)
    }

    @Test func `a snapshot of the end of all time has no successor`() throws {
        let folder = try TemporaryFolder("ends")
        try folder.write("a", to: "a")
        let now = Timestamp(microseconds: 1_000_000)
        for (taken, follows) in [(Int64.max, false), (.max - 1, true), (.min, true), (0, true)] {
            let last = SourceSnapshot(source: "s", takenAt: Timestamp(microseconds: taken), files: [])
            let look = { () throws(TallyError) -> SourceSnapshot in
                try Snapshotter(root: folder.path).snapshot(source: "s", files: ["a"], previous: last, now: now)
            }
            if follows {
                #expect(try look().takenAt > last.takenAt)
            } else {
                let error = #expect(throws: TallyError.self) { try look() }
                #expect(error?.code == .corrupt)
            }
        }
    }

    @Test func `an earlier run that let in rows that cannot be is damage`() async throws {
        for rows in Self.ends + [7] {
            let registry = InMemoryRegistry()
            let summary = JSON.object([("visibleRows", .exact(rows)), ("previousRows", .exact(rows))])
            try await registry.record(
                .run(
                    RunRecord(
                        command: "admit", subject: "t", startedAt: Timestamp(microseconds: 0), duration: .zero,
                        identity: Fingerprint(of: summary), summary: summary,
                        detail: RunDetail(of: "admit", summary: summary))))
            let runs = EarlierRuns(registry)
            if rows == 7 {
                #expect(try await runs.visibleRows(of: "t") == 7)
            } else {
                let error = await #expect(throws: TallyError.self) { try await runs.visibleRows(of: "t") }
                #expect(error?.code == .corrupt, "\(rows)")
            }
        }
    }
}
