// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing
import TallyPointInTime

@Suite("AsOfJoin")
struct AsOfJoinTests {
    private let numbers = SourceLayout(payload: [.int64])

    private func row(_ event: Int64, _ value: Int64, known: Int64? = nil, sequence: Int64 = 0) -> SourceRow {
        SourceRow(entity: 0, event: event, known: known, sequence: sequence, values: [.int64(value)])
    }

    private func join(
        _ layout: SourceLayout, _ rule: AsOfRule = AsOfRule(), spine times: [Int64?], _ source: [SourceRow]
    ) -> (outcomes: [Outcome], matches: Matches) {
        let input = JoinCase(
            layout: layout, rule: rule, entityCount: 1, spine: times.map { SpineRow(entity: 0, time: $0) },
            source: source)
        let matches = KernelRunner(input: input).run()
        return (MatchReader(matches: matches, rangeSize: 10).read().outcomes, matches)
    }

    @Test
    func `a label never sees a feature from its own future`() {
        let found = join(numbers, spine: [9, 10, 11], [row(10, 1), row(12, 2)]).outcomes
        #expect(found.map(\.values) == [[nil], [.int64(1)], [.int64(1)]])
        #expect(found.map(\.status) == [.notFound, .matched, .matched])
    }

    @Test
    func `a value lives to the last microsecond of its time to live and not one longer`() {
        let found = join(numbers, AsOfRule(timeToLive: 5), spine: [15, 16], [row(10, 1)]).outcomes
        #expect(found.map(\.status) == [.matched, .outsideMaxAge])
        #expect(found.map(\.values) == [[.int64(1)], [nil]])
        #expect(found.map(\.event) == [10, 10])
    }

    @Test
    func `a fresher event that has expired does not uncover an older one`() {
        let layout = SourceLayout(payload: [.int64], hasKnownTime: true)
        let source = [row(10, 1, known: 10), row(4, 2, known: 20)]
        let found = join(layout, AsOfRule(timeToLive: 3), spine: [13, 14, 20], source).outcomes
        #expect(found.map(\.status) == [.matched, .outsideMaxAge, .outsideMaxAge])
        #expect(found.map(\.event) == [10, 10, 10])
    }

    @Test
    func `a row known late is seen from then on, and does not displace a later event`() {
        let layout = SourceLayout(payload: [.int64], hasKnownTime: true)
        let source = [row(10, 1, known: 30), row(20, 2, known: 20), row(25, 3, known: 40)]
        let found = join(layout, spine: [19, 20, 30, 40], source).outcomes
        #expect(found.map(\.values) == [[nil], [.int64(2)], [.int64(2)], [.int64(3)]])
        #expect(found.map(\.known) == [nil, 20, 20, 40])
    }

    @Test
    func `nothing is known before it happens, whatever the known time says`() {
        let layout = SourceLayout(payload: [.int64], hasKnownTime: true)
        let found = join(layout, spine: [9, 10], [row(10, 1, known: 3)]).outcomes
        #expect(found.map(\.status) == [.notFound, .matched])
        #expect(found.map(\.known) == [nil, 10])
    }

    @Test
    func `ignoring known time shows what leaked`() {
        let layout = SourceLayout(payload: [.int64], hasKnownTime: true)
        let source = [row(10, 1, known: 30)]
        let respected = join(layout, spine: [10, 29, 30], source).matches.counts
        let ignored = join(layout, AsOfRule(knownTime: .ignored), spine: [10, 29, 30], source).matches.counts
        #expect((respected.matched, respected.leaked) == (1, 0))
        #expect((ignored.matched, ignored.leaked) == (3, 2))
    }

    @Test
    func `the sequence decides between rows of one instant, and is no tie`() {
        let layout = SourceLayout(payload: [.int64], hasSequence: true)
        let found = join(layout, spine: [10], [row(10, 9, sequence: 1), row(10, 1, sequence: 2)]).outcomes
        #expect(found.map(\.values) == [[.int64(1)]])
        #expect(found.map(\.isTied) == [false])
    }

