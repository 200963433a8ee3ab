// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing
@testable import TallyPointInTime

@Suite("EntityDictionary")
struct EntityDictionaryTests {
    private func ids(_ dictionary: EntityDictionary, _ keys: [Int64?], isGrowing: Bool) -> [UInt32] {
        let vector = OwnedVector(.int64, keys.map { $0.map { .int64($0) } }, forcesValidity: false)
        let integers = unsafe UnsafePointer(vector.values.assumingMemoryBound(to: Int64.self))
        let validity = unsafe vector.validity.map { unsafe UnsafePointer($0) }
        var ids = [UInt32](repeating: 12_345, count: keys.count + 1)
        if isGrowing {
            unsafe dictionary.insert(integers: integers, validity: validity, count: keys.count, into: &ids)
        } else {
            unsafe dictionary.lookUp(integers: integers, validity: validity, count: keys.count, into: &ids)
        }
        withExtendedLifetime(vector) {}
        return Array(ids.dropLast())
    }

    private func viewIds(_ dictionary: EntityDictionary, _ keys: [[UInt8]?], isGrowing: Bool) -> [UInt32] {
        let vector = OwnedVector(.bytes, keys.map { $0.map { .bytes($0) } }, forcesValidity: false)
        let views = unsafe UnsafeRawPointer(vector.values)
        let validity = unsafe vector.validity.map { unsafe UnsafePointer($0) }
        var ids = [UInt32](repeating: 12_345, count: keys.count + 1)
        if isGrowing {
            unsafe dictionary.insert(stringViews: views, validity: validity, count: keys.count, into: &ids)
        } else {
            unsafe dictionary.lookUp(stringViews: views, validity: validity, count: keys.count, into: &ids)
        }
        withExtendedLifetime(vector) {}
        return Array(ids.dropLast())
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

    @Test
    func `ids count up by first appearance, null has none, and unseen keys have none`() {
        let dictionary = EntityDictionary(.integer)
        #expect(ids(dictionary, [7, 7, nil, -1, 0, 7, .min], isGrowing: true) == [0, 0, .max, 1, 2, 0, 3])
        #expect(ids(dictionary, [0, nil, 8, .min, .max], isGrowing: false) == [2, .max, .max, 3, .max])
        #expect(dictionary.count == 4)
        #expect(ids(dictionary, [8, 0], isGrowing: true) == [4, 2])
    }

    @Test
    func `a null never adds a key, even when the memory behind it holds one`() {
        let dictionary = EntityDictionary(.integer)
        #expect(ids(dictionary, [nil, nil], isGrowing: true) == [.max, .max])
        #expect(dictionary.count == 0)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `random keys agree with a standard dictionary while the table grows`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let dictionary = EntityDictionary(.integer)
        let bytes = EntityDictionary(.bytes)
        var expected: [Int64: UInt32] = [:]
        for round in 0..<20 {
            let keys = (0..<1000).map { _ in Int64(random.below(12_000)) &* 0x1_0000_0001 }
            let wanted = keys.map { key in
                if let id = expected[key] { return id }
                let next = UInt32(expected.count)
                expected[key] = next
                return next
            }
            #expect(ids(dictionary, keys, isGrowing: true) == wanted, "seed \(seed), round \(round)")
            #expect(runIds(bytes, keys.map { Array("key \($0)".utf8) }, isGrowing: true) == wanted, "seed \(seed)")
            #expect(ids(dictionary, keys, isGrowing: false) == wanted, "seed \(seed), round \(round)")
        }
        #expect(dictionary.count == expected.count && bytes.count == expected.count)
        #expect(ids(dictionary, [-5, 1], isGrowing: false) == [.max, .max], "seed \(seed)")
    }

    @Test(arguments: [0, 1, 3, 7, 12, 16, 24, 31, 32, 33, 40, 48, 51] as [Int64])
    func `regular keys do not cluster`(shift: Int64) {
        let keys = (0..<8_000).map { Int64($0) &<< shift }
        let dictionary = EntityDictionary(.integer)
        let found = ids(dictionary, keys, isGrowing: true)
        #expect(dictionary.longestProbe < 100, "keys shifted by \(shift)")
        #expect(found == ids(dictionary, keys, isGrowing: false))
    }

    @Test
    func `byte keys that differ in one byte only do not cluster`() {
        for length in [2, 5, 8, 9, 16, 17, 33] {
            let dictionary = EntityDictionary(.bytes)
            var keys: [[UInt8]] = []
            for position in 0..<length {
                for byte in 1...255 {
                    var key = [UInt8](repeating: 0, count: length)
                    key[position] = UInt8(byte)
                    keys.append(key)
                }
            }
            #expect(runIds(dictionary, keys, isGrowing: true) == (0..<UInt32(keys.count)).map { $0 }, "\(length) bytes")
            #expect(dictionary.longestProbe < 100, "\(length) bytes")
        }
    }

    @Test
    func `a key is found again whether it comes as a view or as a run, short or long`() {
        let keys = (0...45).flatMap { length in
            [[UInt8](repeating: 0x61, count: length), [UInt8](repeating: 0x61, count: length) + [0]]
        }
        let dictionary = EntityDictionary(.bytes)
        let first = viewIds(dictionary, keys.map { $0 }, isGrowing: true)
        #expect(first == (0..<UInt32(keys.count)).map { $0 })
        #expect(runIds(dictionary, keys, isGrowing: false) == first)
        #expect(viewIds(dictionary, [nil, [], [0x62]], isGrowing: false) == [.max, 0, .max])
    }

    @Test
    func `(1, 12) and (11, 2) are two keys when each part carries its length`() {
        func encode(_ parts: [String]) -> [UInt8] { parts.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } }
        let dictionary = EntityDictionary(.bytes)
        let keys = [encode(["1", "12"]), encode(["11", "2"]), encode(["112", ""]), encode(["", "112"])]
        #expect(runIds(dictionary, keys, isGrowing: true) == [0, 1, 2, 3])
        #expect(runIds(dictionary, keys.reversed(), isGrowing: false) == [3, 2, 1, 0])
    }
}
