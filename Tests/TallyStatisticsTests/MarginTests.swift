// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyStatistics
import TallyTesting
import Testing

@Suite struct MarginTests {
    @Test func `bounds hold what was seen and never cross zero`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let scale = [1e-9, 1e-3, 1, 1e3, 1e12][random.below(5)]
            let ends = (0..<2).map { _ in (Double(random.below(2_000_001)) - 1_000_000) * scale }.sorted()
            guard ends[0] < ends[1] else { continue }
            let bounds = try #require(Margin.around(ends[0]...ends[1], isWhole: false))
            #expect(bounds.lowerBound <= ends[0] && bounds.upperBound >= ends[1])
            if ends[0] >= 0 { #expect(bounds.lowerBound >= 0) }
            if ends[1] <= 0 { #expect(bounds.upperBound <= 0) }
            // Not wider than a tenth of the spread and one step of rounding on either side.
            let spread = ends[1] - ends[0]
            #expect(bounds.upperBound - ends[1] <= spread * 0.21)
        }
    }

    @Test func `a spread of nothing says nothing`() {
        #expect(Margin.around(3...3, isWhole: false) == nil)
        #expect(Margin.around(0...Double.infinity, isWhole: false) == nil)
        #expect(Margin.around(times: 5...5, day: 86_400_000_000) == nil)
        #expect(Margin.around(times: Int64.min...Int64.max, day: 1) == nil)
    }

    @Test func `whole numbers get whole bounds`() throws {
        let bounds = try #require(Margin.around(0...3, isWhole: true))
        #expect(bounds == 0...4)
        #expect(Margin.around(lengths: 4...4) == 4...4)
        #expect(Margin.around(lengths: 1...20).lowerBound == 1)
    }

    @Test(arguments: [(0.034_1, 0.035), (1.0, 1.0), (99.1, 100.0)]) func `numbers are rounded up to two digits`(
        number: Double, rounded: Double
    ) {
        #expect(Margin.up(number) == rounded)
    }
}