    @Test
    func `bytes decide as unsigned big-endian numbers, and are counted; equal rows are no tie`() {
        let tied = join(numbers, spine: [10], [row(10, 5), row(10, -1), row(10, 5)])
        #expect(tied.outcomes.map(\.values) == [[.int64(-1)]])
        #expect(tied.matches.counts.tied == 1)
        #expect(join(numbers, spine: [10], [row(10, 5), row(10, 5)]).matches.counts.tied == 0)
    }

    @Test
    func `a later row takes the tie of an earlier instant away`() {
        for source in [[row(10, 1), row(10, 2), row(11, 3)], [row(11, 3), row(10, 1), row(10, 2)]] {
            let found = join(numbers, spine: [10, 11], source).outcomes
            #expect(found.map(\.isTied) == [true, false])
        }
        let oneSlot = join(numbers, spine: [11], [row(10, 1), row(10, 2), row(11, 3)]).outcomes
        #expect(oneSlot.map(\.isTied) == [false])
    }

    @Test
    func `columns beyond the compared ones break ties without being counted`() {
        let layout = SourceLayout(payload: [.int64, .int64], comparedColumns: 1)
        func row(_ feature: Int64, _ mask: Int64?) -> SourceRow {
            SourceRow(entity: 0, event: 10, values: [.int64(feature), mask.map { .int64($0) }])
        }
        let same = join(layout, spine: [10], [row(1, 7), row(1, 8)])
        #expect(same.outcomes.map(\.values) == [[.int64(1), .int64(8)]])
        #expect(same.matches.counts.tied == 0)
        // Presence of the mask must not outrank the feature.
        let other = join(layout, spine: [10], [row(2, nil), row(1, 8)])
        #expect(other.outcomes.map(\.values) == [[.int64(2), nil]])
        #expect(other.matches.counts.tied == 1)
    }

    @Test
    func `a source without event time is always visible`() {
        let layout = SourceLayout(payload: [.int64], hasEventTime: false)
        let source = [SourceRow(entity: 0, values: [.int64(3)]), SourceRow(entity: 0, values: [.int64(4)])]
        let found = join(layout, spine: [.min, 0, nil], source)
        #expect(found.outcomes.map(\.values) == [[.int64(4)], [.int64(4)], [nil]])
        #expect(found.outcomes.map(\.event) == [nil, nil, nil])
        #expect(found.matches.counts.tied == 2)
    }

    @Test
    func `ages beyond 64 bits are older than any limit`() {
        let found = join(numbers, AsOfRule(timeToLive: .max), spine: [.max, -2, -1], [row(.min, 1)]).outcomes
        #expect(found.map(\.status) == [.outsideMaxAge, .matched, .matched])
        #expect(join(numbers, spine: [.max], [row(.min, 1)]).outcomes.map(\.status) == [.matched])
    }

    @Test
    func `an empty spine and an empty source are no special cases`() {
        #expect(join(numbers, spine: [], [row(10, 1)]).matches.source.unknownEntity == 0)
        #expect(join(numbers, spine: [], [row(10, 1)]).matches.rowCount == 0)
        #expect(join(numbers, spine: [1, nil], []).matches.counts.notFound == 2)
    }

    @Test
    func `an estimate covers the records and what variable values take`() {
        let narrow = AsOfJoin.estimatedBytes(spineRows: 1_000_000, layout: SourceLayout(payload: [.float64]))
        let wide = AsOfJoin.estimatedBytes(
            spineRows: 1_000_000, layout: SourceLayout(payload: [.float64, .bytes]), bytesPerVariableValue: 100)
        #expect(narrow >= 24_000_000 && narrow <= 40_000_000)
        #expect(wide >= narrow + 116_000_000)
    }
}
