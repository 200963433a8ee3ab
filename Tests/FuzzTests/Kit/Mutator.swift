// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting

/// Changes inputs at random: bytes, words that mean something, numbers at the edges of their types, and parts of others.
struct Mutator {
    private var random: SeededGenerator
    private let words: [[UInt8]]
    private let longest: Int
    private static let numbers = [
        "0", "-0", "-1", "1", "255", "256", "65536", "2147483647", "-2147483648", "2147483648", "4294967296",
        "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "1e309",
        "1e-400", "0.1", "1099511627777", "99999999999999999999999999",
    ].map { Array($0.utf8) }

    init(seed: UInt64, words: [String], longest: Int) {
        random = SeededGenerator(seed: seed)
        self.words = words.map { Array($0.utf8) }
        self.longest = longest
    }

    /// One of the inputs, changed in a few places; every other time one of the first, which are whole.
    mutating func next(_ inputs: [[UInt8]], seeds: Int) -> [UInt8] {
        var bytes = random.below(2) == 0 ? inputs[random.below(seeds)] : random.pick(inputs)
        for _ in 0..<1 << random.below(4) { change(&bytes, inputs) }
        return bytes.count > longest ? Array(bytes.prefix(longest)) : bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ inputs: [[UInt8]]) {
        let place = random.below(bytes.count + 1)
        let end = min(bytes.count, place + 1 + random.below(random.below(4) == 0 ? 64 : 8))
        switch random.below(4) == 0 ? 8 : random.below(11) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(random.below(256))
        case 2 where place < bytes.count: bytes[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x0A, 0x22])
        case 3: bytes.insert(UInt8(random.below(256)), at: place)
        case 4: bytes.removeSubrange(min(place, end)..<end)
        case 5: bytes.insert(contentsOf: bytes[min(place, end)..<end], at: random.below(bytes.count + 1))
        case 6 where !words.isEmpty: bytes.insert(contentsOf: random.pick(words), at: place)
        case 7 where !words.isEmpty: bytes.replaceSubrange(min(place, end)..<end, with: random.pick(words))
        case 8: replaceNumber(&bytes, from: place)
        case 9:
            let other = random.pick(inputs)
            let from = random.below(other.count + 1)
            bytes.replaceSubrange(place..., with: other[from...])
        default:
            let other = random.pick(inputs)
            let from = random.below(other.count + 1)
            bytes.insert(contentsOf: other[from..<min(other.count, from + 40)], at: place)
        }
    }

    /// Another number in the place of the next one that is written in digits.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
        guard let start = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
        let end = bytes[start...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: random.pick(Self.numbers))
    }
}
