// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A bitmap of the rows of a batch that break something: one bit a row, 1 = breaks, least significant bit first.
public struct RowMask: Sendable, Hashable {
    /// The number of rows.
    public let count: Int
    /// Bit `i % 64` of word `i / 64` tells about row `i`; bits beyond `count` are zero.
    public private(set) var words: [UInt64]

    /// No row breaks anything.
    public init(count: Int) {
        self.count = count
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    /// Builds a mask row by row, 64 rows to a word.
    @inline(__always)
    init(count: Int, where breaks: (Int) -> Bool) {
        self.init(count: count)
        for word in words.indices {
            var bits: UInt64 = 0
            let start = word << 6
            for bit in 0..<min(64, count - start) where breaks(start + bit) { bits |= 1 << UInt64(bit) }
            words[word] = bits
        }
    }

    /// Whether a row breaks something.
    public subscript(row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

    /// The number of rows that break something.
    public var failing: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The first rows that break something, at most so many.
    public func firstRows(_ limit: Int) -> [Int] {
        var rows: [Int] = []
        for (index, word) in words.enumerated() where word != 0 {
            var bits = word
            while bits != 0, rows.count < limit {
                rows.append(index << 6 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
            if rows.count == limit { break }
        }
        return rows
    }

    /// Adds the rows of another mask of the same length.
    public mutating func formUnion(_ other: RowMask) {
        precondition(count == other.count, "masks of \(count) and \(other.count) rows")
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// Takes out the rows in which a column is null.
    mutating func removeNulls(_ validity: Validity) {
        guard let present = validity.words else { return }
        for index in words.indices { words[index] &= present[index] }
    }

    /// The rows in which a column is null.
    static func nulls(_ validity: Validity) -> RowMask {
        var mask = RowMask(count: validity.count)
        guard let present = validity.words else { return mask }
        for index in mask.words.indices { mask.words[index] = ~present[index] }
        mask.clearBeyondCount()
        return mask
    }

    private mutating func clearBeyondCount() {
        if count & 63 != 0, let last = words.indices.last { words[last] &= 1 << UInt64(count & 63) - 1 }
    }
}
