// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyStore
import TallyTesting
import Testing

/// Nobody writes by a clock that jumped (SEMANTICS 1.4).
@Suite struct ClockGuardTests {
    private let folder: TemporaryFolder
    private static let hour: Int64 = 3_600_000_000
    private static let start = Timestamp(microseconds: 1_750_000_000_000_000)

    init() throws { folder = try TemporaryFolder("clock") }

    /// A guard whose clocks went on since the first reading, in microseconds.
    private func guarding(
        wall: Int64 = 0, sinceStart: Int64 = 0, start: String = "one", isAccepted: Bool = false
    ) -> ClockGuard {
        ClockGuard(root: folder.path, isAccepted: isAccepted) {
            ClockReading(
                wall: Timestamp(microseconds: Self.start.microseconds + wall),
                sinceStart: TimeSpan(microseconds: 1_000_000 + sinceStart), start: start)
        }
    }

    private func refused(_ clock: ClockGuard) -> String? {
        do throws(TallyError) {
            try clock.check()
            return nil
        } catch {
            #expect(error.code == .clock)
            return error.description
        }
    }

    @Test func `nothing is refused before the first write, nor while the clocks go on together`() {
        #expect(refused(guarding(wall: -5 * Self.hour)) == nil)
        guarding().note()
        for passed in [0, 1, Self.hour, 1_000 * Self.hour] {
            #expect(refused(guarding(wall: passed, sinceStart: passed)) == nil)
        }
        // A step of less than an hour is what a time server makes.
        #expect(refused(guarding(wall: 2 * Self.hour, sinceStart: Self.hour)) == nil)
        #expect(refused(guarding(wall: -60_000_000)) == nil)
    }

    @Test func `a clock that was put on or back stops who writes, until an operator agrees`() throws {
        guarding().note()
        let days = 48 * Self.hour
        #expect(refused(guarding(wall: days, sinceStart: Self.hour))?.contains("put on by") == true)
        #expect(refused(guarding(wall: Self.hour, sinceStart: days))?.contains("put back by") == true)
        #expect(refused(guarding(wall: -60_000_001))?.contains("was written at") == true)
        // Another start of the machine says nothing about the time between, but nobody writes before the last write.
        #expect(refused(guarding(wall: days, start: "two")) == nil)
        #expect(refused(guarding(wall: -days, start: "two"))?.contains("--accept-clock") == true)
        #expect(refused(guarding(wall: days, sinceStart: Self.hour, isAccepted: true)) == nil)
        guarding(wall: days, sinceStart: Self.hour, isAccepted: true).note()
        #expect(refused(guarding(wall: days + Self.hour, sinceStart: 2 * Self.hour)) == nil)
    }

    @Test(arguments: ["", "{}", "null", #"{"wall":"yesterday","sinceStart":"x","start":1}"#])
    func `a file that does not say is told, and stops who writes until an operator agrees`(_ text: String) throws {
        try folder.write(text, to: ClockGuard.path)
        let error = #expect(throws: TallyError.self) { try guarding().check() }
        #expect(error?.code == .corrupt && error?.help?.description.contains("--accept-clock") == true)
        #expect(guarding().finding?.state == .broken && guarding().finding?.advice != nil)
        let accepted = guarding(isAccepted: true)
        try accepted.check()
        accepted.note()
        #expect(refused(guarding()) == nil && guarding().finding == nil)
    }

    @Test func `what stops who writes is what an examination tells`() throws {
        #expect(guarding().finding == nil)
        guarding().note()
        for (wall, sinceStart) in [(48 * Self.hour, Self.hour), (Self.hour, 48 * Self.hour), (-60_000_001, 0)] {
            let clock = guarding(wall: wall, sinceStart: sinceStart)
            #expect(clock.finding?.state == .broken && clock.finding?.found.isEmpty == false)
            #expect(clock.finding.map { refused(clock)?.contains($0.found) } == true)
        }
    }

    @Test func `a note is written anew after a second, and when a clock went back`() throws {
        guarding().note()
        let first = try folder.read(ClockGuard.path)
        guarding(wall: 999_999, sinceStart: 999_999).note()
        #expect(try folder.read(ClockGuard.path) == first)
        guarding(wall: -1, sinceStart: 5).note()
        let second = try folder.read(ClockGuard.path)
        #expect(second != first)
        guarding(wall: 1_000_000, sinceStart: 1_000_005).note()
        #expect(try folder.read(ClockGuard.path) != second)
        guarding(wall: 1_000_001, sinceStart: 1_000_006, start: "two").note()
        #expect(try folder.read(ClockGuard.path)?.contains("two") == true)
    }

    @Test func `clocks at the ends of their range are compared without a trap`() throws {
        for wall in [Int64.min, .max] {
            for sinceStart in [Int64.min, .max] {
                let clock = ClockGuard(root: folder.path) {
                    ClockReading(
                        wall: Timestamp(microseconds: wall), sinceStart: TimeSpan(microseconds: sinceStart),
                        start: "one")
                }
                _ = refused(clock)
                clock.note()
                _ = refused(clock)
                _ = refused(guarding())
            }
        }
    }
}
