// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Which rows are held out: those whose number, mixed with a seed, falls into a share of all numbers.
struct HoldOut: Sendable {
    let seed: UInt64
    let share: Double

    init(_ options: ContractProposal.Options) {
        seed = options.seed
        share = options.heldOutShare
    }

    /// Whether a row, by its number in the order of the files, is held out.
    func contains(_ row: Int) -> Bool {
        // The upper 53 bits are a float without rounding.
        let mixed = Mixing.mix(UInt64(row) &+ Mixing.mix(seed &+ 0x9E37_79B9_7F4A_7C15))
        return Double(mixed >> 11) < share * 9_007_199_254_740_992
    }

    /// The places in a batch that are held out, or those that are not; `start` is the number of its first row.
    func rows(of batch: Batch, from start: Int, heldOut: Bool) -> [Int] {
        (0..<batch.count).filter { contains(start + $0) == heldOut }
    }
}

/// Hashes that are the same in every process, unlike the standard library's.
enum Mixing {
    /// The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
    static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// FNV-1a over some bytes (Fowler, Noll, Vo; draft-eastlake-fnv), mixed once more.
    static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mix(state)
    }
}
