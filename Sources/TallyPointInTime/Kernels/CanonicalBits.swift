// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The bits in which values are stored and compared: one NaN, no negative zero, booleans 0 or 1.
enum CanonicalBits {
    @inline(__always)
    static func float32(_ bits: UInt32) -> UInt32 {
        let magnitude = bits & 0x7FFF_FFFF
        return magnitude > 0x7F80_0000 ? 0x7FC0_0000 : (magnitude == 0 ? 0 : bits)
    }

    @inline(__always)
    static func float64(_ bits: UInt64) -> UInt64 {
        let magnitude = bits & 0x7FFF_FFFF_FFFF_FFFF
        return magnitude > 0x7FF0_0000_0000_0000 ? 0x7FF8_0000_0000_0000 : (magnitude == 0 ? 0 : bits)
    }

    @inline(__always)
    static func bool(_ byte: UInt8) -> UInt8 { byte == 0 ? 0 : 1 }
}
