// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

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
            let hash = SeededHash.hash(key.bytes, seed: seed)
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
}
