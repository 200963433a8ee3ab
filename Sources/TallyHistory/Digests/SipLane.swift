// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// SipHash-2-4 with 128 bits of output over a message of 64-bit words, which come one by one.
///
/// Who does not know the key cannot choose two messages of one digest, and data come from people who are not trusted.
/// Source: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF" (2012), and its authors' reference code
/// for the longer output.
struct SipLane: BitwiseCopyable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var words: UInt64 = 0

    init(_ key: DigestKey) {
        v0 = 0x736F_6D65_7073_6575 ^ key.first
        v1 = 0x646F_7261_6E64_6F6D ^ key.second ^ 0xEE
        v2 = 0x6C79_6765_6E65_7261 ^ key.first
        v3 = 0x7465_6462_7974_6573 ^ key.second
    }

    /// Appends eight bytes, the least significant first.
    @inline(__always)
    mutating func append(_ word: UInt64) {
        words &+= 1
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    /// Returns the digest of all words so far.
    @inline(__always)
    consuming func finish() -> RowDigest {
        // The last word holds the length in bytes, of which the lowest eight bits count.
        let length = words &* 8 << 56
        v3 ^= length
        round()
        round()
        v0 ^= length
        v2 ^= 0xEE
        for _ in 0..<4 { round() }
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xDD
        for _ in 0..<4 { round() }
        return RowDigest(high: first, low: v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
