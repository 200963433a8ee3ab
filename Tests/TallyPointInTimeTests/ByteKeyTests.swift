// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing
@testable import TallyPointInTime

@Suite("Byte keys")
struct ByteKeyTests {
    private struct Views {
        let keys: [[UInt8]?]
        /// What fills the bytes of a view that no key uses.
        var garbage: UInt8 = 0

        func ids(_ dictionary: EntityDictionary, isGrowing: Bool) -> [UInt32] {
            let heap: [UInt8] = Array(keys.compactMap { $0 }.joined()) + [0]
            let views = UnsafeMutableRawPointer.allocate(byteCount: 16 * (keys.count + 1), alignment: 16)
            defer { unsafe views.deallocate() }
            unsafe views.initializeMemory(as: UInt8.self, repeating: garbage, count: 16 * (keys.count + 1))
            var validity = [UInt64](repeating: 0, count: keys.count / 64 + 1)
            var ids = [UInt32](repeating: 12_345, count: keys.count + 1)
            unsafe heap.withUnsafeBytes { heap in
                var offset = 0
                for (index, key) in keys.enumerated() {
                    guard let key else { continue }
                    validity[index / 64] |= 1 << UInt64(index % 64)
                    let view = unsafe views + 16 * index
                    unsafe view.storeBytes(of: UInt32(key.count), as: UInt32.self)
                    for (position, byte) in key.prefix(key.count <= 12 ? 12 : 4).enumerated() {
                        unsafe view.storeBytes(of: byte, toByteOffset: 4 + position, as: UInt8.self)
                    }
                    if key.count > 12, let start = heap.baseAddress {
                        unsafe view.storeBytes(of: start + offset, toByteOffset: 8, as: UnsafeRawPointer.self)
                    }
                    offset += key.count
                }
                if isGrowing {
                    unsafe dictionary.insert(stringViews: views, validity: validity, count: keys.count, into: &ids)
                } else {
                    unsafe dictionary.lookUp(stringViews: views, validity: validity, count: keys.count, into: &ids)
                }
            }
            #expect(ids.last == 12_345, "an id behind the last row")
            return Array(ids.dropLast())
        }
    }

    private func runIds(_ dictionary: EntityDictionary, _ keys: [[UInt8]], isGrowing: Bool) -> [UInt32] {
        let bytes: [UInt8] = Array(keys.joined()) + [0]
        let offsets = keys.reduce(into: [Int64(0)]) { $0.append(($0.last ?? 0) + Int64($1.count)) }
        var ids = [UInt32](repeating: 12_345, count: keys.count + 1)
        if isGrowing {
            unsafe dictionary.insert(bytes: bytes, offsets: offsets, count: keys.count, into: &ids)
        } else {
            unsafe dictionary.lookUp(bytes: bytes, offsets: offsets, count: keys.count, into: &ids)
        }
        return Array(ids.dropLast())
    }

    @Test(arguments: [0x00, 0x61, 0xA5, 0xFF] as [UInt8])
    func `bytes of a view behind a short key do not count`(garbage: UInt8) {
        let keys = (0...14).map { length in (0..<length).map { UInt8(0x61 + $0) } }
        let dictionary = EntityDictionary(.bytes)
        let all = keys.indices.map { UInt32($0) }
        #expect(Views(keys: keys).ids(dictionary, isGrowing: true) == all)
        #expect(Views(keys: keys, garbage: garbage).ids(dictionary, isGrowing: true) == all)
        #expect(Views(keys: keys, garbage: garbage).ids(dictionary, isGrowing: false) == all)
        #expect(runIds(dictionary, keys, isGrowing: false) == all)
        let nulls = [[UInt8]?](repeating: nil, count: 300) + [[0x61]]
        let found = [UInt32](repeating: .max, count: 300) + [1]
        #expect(Views(keys: nulls, garbage: garbage).ids(dictionary, isGrowing: true) == found)
        #expect(dictionary.count == keys.count)
    }

