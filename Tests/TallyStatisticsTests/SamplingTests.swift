// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyStatistics
import Testing

@Suite struct SamplingTests {
    @Test func `SplitMix64 gives the numbers of its reference`() {
        // The first outputs of the published generator for the seed 1234567.
        var random = SplitMix64(seed: 1_234_567)
        let first = (0..<5).map { _ in random.next() }
        #expect(
            first == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `the finaliser gives no two numbers one result`() {
        #expect(Set((0..<100_000).map { SplitMix64.mixed($0) }).count == 100_000)
    }

    @Test func `a number is picked among those that are there`() {
        var random = SplitMix64(seed: 1)
        #expect(random.pick([Int]()) == nil)
        let picked = (0..<1_000).map { _ in random.pick([1, 2, 3]) ?? 0 }
        #expect(Set(picked) == [1, 2, 3])
        #expect((0..<1_000).allSatisfy { _ in random.next(below: 7) < 7 })
    }

    @Test func `another seed gives another hash, and so does another byte`() {
        let hashes = Set((0..<64).flatMap { seed in (0..<64).map { SeededHash.hash([UInt8($0)], seed: UInt64(seed)) } })
        #expect(hashes.count == 64 * 64)
        #expect(SeededHash.hash([]) == SplitMix64.mixed(0xCBF2_9CE4_8422_2325))
    }
}
