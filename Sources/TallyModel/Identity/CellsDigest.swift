// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Proves a set of keys with their cells, in whatever order they were added and removed.
///
/// The sum, modulo 2^128, of the first 16 bytes of a SHA-256 of each: `docs/formats.md`, "The online store file". A sum can
/// follow a change of one cell without a look at the others. It detects accidents, not forgery.
/// Source: M. Bellare and D. Micciancio, "A New Paradigm for Collision-Free Hashing" (1997), AdHASH.
public struct CellsDigest: Sendable, Hashable {
    private var sum: UInt128 = 0

    /// The digest of no cells.
    public init() {}

    /// Reads 32 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == 32, !hex.utf8.contains(where: { (65...90).contains($0) || $0 == 43 || $0 == 45 }),
            let sum = UInt128(hex, radix: 16)
        else { return nil }
        self.sum = sum
    }

    /// The sum as 32 lower-case hexadecimal digits, most significant first.
    public var hex: String {
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// Adds a stored key and the bytes of its cell.
    public mutating func add(key: [UInt8], cell: [UInt8]) {
        sum &+= unsafe Self.term(key.span.bytes, cell.span.bytes)
    }

    /// Adds a stored key and the bytes of its cell.
    public mutating func add(key: RawSpan, cell: RawSpan) { sum &+= Self.term(key, cell) }

    /// Takes out a stored key and the bytes of its cell, which were added before.
    public mutating func remove(key: [UInt8], cell: [UInt8]) {
        sum &-= unsafe Self.term(key.span.bytes, cell.span.bytes)
    }

    /// Takes out a stored key and the bytes of its cell, which were added before.
    public mutating func remove(key: RawSpan, cell: RawSpan) { sum &-= Self.term(key, cell) }

    /// Adds another digest: what it added is added, and what it removed is removed.
    public mutating func add(_ other: CellsDigest) { sum &+= other.sum }

    /// The hash of the key's length in four bytes, the key and the cell.
    private static func term(_ key: RawSpan, _ cell: RawSpan) -> UInt128 {
        let length = UInt32(key.byteCount)
        var hasher = FingerprintHasher()
        hasher.update(stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt32($0)) })
        unsafe key.withUnsafeBytes { unsafe hasher.update($0) }
        unsafe cell.withUnsafeBytes { unsafe hasher.update($0) }
        return hasher.finishedHalf()
    }
}
