// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A set of Unicode scalars: sorted, disjoint, closed ranges that do not touch.
///
/// Surrogates are never members, since no valid text contains one.
struct ScalarSet: Sendable, Hashable {
    let ranges: [ClosedRange<UInt32>]
    /// Members below U+0040 and from U+0040 to U+007F, one bit each: most texts ask for nothing else.
    private let low: UInt64
    private let high: UInt64

    /// The members of ranges in any order.
    init(_ parts: some Sequence<ClosedRange<UInt32>>) {
        let cut = parts.flatMap(Self.withoutSurrogates).sorted { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UInt32>] = []
        for range in cut {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.init(disjoint: merged)
    }

    init(_ value: UInt32) {
        self.init(disjoint: (0xD800...0xDFFF).contains(value) ? [] : [value...value])
    }

    private init(disjoint ranges: [ClosedRange<UInt32>]) {
        self.ranges = ranges
        var (low, high): (UInt64, UInt64) = (0, 0)
        for range in ranges where range.lowerBound < 128 {
            low |= Self.bits(range, from: 0)
            high |= Self.bits(range, from: 64)
        }
        self.low = low
        self.high = high
    }

    /// A bit for each of the 64 values from `first` on that is in a range.
    private static func bits(_ range: ClosedRange<UInt32>, from first: UInt32) -> UInt64 {
        let from = max(range.lowerBound, first)
        let to = min(range.upperBound, first + 63)
        return from > to ? 0 : (UInt64.max >> UInt64(63 - (to - from))) << UInt64(from - first)
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// The one member of a set of one.
    var only: UInt32? {
        guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }

    /// The set of all scalars that are not members.
    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return ScalarSet(gaps)
    }

    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return low >> UInt64(value) & 1 == 1 }
        if value < 128 { return high >> UInt64(value - 64) & 1 == 1 }
        var (from, to) = (0, ranges.count)
        while from < to {
            let middle = (from + to) / 2
            if ranges[middle].upperBound < value { from = middle + 1 } else { to = middle }
        }
        return from < ranges.count && ranges[from].lowerBound <= value
    }

    func intersection(_ other: ScalarSet) -> ScalarSet {
        var shared: [ClosedRange<UInt32>] = []
        var (left, right) = (0, 0)
        while left < ranges.count, right < other.ranges.count {
            let (mine, its) = (ranges[left], other.ranges[right])
            if mine.overlaps(its) { shared.append(mine.clamped(to: its)) }
            if mine.upperBound < its.upperBound { left += 1 } else { right += 1 }
        }
        return ScalarSet(shared)
    }

    private static func withoutSurrogates(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
        var parts: [ClosedRange<UInt32>] = []
        if range.lowerBound < 0xD800 { parts.append(range.lowerBound...min(range.upperBound, 0xD7FF)) }
        if range.upperBound > 0xDFFF { parts.append(max(range.lowerBound, 0xE000)...range.upperBound) }
        return parts
    }
}

/// The named sets of ECMA-262, section 22.2.2.9 (CharacterClassEscape), without the `i` flag.
extension ScalarSet {
    static let none = ScalarSet([ClosedRange<UInt32>]())
    static let all = ScalarSet([0...0x10FFFF])
    static let digits = ScalarSet([0x30...0x39])
    static let notDigits = digits.inverted
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let notWord = word.inverted
    /// WhiteSpace and LineTerminator: tab to carriage return, U+FEFF and the category Space_Separator among them.
    static let space = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    static let notSpace = space.inverted
    static let lineTerminators = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    static let dot = lineTerminators.inverted

    /// Whether a scalar is of `\w`, which decides where `\b` holds.
    static func isWord(_ value: UInt32) -> Bool { word.contains(value) }
}