    @Test
    func `zeros within a key and at its end tell keys apart, at every length`() {
        var keys: [[UInt8]] = []
        for length in [0, 1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 16, 17, 24, 32, 33] {
            keys.append([UInt8](repeating: 0, count: length))
            for position in 0..<length {
                keys.append((0..<length).map { $0 == position ? 1 : 0 })
                keys.append((0..<length).map { $0 == position ? 0 : 1 })
            }
        }
        // One byte gives some keys twice, so the expected ids come from a standard dictionary.
        var seen: [[UInt8]: UInt32] = [:]
        let wanted = keys.map { key in
            if let id = seen[key] { return id }
            let id = UInt32(seen.count)
            seen[key] = id
            return id
        }
        let runs = EntityDictionary(.bytes)
        #expect(runIds(runs, keys, isGrowing: true) == wanted)
        #expect(Views(keys: keys, garbage: 0xEE).ids(runs, isGrowing: false) == wanted)
        let views = EntityDictionary(.bytes)
        #expect(Views(keys: keys, garbage: 0xEE).ids(views, isGrowing: true) == wanted)
        #expect(runIds(views, keys, isGrowing: false) == wanted)
        #expect(runs.count == seen.count && views.count == seen.count)
    }

    @Test
    func `long keys of one hash stay apart, and their ids still go by first appearance`() {
        // The first eight bytes take the hash's own constant away, so the next eight no longer reach it.
        let head = (0..<8).map { UInt8(truncatingIfNeeded: (0x6A09_E667_F3BC_C909 as UInt64) >> UInt64(8 * $0)) }
        let keys = (0..<40).map { number in head + [UInt8](repeating: UInt8(number), count: 8) + (0..<16) }
        let hashes = keys.map { key in
            unsafe key.withUnsafeBytes { bytes in
                unsafe bytes.baseAddress.map { unsafe KeyHash.hash(ByteRun(start: $0, count: bytes.count)) }
            }
        }
        #expect(Set(hashes).count == 1, "the test needs keys that collide")
        let dictionary = EntityDictionary(.bytes)
        #expect(runIds(dictionary, [keys[0]], isGrowing: true) == [0])
        // One block with colliding keys among others: fresh ids count up in order of the rows.
        let mixed = keys.enumerated().flatMap { [$1, [UInt8($0)]] }
        #expect(Views(keys: mixed).ids(dictionary, isGrowing: true) == (0..<80).map { $0 })
        #expect(runIds(dictionary, mixed.reversed(), isGrowing: false) == (0..<80).reversed().map { $0 })
        #expect(runIds(dictionary, [head + [UInt8](repeating: 99, count: 8) + (0..<16)], isGrowing: false) == [.max])
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `random keys of all lengths agree with a standard dictionary`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let dictionary = EntityDictionary(.bytes)
        var expected: [[UInt8]: UInt32] = [:]
        for round in 0..<12 {
            // Two letters only, a shared beginning, and every third row null.
            let keys: [[UInt8]?] = (0..<1000).map { row in
                guard row % 3 != 2 else { return nil }
                let start: [UInt8] = random.below(2) == 0 ? [] : Array("a common start ".utf8)
                return start + (0..<random.below(14)).map { _ in UInt8(random.below(2)) }
            }
            let unseen = keys.map { key in key.map { expected[$0] ?? .max } ?? .max }
            let garbage = UInt8(random.below(256))
            #expect(
                Views(keys: keys, garbage: garbage).ids(dictionary, isGrowing: false) == unseen,
                "seed \(seed), round \(round)")
            let wanted: [UInt32] = keys.map { key in
                guard let key else { return .max }
                let id = expected[key] ?? UInt32(expected.count)
                expected[key] = id
                return id
            }
            #expect(
                Views(keys: keys, garbage: garbage).ids(dictionary, isGrowing: true) == wanted,
                "seed \(seed), round \(round)")
        }
        #expect(dictionary.count == expected.count, "seed \(seed)")
    }
}
