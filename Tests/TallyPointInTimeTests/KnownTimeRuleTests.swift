// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime
import TallyTesting
import Testing

/// Known times by the kernel, against the law in slow code (SEMANTICS 1.3).
@Suite struct KnownTimeRuleTests {
    private static let instants: [Int64] = [
        .min, .min + 1, -1_000_000, -1, 0, 1, 999, 1_700_000_000_000_000, .max - 1, .max,
    ]

    @Test func `a row is known when it happened, was declared and had arrived, whichever is last`() {
        for firstSeen in [nil] + Self.instants.map(Optional.some) {
            for declared in Self.instants {
                var known = [Int64](repeating: 7, count: Self.instants.count)
                var target = known.mutableSpan
                KnownTimeRule(firstSeen: firstSeen).write(
                    &target, events: Self.instants.span,
                    declared: [Int64](repeating: declared, count: Self.instants.count).span)
                #expect(known == Self.instants.map { Self.law($0, declared, firstSeen) })
            }
        }
    }

    @Test func `a delay counts from the event, and ends where time ends`() {
        for firstSeen in [nil, 5] as [Int64?] {
            for delay in [-1, 0, 1, 60_000_000, Int64.max] as [Int64] {
                var known = [Int64](repeating: 7, count: Self.instants.count)
                var target = known.mutableSpan
                KnownTimeRule(delay: delay, firstSeen: firstSeen).write(&target, events: Self.instants.span)
                let wanted = Self.instants.map { event in
                    let (sum, overflow) = event.addingReportingOverflow(delay)
                    return Self.law(event, overflow ? (delay < 0 ? .min : .max) : sum, firstSeen)
                }
                #expect(known == wanted)
            }
        }
    }

    private static func law(_ event: Int64, _ declared: Int64, _ firstSeen: Int64?) -> Int64 {
        var row = NaiveLaw.Row(event: event)
        row.declared = declared
        row.firstSeen = firstSeen
        return row.known
    }
}
