// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct OnlineCellTests {
    private let law = ViewLaw.latestRow()

    @Test(arguments: 0..<40)
    func `from the horizon on it answers as the list of all offered rows does`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            var (cell, offered, horizon) = (OnlineCell(), [OnlineRow](), -3)
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let row = row(&random)
                offered.append(row)
                let before = cell
                #expect(
                    law.take(row, into: &cell, horizon: OnlineSamples.time(horizon)) == (cell != before), "seed \(seed)"
                )
                for seconds in horizon..<horizon + 14 {
                    let time = OnlineSamples.time(seconds)
                    let expected = offered.filter { $0.knownTime <= time }.max()
                    #expect(
                        OnlineSamples.row(of: cell, at: time) == expected,
                        "seed \(seed), horizon \(horizon), instant \(seconds)")
                }
                horizon += Int.random(in: 0...2, using: &random)
            }
        }
    }

    @Test(arguments: 0..<40)
    func `the order of offers does not matter, nor how often a row is offered`(seed: UInt64) {
        var random = SeededGenerator(seed: 1_000 + seed)
        for _ in 0..<25 {
            let rows = (0..<Int.random(in: 1...8, using: &random)).map { _ in row(&random) }
            let horizon = OnlineSamples.time(Int.random(in: -3...9, using: &random))
            let expected = cell(rows, horizon)
            for _ in 0..<6 {
                let again = (rows + rows.prefix(3)).shuffled(using: &random)
                #expect(cell(again, horizon) == expected, "seed \(1_000 + seed)")
            }
            #expect(cell(expected.rows, horizon) == expected, "seed \(1_000 + seed)")
        }
    }

    @Test(arguments: 0..<40)
    func `it keeps no row that cannot answer`(seed: UInt64) {
        var random = SeededGenerator(seed: 2_000 + seed)
        for _ in 0..<25 {
            let rows = (0..<Int.random(in: 1...10, using: &random)).map { _ in row(&random) }
            let horizon = Int.random(in: -3...9, using: &random)
            let kept = cell(rows, OnlineSamples.time(horizon)).rows
            let answers = Set(
                (horizon...12).compactMap { seconds in
                    rows.filter { $0.knownTime <= OnlineSamples.time(seconds) }.max()
                })
            #expect(Set(kept) == answers && kept.count == answers.count, "seed \(2_000 + seed)")
            #expect(kept == kept.sorted { $0.knownTime < $1.knownTime }, "seed \(2_000 + seed)")
            #expect(kept == kept.sorted(), "seed \(2_000 + seed)")
        }
    }

    @Test func `rows are ordered by event time, its nanoseconds, known time, sequence and bytes`() {
        let rows = [
            OnlineSamples.timelessRow([9]), OnlineSamples.row(1, known: 9, sequence: 9, [9]),
            OnlineSamples.row(2, cut: -999, known: 9, sequence: 9, [9]), OnlineSamples.row(2, cut: -1, known: 9, [9]),
            OnlineSamples.row(2, known: 3, sequence: 9, [9]), OnlineSamples.row(2, known: 4, sequence: -1, [9]),
            OnlineSamples.row(2, known: 4, sequence: 0, []), OnlineSamples.row(2, known: 4, sequence: 0, [0]),
            OnlineSamples.row(2, known: 4, sequence: 0, [0, 0]), OnlineSamples.row(2, known: 4, sequence: 0, [1]),
        ]
        for (index, row) in rows.enumerated() {
            for (other, against) in rows.enumerated() { #expect((row < against) == (index < other)) }
        }
    }

    /// Few times and bytes, so that rows tie and known times meet the horizon.
    private func row(_ random: inout SeededGenerator) -> OnlineRow {
        let event = Int.random(in: -2...4, using: &random)
        return OnlineSamples.row(
            event, cut: [0, -1, -999].randomElement(using: &random) ?? 0,
            known: event + Int.random(in: 0...6, using: &random),
            sequence: Int64.random(in: 0...1, using: &random),
            (0..<Int.random(in: 0...2, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) })
    }

    private func cell(_ rows: [OnlineRow], _ horizon: Timestamp) -> OnlineCell {
        var cell = OnlineCell()
        for row in rows { law.take(row, into: &cell, horizon: horizon) }
        return cell
    }
}
