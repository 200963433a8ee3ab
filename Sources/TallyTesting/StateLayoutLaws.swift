// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import Testing

/// The laws that every layout of stored states obeys: the order of keys, the round trip, and refusals.
public struct StateLayoutLaws: Sendable {
    private let layout: StateLayout

    /// Holds a layout to the laws.
    public init(_ layout: StateLayout) { self.layout = layout }

    /// Draws entities, parts and states from a seed, so many times, and records each law that they break.
    public func check(seed: UInt64, rounds: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<rounds {
            let entities = Self.entities(&random)
            let parts = self.parts(&random)
            ordering(of: entities, parts: parts, seed)
            for entity in entities {
                let part = parts.randomElement(using: &random) ?? .whole
                let key = layout.key(entity, part)
                let state = Self.state(&random)
                try roundTrip(state, under: key, of: part, seed)
                damage(state, under: key, seed, &random)
                versions(of: state, under: key, seed)
            }
        }
    }

    /// Keys sort by their bytes as entities do by theirs, or by their digests, and parts of one entity by their numbers.
    private func ordering(of entities: [EntityKey], parts: [ViewPart], _ seed: UInt64) {
        for one in entities {
            for other in entities {
                for (first, second) in zip(parts, parts.reversed()) {
                    let isBefore =
                        one == other
                        ? first < second : Self.filed(one).lexicographicallyPrecedes(Self.filed(other))
                    let (left, right) = (layout.key(one, first), layout.key(other, second))
                    #expect((left < right) == isBefore, "\(layout), seed \(seed), \(left.stored), \(right.stored)")
                    #expect((left == right) == (one == other && first == second), "\(layout), seed \(seed)")
                }
            }
        }
    }

    /// A state is found again with its key, its part and its rows, and has one form.
    private func roundTrip(_ state: OnlineCell, under key: OnlineKey, of part: ViewPart, _ seed: UInt64) throws {
        let bytes = state.encoded(for: key)
        #expect(bytes[0] == layout.version)
        #expect(key.stored.count <= StateLayout.longestKey && key.part == part, "\(layout), seed \(seed)")
        #expect(try OnlineCell(encoded: bytes, key: key) == state, "\(layout), seed \(seed)")
        let entry = try Self.entry(key, bytes)
        #expect(entry == OnlineEntry(key: key, cell: state), "\(layout), seed \(seed)")
        #expect(entry.key.part == part && entry.cell.encoded(for: entry.key) == bytes, "\(layout), seed \(seed)")
    }

    /// A flipped bit of the state or its key is found by the checksum, and a record that is cut is refused.
    private func damage(_ state: OnlineCell, under key: OnlineKey, _ seed: UInt64, _ random: inout SeededGenerator) {
        let bytes = state.encoded(for: key)
        for _ in 0..<40 {
            var damaged = bytes
            damaged[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            #expect(Self.problem(damaged, key) == .checksum, "\(layout), seed \(seed)")
            #expect(throws: OnlineCell.Corruption.self) { _ = try Self.entry(key, damaged) }
        }
        for place in key.stored.indices {
            var stored = key.stored
            stored[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let other = OnlineKey(stored: stored, full: key.full, layout: layout)
            #expect(Self.problem(bytes, other) == .checksum, "\(layout), seed \(seed)")
        }
        for count in bytes.indices {
            #expect(Self.problem(Array(bytes[..<count]), key) != nil, "\(layout), seed \(seed), \(count) bytes")
        }
        #expect(Self.problem(bytes + [0], key) == .checksum, "\(layout), seed \(seed)")
    }

    /// A state of another version is refused by the number of that version, also where another layout has it.
    private func versions(of state: OnlineCell, under key: OnlineKey, _ seed: UInt64) {
        for version in UInt8.min...UInt8.max where version != layout.version {
            var bytes = Array(state.encoded(for: key).dropLast(4))
            bytes[0] = version
            var checksum = CRC32C()
            checksum.update(key.stored)
            checksum.update(bytes)
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: checksum.value >> shift)) }
            let problem = Self.problem(bytes, key)
            #expect(problem == .version(version, expected: layout.version), "\(layout), seed \(seed)")
            #expect(problem?.message.contains("version is \(version)") == true)
        }
    }

    private func parts(_ random: inout SeededGenerator) -> [ViewPart] {
        switch layout {
        case .wholeEntity: return [.whole]
        case .numberedParts:
            let edges: [Int64] = [.min, -256, -1, 0, 1, 255, 256, .max]
            let drawn = (0..<4).map { _ in Int64.random(in: .min ... .max, using: &random) }
            return (edges + drawn).shuffled(using: &random).map { ViewPart($0) }
        }
    }

    /// Keys of the same columns, as the entities of a view are; some are so long that a digest stands for them.
    private static func entities(_ random: inout SeededGenerator) -> [EntityKey] {
        let types = (0..<Int.random(in: 1...2, using: &random)).map { _ in Int.random(in: 0..<3, using: &random) }
        let keys = (0..<6).compactMap { _ in
            EntityKey(
                types.map { type in
                    switch type {
                    case 0: .int64(Int64.random(in: -2...2, using: &random))
                    case 1: .bool(Bool.random(using: &random))
                    default: .bytes(bytes(&random))
                    }
                })
        }
        return keys.uniqued()
    }

    private static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        let isLong = Int.random(in: 0..<6, using: &random) == 0
        let count = isLong ? Int.random(in: 195...420, using: &random) : Int.random(in: 0...3, using: &random)
        return (0..<count).map { _ in [0, 1, 127, 128, 255].randomElement(using: &random) ?? 0 }
    }

    /// Returns the bytes by which an entity is sorted, computed without the layout.
    private static func filed(_ entity: EntityKey) -> [UInt8] {
        guard entity.bytes.count > 400 else { return entity.bytes }
        let digits = Array(Fingerprint(of: entity.bytes).hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return [0] + stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func state(_ random: inout SeededGenerator) -> OnlineCell {
        guard Int.random(in: 0..<5, using: &random) > 0 else {
            return OnlineCell(OnlineSamples.timelessRow(bytes(&random)))
        }
        let hasCuts = Bool.random(using: &random)
        return OnlineSamples.cell(
            (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let event = Int.random(in: -3...3, using: &random)
                return OnlineSamples.row(
                    event, cut: hasCuts ? Int32.random(in: -999...0, using: &random) : 0,
                    known: event + Int.random(in: 0...4, using: &random),
                    sequence: Int64.random(in: .min ... .max, using: &random), bytes(&random))
            })
    }

    private static func problem(_ bytes: [UInt8], _ key: OnlineKey) -> OnlineCell.Corruption? {
        do throws(OnlineCell.Corruption) {
            _ = try OnlineCell(encoded: bytes, key: key)
            return nil
        } catch {
            return error
        }
    }

    private static func entry(_ key: OnlineKey, _ bytes: [UInt8]) throws(OnlineCell.Corruption) -> OnlineEntry {
        try bytes.reading { (span) throws(OnlineCell.Corruption) in try OnlineCell.entry(stored: key.stored, span) }
    }
}
