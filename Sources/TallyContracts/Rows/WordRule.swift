// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A row test of one value of fixed width, judged by its bits: for a read of a few values, where a column would cost more
/// than what it holds.
///
/// Its slow twin is `RowRule.fails(_:)`.
public struct WordRule: Sendable, Hashable {
    private enum Kind: Hashable {
        case required
        case integers(ClosedRange<Int64>)
        case floats(RowTest.Interval)
        case finite(refusesNaN: Bool, refusesInfinity: Bool)
    }

    private let kind: Kind
    /// Whether the bits are those of a 32-bit float.
    private let isNarrow: Bool

    /// The rule in this form; nil for types of other widths and for tests that look at more than bounds.
    public init?(_ rule: RowRule) {
        guard let type = rule.type, type.isFixedWidth else { return nil }
        isNarrow = type == .float32
        switch rule.test.kind {
        case .required: kind = .required
        case .integers(let range): kind = .integers(range)
        case .floats(let interval): kind = .floats(interval)
        case .finite(let refusesNaN, let refusesInfinity):
            guard type == .float32 || type == .float64 else { return nil }
            kind = .finite(refusesNaN: refusesNaN, refusesInfinity: refusesInfinity)
        case .decimals, .whole, .multipleOf, .length, .pattern, .among, .notAmong, .items, .distinctItems, .fullItems,
            .unitLength, .notLaterThan, .expression:
            return nil
        }
    }

    /// Whether a value fails: bits of a float, a sign-extended integer, or any word in the slot of a null.
    public func fails(_ word: UInt64, isNull: Bool) -> Bool {
        if isNull { return kind == .required }
        switch kind {
        case .required: return false
        case .integers(let range): return !range.contains(Int64(bitPattern: word))
        case .floats(let interval): return !interval.contains(float(word))
        case .finite(let refusesNaN, let refusesInfinity):
            let number = float(word)
            return refusesNaN && number.isNaN || refusesInfinity && number.isInfinite
        }
    }

    /// Whether any of some values fails, none of which is null: a tight loop for what is nearly always the answer no.
    public func fails(anyOf words: Span<UInt64>) -> Bool {
        switch kind {
        case .required: return false
        case .integers(let range):
            let (lower, upper) = (range.lowerBound, range.upperBound)
            return Self.any(words) { Int64(bitPattern: $0) < lower || Int64(bitPattern: $0) > upper }
        case .floats(let interval):
            // Open bounds and 32-bit floats go the general way.
            let (lower, upper) = (interval.lower, interval.upper)
            guard !isNarrow, !interval.isLowerOpen, !interval.isUpperOpen else {
                return Self.any(words) { !interval.contains(float($0)) }
            }
            return Self.any(words) {
                let number = Double(bitPattern: $0)
                return !(number >= lower && number <= upper)
            }
        case .finite:
            return Self.any(words) { fails($0, isNull: false) }
        }
    }

    @inline(__always)
    private static func any(_ words: Span<UInt64>, _ fails: (UInt64) -> Bool) -> Bool {
        var found = false
        for index in words.indices { found = fails(words[index]) || found }
        return found
    }

    private func float(_ word: UInt64) -> Double {
        isNarrow ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: word))) : Double(bitPattern: word)
    }
}
