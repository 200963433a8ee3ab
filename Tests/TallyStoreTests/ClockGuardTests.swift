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
    func `a file that says nothing refuses nothing`(_ text: String) throws {
        try folder.write(text, to: ClockGuard.path)
        #expect(refused(guarding()) == nil)
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
