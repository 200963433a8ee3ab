// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// 128 bits that stand for the content of a row: equal rows have equal ones, and others do not share one.
public struct RowDigest: Sendable, Hashable, Comparable, BitwiseCopyable {
    /// The 64 bits that decide the order first.
    public let high: UInt64
    /// The other 64 bits.
    public let low: UInt64

    /// Joins both halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Orders digests as numbers of 128 bits.
    public static func < (left: RowDigest, right: RowDigest) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

/// The secret that digests depend on: 128 bits, made once for each store and kept beside what it made.
public struct DigestKey: Sendable, Hashable {
    /// The first eight bytes, least significant first.
    public let first: UInt64
    /// The other eight bytes.
    public let second: UInt64

    /// Takes both halves.
    public init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    var hex: String {
        [first, second].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    init?(hex: String) {
        guard hex.utf8.count == 32, let first = UInt64(hex.prefix(16), radix: 16),
            let second = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(first: first, second: second)
    }

    /// Draws a key.
    public init(from random: inout some RandomNumberGenerator) {
        self.init(first: random.next(), second: random.next())
    }
}
