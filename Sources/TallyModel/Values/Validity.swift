// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A bitmap of the elements of a column that are present: one bit an element, 1 = present, least significant bit first.
///
/// Without words every element is present; that is the common case and costs nothing.
public struct Validity: Sendable, Hashable {
    /// The number of elements.
    public private(set) var count: Int
    /// Bit `i % 64` of word `i / 64` tells about element `i`; nil when all are present.
    ///
    /// Bits beyond `count` are zero.
    public private(set) var words: [UInt64]?

    /// All elements present.
    public init(allPresent count: Int) {
        self.count = count
        words = nil
    }

    /// Takes words as they are; bits beyond `count` are cleared and an all-present mask is dropped.
    public init(words: [UInt64], count: Int) {
        precondition(words.count == (count + 63) / 64, "\(words.count) words for \(count) elements")
        self.count = count
        var cleaned = words
        if count % 64 != 0, let last = cleaned.indices.last { cleaned[last] &= (1 << UInt64(count % 64)) - 1 }
        let present = cleaned.reduce(0) { $0 + $1.nonzeroBitCount }
        self.words = present == count ? nil : cleaned
    }

    /// Builds a mask element by element.
    public init(count: Int, isPresent: (Int) -> Bool) {
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for index in 0..<count where isPresent(index) { words[index >> 6] |= 1 << UInt64(index & 63) }
        self.init(words: words, count: count)
    }

    /// Whether element `index` is present.
    @inlinable public subscript(index: Int) -> Bool {
        guard let words else { return true }
        return words[index >> 6] >> UInt64(index & 63) & 1 == 1
    }

    /// Whether no element is absent.
    public var isAllPresent: Bool { words == nil }

    /// The number of absent elements.
    public var nullCount: Int {
        guard let words else { return 0 }
        return count - words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// The elements of `range` as a mask of their own.
    public func slice(_ range: Range<Int>) -> Validity {
        guard words != nil else { return Validity(allPresent: range.count) }
        return Validity(count: range.count) { self[range.lowerBound + $0] }
    }

    /// The elements present in both masks, which have the same count.
    public func intersection(_ other: Validity) -> Validity {
        precondition(count == other.count, "masks of \(count) and \(other.count) elements")
        guard let mine = words else { return other }
        guard let theirs = other.words else { return self }
        return Validity(words: zip(mine, theirs).map { $0 & $1 }, count: count)
    }
}
