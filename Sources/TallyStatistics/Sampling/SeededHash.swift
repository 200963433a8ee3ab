// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A hash for samples and sketches that is the same in every process, unlike the standard library's.
///
/// FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv) over the bytes, finished as SplitMix64 does. Who may choose the bytes can
/// make two of them collide, so nothing that must be right may rest on it.
public enum SeededHash {
    /// The hash of some bytes; another seed gives another hash.
    public static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64 = 0) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325 ^ SplitMix64.mixed(seed)
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return SplitMix64.mixed(state)
    }
}
