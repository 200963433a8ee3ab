// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing
import TallyPointInTime

@Suite("the kernel against its slow twin")
struct AsOfJoinOracleTests {
    @Test(arguments: 0..<20)
    func `small random joins on the boundaries come out as the law says`(block: UInt64) {
        for seed in (block * 15)..<(block * 15 + 15) {
            var maker = CaseMaker(seed: seed)
            check(maker.make(), seed: seed, &maker.random)
        }
    }

    @Test(arguments: [9001, 9002, 9003, 9004, 9005, 9006] as [UInt64])
    func `joins of many batches come out as the law says`(seed: UInt64) {
        var maker = CaseMaker(seed: seed)
        var input = maker.make(maximumSpine: 200, maximumSource: 1500)
        // The maker draws sizes from 0: insist on more than one batch.
        while input.source.count < 600 || input.spine.count < 50 || input.layout.payload.count > 20 {
            input = maker.make(maximumSpine: 200, maximumSource: 1500)
        }
        check(input, seed: seed, &maker.random)
    }

    private func check(_ input: JoinCase, seed: UInt64, _ random: inout SeededGenerator) {
        let expected = NaiveJoin(input)
        var shuffled = input
        shuffled.source.shuffle(using: &random)
        let runs = [
            KernelRunner(input: input),
            KernelRunner(input: input, chunkSizes: [1], rangeSize: 1),
            KernelRunner(input: shuffled, chunkSizes: [7, 300, 1], rangeSize: 64, forcesValidity: true),
            KernelRunner(input: shuffled, chunkSizes: [256], rangeSize: 65),
        ]
        for (number, run) in runs.enumerated() {
            let matches = run.run()
            let (outcomes, complaints) = MatchReader(matches: matches, rangeSize: run.rangeSize).read()
            #expect(complaints.isEmpty, "seed \(seed), run \(number)")
            for (row, pair) in zip(outcomes, expected.outcomes).enumerated() where pair.0 != pair.1 {
                Issue.record("seed \(seed), run \(number), spine row \(row): found \(pair.0), the law says \(pair.1)")
                return
            }
            #expect(outcomes.count == expected.outcomes.count, "seed \(seed), run \(number)")
            #expect(matches.counts == counts(expected), "seed \(seed), run \(number)")
            #expect(matches.source == sourceCounts(input), "seed \(seed), run \(number)")
        }
    }

    private func counts(_ expected: NaiveJoin) -> MatchCounts {
        var counts = MatchCounts()
        counts.rows = expected.outcomes.count
        counts.matched = expected.outcomes.count { $0.status == .matched }
        counts.notFound = expected.outcomes.count { $0.status == .notFound }
        counts.outsideMaxAge = expected.outcomes.count { $0.status == .outsideMaxAge }
        counts.tied = expected.outcomes.count { $0.isTied }
        counts.repeated = expected.repeated
        counts.leaked = expected.leaked
        return counts
    }

    private func sourceCounts(_ input: JoinCase) -> SourceCounts {
        var counts = SourceCounts()
        for row in input.source {
            counts.rows += 1
            guard let entity = row.entity, entity < input.entityCount else {
                counts.unknownEntity += 1
                continue
            }
            guard !input.layout.hasEventTime || row.event != nil, !input.layout.hasKnownTime || row.known != nil else {
                counts.withoutTime += 1
                continue
            }
            let visible =
                switch (input.layout.hasEventTime, input.rule.knownTime) {
                case (false, _): Int64.min
                case (true, .ignored): row.event ?? .min
                case (true, .respected): max(row.event ?? .min, input.layout.hasKnownTime ? row.known ?? .min : .min)
                }
            let latest = input.spine.filter { $0.entity == entity }.compactMap(\.time).max()
            if latest.map({ $0 < visible }) ?? true { counts.neverVisible += 1 }
        }
        return counts
    }
}
