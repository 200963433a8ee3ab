// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A quick hash of entity keys for tables in memory; its values are written nowhere and mean nothing elsewhere.
///
/// Folded multiplication: both halves of a 128-bit product, xored, so that each input bit reaches the low bits.
enum KeyHash {
    // The fractional parts of the golden ratio and of the roots of 2 and 3: well-known constants, made odd.
    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let rootOfTwo: UInt64 = 0x6A09_E667_F3BC_C909
    private static let rootOfThree: UInt64 = 0xBB67_AE85_84CA_A73B

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    static func hash(_ key: Int64) -> UInt64 {
        fold(UInt64(bitPattern: key) ^ rootOfTwo, golden)
    }

    /// The hash of a short key that is its own two words.
    @inline(__always)
    static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        fold(first ^ rootOfTwo, second ^ rootOfThree)
    }

    static func hash(_ run: ByteRun) -> UInt64 {
        let count = unsafe run.count
        let start = unsafe run.start
        var state = UInt64(truncatingIfNeeded: count) ^ rootOfThree
        var first: UInt64 = 0
        var last: UInt64 = 0
        if count > 16 {
            var index = 0
            while index &+ 16 < count {
                let low = unsafe start.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let high = unsafe start.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
                state = fold(low ^ rootOfTwo, high ^ state)
                index &+= 16
            }
            unsafe first = start.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
            unsafe last = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 8 {
            // The two reads overlap; together with the length they still tell every key from every other.
            unsafe first = start.loadUnaligned(as: UInt64.self)
            unsafe last = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            unsafe first = UInt64(start.loadUnaligned(as: UInt32.self))
            unsafe last = UInt64(start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else {
            for index in 0..<count {
                first = unsafe first &<< 8 | UInt64(start.load(fromByteOffset: index, as: UInt8.self))
            }
        }
        return fold(fold(first ^ rootOfTwo, last ^ state), golden)
    }
}
