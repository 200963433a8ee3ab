// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// When the clocks of a zone changed, as DuckDB's ICU knows it: turns wall times into instants.
///
/// A wall time that was shown twice is taken as the first of its two instants; one that was skipped is shifted forward
/// by the length of the gap (the offset before the change holds). Both are what `java.time` and Python's `fold=0` do.
struct ZoneTable: Sendable, Hashable {
    /// A wall time as an instant, and whether the wall showed it once.
    struct Instant: Hashable {
        let microseconds: Int64
        let isRegular: Bool
    }

    /// One change of the offset; all times in microseconds.
    struct Change: Sendable, Hashable {
        /// The first instant of the new offset.
        let instant: Int64
        /// Wall minus UTC before and after.
        let before: Int64
        let after: Int64
        /// The wall times that are irregular: skipped when the clock went forward, shown twice when it went back.
        var irregular: Range<Int64> { instant + min(before, after)..<instant + max(before, after) }
    }

    private let changes: [Change]
    private let firstOffset: Int64
    /// The Gregorian calendar repeats after 400 years, weekdays included, and so do the rules of the last years.
    private static let cycle: Int64 = 146_097 * 86_400_000_000
    /// Wall times from here on are looked up a number of cycles earlier.
    private let horizon: Int64

    /// Takes changes in order; they cover the time up to `horizon` with 400 years of the last rules before it.
    init(firstOffset: Int64, changes: [Change], horizon: Int64) {
        self.firstOffset = firstOffset
        self.changes = changes
        self.horizon = horizon
    }

    /// The instant of a wall time, microseconds since 1970-01-01T00:00:00 on that wall.
    func instant(ofWall wall: Int64) -> Instant {
        if wall >= horizon {
            let cycles = (wall - horizon) / Self.cycle + 1
            let earlier = instant(ofWall: wall - cycles * Self.cycle)
            let (later, isBeyond) = earlier.microseconds.addingReportingOverflow(cycles * Self.cycle)
            return Instant(microseconds: isBeyond ? wall : later, isRegular: earlier.isRegular)
        }
        // The first change whose irregular wall times end after the wall time; before it, the old offset holds.
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].irregular.upperBound > wall { high = middle } else { low = middle + 1 }
        }
        let offset = low < changes.count ? changes[low].before : changes.last?.after ?? firstOffset
        let isRegular = low == changes.count || wall < changes[low].irregular.lowerBound
        let (shifted, overflow) = wall.subtractingReportingOverflow(offset)
        return Instant(microseconds: overflow ? wall : shifted, isRegular: isRegular)
    }
}
