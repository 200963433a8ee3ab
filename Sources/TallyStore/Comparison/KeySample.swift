// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A uniform sample of the distinct keys of rows that come in any order: those whose seeded hash is least.
///
/// Source: K. Beyer et al., "On Synopses for Distinct-Value Estimation Under Multiset Operations" (2007), KMV synopses.
struct KeySample {
    private let capacity: Int
    private let seed: UInt64
    private var held: [UInt64: [Value]] = [:]
    private var greatest = UInt64.max

    init(capacity: Int, seed: UInt64) {
        self.capacity = capacity
        self.seed = seed
    }

    /// Offers the keys of a batch; keys with a null are left out.
    mutating func take(_ keys: [Column]) {
        guard let count = keys.first?.count else { return }
        for row in 0..<count {
            let values = keys.map { $0[row] }
            guard let key = EntityKey(values) else { continue }
            let hash = Self.hash(key.bytes, seed: seed)
            guard held.count < capacity || hash < greatest, held.updateValue(values, forKey: hash) == nil else {
                continue
            }
            // Twice the room, so that the rare sort costs nothing.
            if held.count >= 2 * capacity { shrink() }
        }
    }

    private mutating func shrink() {
        let least = held.sorted { $0.key < $1.key }.prefix(capacity)
        greatest = least.last?.key ?? .max
        held = Dictionary(uniqueKeysWithValues: least.map { ($0.key, $0.value) })
    }

    /// The sample, in the order of its hashes.
    var keys: [[Value]] { held.sorted { $0.key < $1.key }.prefix(capacity).map(\.value) }

    /// FNV-1a over the bytes, started with the seed and finished as SplitMix64 does; means nothing beyond one run.
    private static func hash(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
        var hash = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}
