// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

/// A clock that jumps while a run goes on (SEMANTICS 1.4).
@Suite struct JumpingClockTests {
    /// Clocks of which the wall clock goes on by two days once it was read so many times.
    private final class Jumping: Sendable {
        private let left: Mutex<Int>

        init(after readings: Int) { left = Mutex(readings) }

        func read() -> ClockReading {
            let jumped = left.withLock { left in
                left -= 1
                return left < 0
            }
            let wall = Timestamp(microseconds: 1_000_000 + (jumped ? 172_800_000_000 : 0))
            return ClockReading(wall: wall, sinceStart: TimeSpan(microseconds: 5), start: "one")
        }
    }

    private func fill(
        _ fixture: OnlineFixture, jumpingAfter readings: Int, isAccepted: Bool = false
    ) async throws(TallyError) {
        let clock = Jumping(after: readings)
        let sources = SourcePreparer(
            root: fixture.folder.path, engine: fixture.engine, registry: fixture.registry,
            clock: ClockGuard(root: fixture.folder.path, isAccepted: isAccepted) { clock.read() })
        _ = try await Materializer(
            registry: fixture.registry, store: fixture.store, engine: fixture.engine, sources: sources,
            clock: fixture.clock, user: "ann"
        ).run(MaterializationRequest())
    }

    @Test(arguments: [false, true])
    func `it stops the fill before the view is committed, also one for which an operator confirmed the clock`(
        isAccepted: Bool
    ) async throws {
        var reached = 0
        for readings in 1..<50 {
            let fixture = try OnlineFixture()
            try fixture.engine.put([EventRow(1, 10, 1)], at: "events/a.parquet")
            try await fixture.apply(OnlineDefinitions())
            do throws(TallyError) {
                try await fill(fixture, jumpingAfter: readings, isAccepted: isAccepted)
                reached = readings
                break
            } catch {
                #expect(error.code == .clock && error.message.contains("put on by"), "\(error)")
                #expect(try fixture.store.generations().isEmpty)
            }
        }
        // The clocks are read when the run begins, before and after the look, and twice for the view.
        #expect(reached >= 5)
    }

    @Test func `rows let in later are known between the decision about them and now, whatever a clock said`() throws {
        let digest = Fingerprint(of: "x".utf8)
        func known(_ at: Int64, decidedAt: Int64, firstSeen: Int64?, now: Int64) -> Int64 {
            let verdict = GateVerdict(
                digest: digest, making: nil, path: "a", promises: digest,
                decidedAt: Timestamp(microseconds: decidedAt),
                RowSplit.Result(rows: 2, setAside: 1, accepted: "b", acceptedDigest: digest, acceptedSize: 1))
            let rows = GateVerdict.Replayed(
                path: "c", digest: digest, size: 1, rows: 1, at: Timestamp(microseconds: at))
            let file = SourceSnapshot.File(
                path: "a", size: 1, digest: digest, firstSeen: firstSeen.map { Timestamp(microseconds: $0) }, stamp: "")
            return verdict.knownFrom(rows, in: file, at: Timestamp(microseconds: now)).microseconds
        }
        let day: Int64 = 86_400_000_000
        #expect(known(5 * day, decidedAt: 4 * day, firstSeen: nil, now: 9 * day) == 5 * day)
        #expect(known(5 * day, decidedAt: 4 * day, firstSeen: 6 * day, now: 9 * day) == 6 * day)
        #expect(known(1 * day, decidedAt: 4 * day, firstSeen: nil, now: 9 * day) == 4 * day, "before its decision")
        #expect(known(12 * day, decidedAt: 4 * day, firstSeen: nil, now: 9 * day) == 9 * day, "ahead of the clock")
        #expect(known(1 * day, decidedAt: 12 * day, firstSeen: nil, now: 9 * day) == 9 * day, "both were wrong")
    }
}
