// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import BenchmarkKit
import TallyContracts
import TallyModel

/// Eight numeric checks on one row at a time, as a pushed event or a served vector meets them, and on columns of a batch.
@main struct RuleBenchmark {
    static let checks = 8

    static func main() {
        var random = SplitMix64(seed: 7)
        let names = (0..<checks).map { "x\($0)" }
        let schema = names.map { ColumnSchema(name: $0, type: .float64) }
        let rules = names.compactMap { name in
            try? RowRule.compile(
                RowTest(name, .floats(RowTest.Interval(lower: 0, upper: 1_000))), columns: schema
            ).get()
        }
        precondition(rules.count == checks, "a rule does not compile")
        // One value in a thousand is outside, so that no branch is always the same.
        let rows = (0..<1_024).map { _ in
            (0..<checks).map { _ in Value.float64(Double(random.below(1_001_000)) / 1_000) }
        }
        let batch = Batch(
            schema: schema,
            columns: (0..<checks).map { place in
                Column(type: .float64, values: (0..<65_536).map { rows[$0 % rows.count][place] })
            }, count: 65_536)
        var failing = 0
        let single =
            cost(rounds: 400) {
                for row in rows {
                    for (place, rule) in rules.enumerated() where rule.fails({ _ in row[place] }) { failing += 1 }
                }
            } / Double(rows.count)
        let columns =
            cost(rounds: 20) {
                for rule in rules { failing += rule.failures(in: batch).failing }
            } / Double(batch.count)
        precondition(failing > 0, "nothing failed, so nothing was measured")
        print(
            "{\"rowNanoseconds\": \(rounded(single * 1e9, 1)), \"batchRowNanoseconds\": \(rounded(columns * 1e9, 2))}")
    }

    /// The least CPU seconds of a round.
    static func cost(rounds: Int, _ work: () -> Void) -> Double {
        (0..<rounds).map { _ in
            let before = Usage.now()
            work()
            return Usage.now().cpuSeconds - before.cpuSeconds
        }.min() ?? 0
    }
}
