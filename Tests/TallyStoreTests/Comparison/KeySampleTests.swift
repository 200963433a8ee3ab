// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyStore

@Suite struct KeySampleTests {
    private func sample(_ batches: [[Int64?]], capacity: Int, seed: UInt64 = 1) -> [[Value]] {
        var sample = KeySample(capacity: capacity, seed: seed)
        for batch in batches { sample.take([.numbers(batch)]) }
        return sample.keys
    }

    @Test func `with room for all it holds each key once, and none that is null`() {
        let keys = sample([[1, 2, nil, 2], [], [3, 1, nil]], capacity: 10)
        #expect(Set(keys) == [[.int64(1)], [.int64(2)], [.int64(3)]] && keys.count == 3)
    }

    @Test func `it does not depend on the order of rows, nor on how often a key comes`() {
        var random = SeededGenerator(seed: 4)
        let all = (0..<2_000).map { Int64?.some($0) }
        let once = sample([all], capacity: 50)
        #expect(once.count == 50)
        for _ in 0..<3 {
            let shuffled = (all + all.prefix(700)).shuffled(using: &random)
            #expect(sample([Array(shuffled.prefix(900)), Array(shuffled.dropFirst(900))], capacity: 50) == once)
        }
        #expect(sample([all], capacity: 50, seed: 2) != once)
    }

    @Test func `every key is as likely as any other`() {
        // 400 samples of 20 out of 100: each key is expected 80 times, with a standard deviation of 8.
        var counts: [Value: Int] = [:]
        for seed in 0..<400 {
            for key in sample([(0..<100).map { $0 }], capacity: 20, seed: UInt64(seed)) {
                counts[key[0], default: 0] += 1
            }
        }
        #expect(counts.count == 100)
        #expect(counts.values.allSatisfy { (40...120).contains($0) }, "five standard deviations")
    }
}
