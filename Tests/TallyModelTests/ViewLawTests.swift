// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct ViewLawTests {
    @Test(arguments: 0..<30)
    func `the latest row is what the oracle says, however rows come together`(seed: UInt64) throws {
        for timeToLive in [nil, 0, 4, 100] as [Int64?] {
            try ViewLawLaws(timeToLive: timeToLive).check(seed: seed, rounds: 10)
        }
    }

    @Test(arguments: 0..<10)
    func `a window holds what the oracle says, however rows come together`(seed: UInt64) throws {
        for (size, hop) in [(1, nil), (6, nil), (6, 3), (8, 2), (5, 5), (40, 4)] as [(Int64, Int64?)] {
            for edges in EventWindow.Edges.allCases {
                for (endsAtHop, offset) in [(false, 0), (true, 0), (false, 3)] as [(Bool, Int64)] {
                    let laws = ViewLawLaws(size: size, hop: hop, edges: edges, endsAtHop: endsAtHop, offset: offset)
                    try #require(laws).check(seed: seed, rounds: 2)
                }
            }
        }
    }

    @Test func `a window has a length, and a hop that divides it`() {
        func window(_ size: Int64, _ hop: Int64?, _ offset: Int64 = 0) -> EventWindow? {
            EventWindow(
                size: TimeSpan(microseconds: size), hop: hop.map { TimeSpan(microseconds: $0) },
                offset: TimeSpan(microseconds: offset))
        }
        #expect(window(6, 3) != nil && window(6, nil) != nil)
        for (size, hop, offset) in [(0, nil, 0), (-1, nil, 0), (6, 4, 0), (6, 0, 0), (6, -3, 0), (6, 3, -1)]
            as [(Int64, Int64?, Int64)]
        {
            #expect(window(size, hop, offset) == nil)
        }
    }

    @Test func `edges at the ends of time are cut there`() throws {
        for hop in [nil, TimeSpan(microseconds: 1), TimeSpan(microseconds: .max)] {
            for edges in EventWindow.Edges.allCases {
                let window = try #require(
                    EventWindow(size: TimeSpan(microseconds: .max), hop: hop, edges: edges, endsAtHop: hop != nil))
                for instant in [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max] {
                    let time = Timestamp(microseconds: instant)
                    let row = OnlineRow(eventTime: time, knownTime: time, values: [])
                    #expect(window.bounds(at: time).first.microseconds <= max(instant, .min + 1))
                    let law = ViewLaw.window(window)
                    #expect(!law.parts(at: time).contains(ViewPart(.max)))
                    var state = OnlineCell()
                    law.take(row, into: &state, horizon: .distantPast)
                    _ = law.answer([state], at: time)
                    _ = law.part(of: row)
                }
            }
        }
    }

    @Test func `a row without event time answers always, and is in no window`() throws {
        let row = OnlineSamples.timelessRow([1])
        var state = OnlineCell()
        ViewLaw.latestRow(timeToLive: .zero).take(row, into: &state, horizon: .distantPast)
        #expect(ViewLaw.latestRow(timeToLive: .zero).answer([state], at: .distantPast) == .row(row))
        let window = try #require(EventWindow(size: TimeSpan(microseconds: 5)))
        var none = OnlineCell()
        #expect(!ViewLaw.window(window).take(row, into: &none, horizon: .distantPast))
    }
}
