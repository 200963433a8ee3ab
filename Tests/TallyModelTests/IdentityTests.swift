// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct IdentityTests {
    @Test func `entity keys have the bytes of the golden vectors`() throws {
        let vectors = try GoldenVectors.read("keys.json")
        #expect(vectors.count > 20)
        for vector in vectors {
            let values = try values(of: vector)
            #expect(EntityKey(values).map { GoldenVectors.hex($0.bytes) } == vector["hex"]?.stringValue, "\(values)")
        }
    }

    @Test func `floats and arrays are no keys`() {
        #expect(EntityKey([.float64(1)]) == nil)
        #expect(EntityKey([.float32(1)]) == nil)
        #expect(EntityKey([.array([.int32(1)])]) == nil)
        var bytes: [UInt8] = [1, 2]
        #expect(!EntityKey.append(.null, to: &bytes))
        #expect(bytes == [1, 2])
    }

    @Test func `keys sort as their values do`() throws {
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<2_000 {
            let (left, right) = (
                Int64.random(in: -3...3, using: &generator), Int64.random(in: -3...3, using: &generator)
            )
            let (leftText, rightText) = (randomText(&generator), randomText(&generator))
            let leftKey = try #require(EntityKey([.string(leftText), .int64(left)]))
            let rightKey = try #require(EntityKey([.string(rightText), .int64(right)]))
            let (leftBytes, rightBytes) = (Array(leftText.utf8), Array(rightText.utf8))
            let isBefore = leftBytes == rightBytes ? left < right : leftBytes.lexicographicallyPrecedes(rightBytes)
            #expect((leftKey < rightKey) == isBefore, "\(leftBytes) \(left), \(rightBytes) \(right), seed 21")
            #expect((leftKey == rightKey) == (leftBytes == rightBytes && left == right))
        }
    }

    @Test func `rows of stored values have the bytes of the golden vectors`() throws {
        let vectors = try GoldenVectors.read("rows.json")
        #expect(vectors.count > 10)
        for vector in vectors {
            let values = try values(of: vector)
            #expect(GoldenVectors.hex(CanonicalEncoding.row(values)) == vector["hex"]?.stringValue, "\(values)")
        }
    }

    @Test func `hashes of rows are those of the golden vectors, however the rows are cut`() throws {
        for vector in try GoldenVectors.read("batches.json") {
            let batch = try batch(of: vector)
            for size in [1, 2, 1_000] {
                var hasher = BatchHasher(schema: batch.schema)
                var start = 0
                while start < batch.count {
                    let end = min(batch.count, start + size)
                    hasher.update(batch.slice(start..<end))
                    start = end
                }
                #expect(hasher.finish().hex == vector["sha256"]?.stringValue, "pieces of \(size)")
            }
        }
    }

    @Test func `other names, types, nulls, orders or values give other hashes`() {
        func hash(_ name: String, _ values: [Value], _ type: DataType = .int64) -> Fingerprint {
            let batch = Batch([(name, Column(type: type, values: values))])
            var hasher = BatchHasher(schema: batch.schema)
            hasher.update(batch)
            return hasher.finish()
        }
        let hashes: [Fingerprint] = [
            hash("a", [.int64(1), .int64(2)]), hash("b", [.int64(1), .int64(2)]), hash("a", [.int64(2), .int64(1)]),
            hash("a", [.int64(1), .int64(2), .null]), hash("a", [.null, .int64(1), .int64(2)]), hash("a", [.int64(1)]),
            hash("a", [.string("1"), .string("2")], .string), hash("a", [.string("12"), .string("")], .string),
            hash("a", []),
        ]
        #expect(Set(hashes).count == hashes.count)
    }

    @Test func `a digest is the one of the standard, in whatever pieces`() {
        // FIPS 180-4, the example "abc".
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Fingerprint(of: "abc".utf8).hex == known)
        var hasher = FingerprintHasher()
        hasher.update(Array("a".utf8))
        #expect(hasher.finish() == Fingerprint(of: "a".utf8))
        hasher.update([])
        hasher.update(Array("bc".utf8))
        #expect(hasher.finish().hex == known)
        #expect(
            Fingerprint(of: JSON.object([("b", .int(1)), ("a", .int(2))])) == Fingerprint(of: #"{"a":2,"b":1}"#.utf8))
    }

    @Test func `only 64 lower-case hexadecimal digits are a fingerprint`() {
        let digits = String(repeating: "0a", count: 32)
        #expect(Fingerprint(hex: digits)?.description == "sha256:" + digits)
        #expect(Fingerprint(hex: digits)?.short == "0a0a0a0a0a0a")
        #expect(Fingerprint(hex: digits.uppercased()) == nil)
        #expect(Fingerprint(hex: String(digits.dropLast())) == nil)
        #expect(Fingerprint(hex: String(repeating: "é", count: 32)) == nil)
    }

    @Test func `the innermost fingerprint that moved is told`() throws {
        func print(_ text: String) -> Fingerprint { Fingerprint(of: text.utf8) }
        let first = Fingerprints(storage: print("s"), value: print("v"), promise: print("p"))
        #expect(first.firstDifference(from: first) == nil)
        let promise = Fingerprints(storage: first.storage, value: first.value, promise: print("q"))
        #expect(promise.firstDifference(from: first) == .promise)
        let value = Fingerprints(storage: first.storage, value: print("w"), promise: print("q"))
        #expect(value.firstDifference(from: first) == .value)
        let storage = Fingerprints(storage: print("t"), value: print("w"), promise: print("q"))
        #expect(storage.firstDifference(from: first) == .storage)
        #expect(Fingerprints(json: first.json) == first)
        #expect(Fingerprints(json: .object([("storage", .string(first.storage.hex))])) == nil)
    }

    private func values(of vector: JSON) throws -> [Value] {
        let list = try #require(vector["values"]?.arrayValue)
        return try list.map { try #require(GoldenVectors.value($0)) }
    }

    private func batch(of vector: JSON) throws -> Batch {
        let schema = try #require(vector["schema"]?.arrayValue).map { entry in
            let type = try #require(entry["type"]?.stringValue.flatMap { DataType(name: $0) })
            return ColumnSchema(name: try #require(entry["name"]?.stringValue), type: type)
        }
        let rows = try #require(vector["rows"]?.arrayValue)
        let columns = try schema.enumerated().map { index, column in
            let values = try rows.map { row in
                let cell = try #require(row.arrayValue)[index]
                return try #require(
                    GoldenVectors.value(.object([("type", .string(column.type.name)), ("value", cell)])))
            }
            return Column(type: column.type, values: values)
        }
        return Batch(schema: schema, columns: columns, count: rows.count)
    }

    private func randomText(_ generator: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = ["\u{0}", "\u{1}", "a", "b", "\u{7F}", "é", "\u{10FFFF}"]
        var text = ""
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
        }
        return text
    }
}
