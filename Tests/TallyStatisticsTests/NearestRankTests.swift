// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyStatistics
import Testing

@Suite struct NearestRankTests {
    @Test func `each hundredth of a hundred values is the value of its number`() throws {
        for hundredth in 1...100 {
            let share = try #require(Double("\(hundredth)e-2"))
            #expect(NearestRank(share).rank(among: 100) == hundredth)
        }
    }

    @Test(arguments: [
        (0.0, 5, 1), (1, 5, 5), (0.5, 5, 3), (0.5, 4, 2), (0.99, 1, 1), (0.001, 2000, 2), (0.001, 2001, 3),
        (1e-300, 9, 1),
    ])
    func `a rank is the share of all, rounded up`(share: Double, count: Int, rank: Int) {
        #expect(NearestRank(share).rank(among: count) == rank)
    }

    @Test func `a share is a fraction of whole numbers`() throws {
        let fraction = try #require(NearestRank(0.055).fraction)
        #expect(fraction == (55, 1000))
        #expect(try #require(NearestRank(1).fraction) == (1, 1))
        #expect(try #require(NearestRank(0).fraction) == (0, 1))
        #expect(NearestRank(1e-300).fraction == nil)
    }

    @Test func `the value at a rank is one of the values, whatever their order`() {
        #expect(NearestRank(0.5).value(among: [5, 1, 4, 2, 3]) == 3)
        #expect(NearestRank(0.5).value(among: ["b", "a"]) == "a")
        #expect(NearestRank(1).value(among: [Double]()) == nil)
    }
}
