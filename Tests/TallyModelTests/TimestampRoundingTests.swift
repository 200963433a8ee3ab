// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct TimestampRoundingTests {
    @Test(
        arguments: [
            (0, 0, 0, 0, 0), (1, 0, 1, 1, -999), (999, 0, 999, 1, -1), (1_000, 1, 0, 1, 0), (1_001, 1, 1, 2, -999),
            (-1, -1, 999, 0, -1), (-999, -1, 1, 0, -999), (-1_000, -1, 0, -1, 0), (-1_001, -2, 999, -1, -1),
        ] as [(Int64, Int64, Int32, Int64, Int32)])
    func `nanoseconds are cut downwards and upwards, before 1970 too`(
        _ count: Int64, _ down: Int64, _ downCut: Int32, _ up: Int64, _ upCut: Int32
    ) throws {
        let floor = try #require(Timestamp.rounded(nanoseconds: count, .down))
        #expect(floor == (Timestamp(microseconds: down), downCut))
        let ceiling = try #require(Timestamp.rounded(nanoseconds: Int128(count), .up))
        #expect(ceiling == (Timestamp(microseconds: up), upCut))
    }

    @Test func `what is rounded and what is cut from it are the time again, and order as times do`() throws {
        var random = SeededGenerator(seed: 29)
        var last: (time: Timestamp, cut: Int32)?
        let counts = (0..<500).map { _ in Int64.random(in: -3_000...3_000, using: &random) } + [.min, .max]
        for count in counts.sorted() {
            let (up, down) = (
                try #require(Timestamp.rounded(nanoseconds: count, .up)),
                try #require(Timestamp.rounded(nanoseconds: count, .down))
            )
            #expect(Int128(up.time.microseconds) * 1_000 + Int128(up.cut) == Int128(count))
            #expect(Int128(down.time.microseconds) * 1_000 + Int128(down.cut) == Int128(count))
            #expect((-999...0).contains(up.cut) && (0...999).contains(down.cut) && down.time <= up.time)
            if let last { #expect(last.time < up.time || last.time == up.time && last.cut <= up.cut) }
            last = up
        }
    }

    @Test func `what 64 bits do not hold is no instant`() {
        let most = Int128(Int64.max) * 1_000
        #expect(Timestamp.rounded(nanoseconds: most, .up)?.time == Timestamp(microseconds: .max))
        #expect(Timestamp.rounded(nanoseconds: most + 1, .down)?.time == Timestamp(microseconds: .max))
        #expect(Timestamp.rounded(nanoseconds: most + 1, .up) == nil)
        #expect(Timestamp.rounded(nanoseconds: most + 1_000, .down) == nil)
        #expect(Timestamp.rounded(nanoseconds: Int128(Int64.min) * 1_000 - 1, .down) == nil)
        #expect(Timestamp.rounded(nanoseconds: Int128(Int64.min) * 1_000 - 1, .up)?.cut == -1)
    }
}
