// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyHistory
import TallyModel
import TallyTesting
import Testing

@Suite struct RowDigestTests {
    /// SipHash-2-4-128 as its paper describes it, over bytes.
    private func slow(_ key: DigestKey, _ message: [UInt8]) -> RowDigest {
        var state: [UInt64] = [
            key.first ^ 0x736F_6D65_7073_6575, key.second ^ 0x646F_7261_6E64_6F6D, key.first ^ 0x6C79_6765_6E65_7261,
            key.second ^ 0x7465_6462_7974_6573,
        ]
        func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
        func rounds(_ count: Int) {
            for _ in 0..<count {
                state[0] = state[0] &+ state[1]
                state[1] = rotated(state[1], 13) ^ state[0]
                state[0] = rotated(state[0], 32)
                state[2] = state[2] &+ state[3]
                state[3] = rotated(state[3], 16) ^ state[2]
                state[0] = state[0] &+ state[3]
                state[3] = rotated(state[3], 21) ^ state[0]
                state[2] = state[2] &+ state[1]
                state[1] = rotated(state[1], 17) ^ state[2]
                state[2] = rotated(state[2], 32)
            }
        }
        state[1] ^= 0xEE
        var padded = message
        while padded.count % 8 != 7 { padded.append(0) }
        padded.append(UInt8(truncatingIfNeeded: message.count))
        for start in stride(from: 0, to: padded.count, by: 8) {
            let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(padded[start + $1]) << UInt64(8 * $1) }
            state[3] ^= word
            rounds(2)
            state[0] ^= word
        }
        state[2] ^= 0xEE
        rounds(4)
        let high = state.reduce(0, ^)
        state[1] ^= 0xDD
        rounds(4)
        return RowDigest(high: high, low: state.reduce(0, ^))
    }

    private func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    @Test func `the digest of nothing is that of the authors' first vector`() {
        // Key 00 to 0F; the bytes are a3817f04ba25a8e66df67214c7550293.
        let key = DigestKey(first: 0x0706_0504_0302_0100, second: 0x0F0E_0D0C_0B0A_0908)
        var digester = RowDigester(key)
        digester.begin(1)
        let expected = RowDigest(high: 0xE6A8_25BA_047F_81A3, low: 0x9302_55C7_1472_F66D)
        #expect(digester.finish() == [expected])
        #expect(slow(key, []) == expected)
    }

    @Test(arguments: 1...20) func `a row is digested as its message is, whatever stands beside it`(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let key = DigestKey(from: &random)
        let rows = random.below(40)
        var messages = [[UInt8]](repeating: [], count: rows)
        var digester = RowDigester(key)
        digester.begin(rows)
        for _ in 0..<random.below(8) {
            for row in 0..<rows where random.below(3) > 0 {
                switch random.below(3) {
                case 0:
                    let number = Int64(bitPattern: random.next())
                    digester.append(number, to: row)
                    messages[row] += bytes([UInt64(bitPattern: number)])
                case 1:
                    let number = Double(random.below(100)) / 8
                    digester.append(number, to: row)
                    messages[row] += bytes([number.bitPattern])
                default:
                    let text = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
                    unsafe digester.append(text.span.bytes, to: row)
                    messages[row] += bytes([UInt64(text.count)]) + text
                    while messages[row].count % 8 != 0 { messages[row].append(0) }
                }
            }
        }
        #expect(digester.finish() == messages.map { slow(key, $0) })
    }

    @Test func `floats that are stored alike are digested alike`() {
        var digester = RowDigester(DigestKey(first: 1, second: 2))
        let floats: [Double] = [
            0, -0.0, .nan, -.nan, Double(nan: 7, signaling: false), .leastNonzeroMagnitude, .infinity,
        ]
        digester.begin(floats.count)
        for (row, float) in floats.enumerated() { digester.append(float, to: row) }
        let digests = digester.finish()
        #expect(digests[0] == digests[1])
        #expect(digests[2] == digests[3] && digests[2] == digests[4])
        #expect(Set(digests).count == 4)
    }
}

@Suite struct BatchDigestTests {
    private let key = DigestKey(first: 3, second: 4)

    private func digests(_ columns: [(String, Column)]) -> [RowDigest] {
        var digester = RowDigester(key)
        return digester.digests(
            of: Batch(
                schema: columns.map { ColumnSchema(name: $0.0, type: $0.1.type) }, columns: columns.map(\.1),
                count: columns[0].1.count))
    }

    private func numbers(_ values: [Int64?], _ type: DataType = .int64) -> Column {
        Column(
            type: type, storage: .int64(values.map { $0 ?? 0 }),
            validity: Validity(count: values.count) { values[$0] != nil })
    }

    private func texts(_ values: [String?]) -> Column {
        var offsets = [0]
        var bytes: [UInt8] = []
        for value in values {
            bytes += Array((value ?? "").utf8)
            offsets.append(bytes.count)
        }
        return Column(
            type: .string, storage: .bytes(offsets: offsets, bytes: bytes),
            validity: Validity(count: values.count) { values[$0] != nil })
    }

    @Test func `a row is the same in every order of columns, and another one where a value moves to another column`() {
        let (a, b) = (numbers([1, nil, 7]), texts(["x", "y", nil]))
        #expect(digests([("a", a), ("b", b)]) == digests([("b", b), ("a", a)]))
        let swapped = digests([("a", numbers([1, 2])), ("b", numbers([2, 1]))])
        #expect(swapped[0] != swapped[1])
        let moved = digests([("a", numbers([1, nil])), ("b", numbers([nil, 1]))])
        #expect(moved[0] != moved[1])
    }

    @Test func `a null, an empty text, and texts that join alike are rows of their own`() {
        let rows = digests([
            ("a", texts(["", nil, "ab", "a", "a\0", "", "abcdefgh", "abcdefghi"])),
            ("b", texts(["", "", "", "b", "", "ab", "", ""])),
        ])
        #expect(Set(rows).count == rows.count)
    }

    @Test func `numbers of both sizes are the same, and lists go by their elements`() {
        let wide = numbers([5, -1])
        let narrow = Column(type: .int32, storage: .int32([5, -1]))
        #expect(digests([("a", wide)]) == digests([("a", narrow)]))
        let floats = Column(type: .float32, storage: .float32([0.5, .nan]))
        #expect(digests([("a", floats)]) == digests([("a", Column(type: .float64, storage: .float64([0.5, .nan])))]))
        let elements = numbers([1, 2, 1, 2, nil, 2])
        let lists = Column(type: .array(.int64), storage: .array(offsets: [0, 1, 2, 4, 4, 6], elements: elements))
        let rows = digests([("a", lists)])
        #expect(Set(rows).count == 5)
    }
}
