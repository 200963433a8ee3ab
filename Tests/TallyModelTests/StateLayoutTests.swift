// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// Keys and bytes of stored states (SEMANTICS 10.1 and 10.2).
@Suite struct StateLayoutTests {
    @Test(arguments: StateLayout.allCases, 0..<10)
    func `a layout obeys the laws of layouts`(_ layout: StateLayout, seed: UInt64) throws {
        try StateLayoutLaws(layout).check(seed: 7_000 + seed, rounds: 2)
    }

    @Test func `states of parts have the bytes of the golden vectors`() throws {
        let vectors = try GoldenVectors.read("parts.json")
        #expect(vectors.count == 8)
        let window = try #require(EventWindow(size: TimeSpan(microseconds: 1)))
        for vector in vectors {
            let values = try (vector["key"]?.arrayValue ?? []).map { try #require(GoldenVectors.value($0)) }
            let part = ViewPart(try #require(vector["part"]?.exactValue))
            let key = StateLayout.numberedParts.key(try #require(EntityKey(values)), part)
            var cell = OnlineCell()
            for row in try #require(vector["rows"]?.arrayValue) {
                ViewLaw.window(window).take(try Self.row(row), into: &cell, horizon: .distantPast)
            }
            #expect(GoldenVectors.hex(key.stored) == vector["stored"]?.stringValue)
            #expect(GoldenVectors.hex(cell.encoded(for: key)) == vector["hex"]?.stringValue)
            #expect(try OnlineCell(encoded: cell.encoded(for: key), key: key) == cell)
        }
    }

    @Test func `the key of a part is its entity and a number that sorts`() throws {
        // int64 is tag 03; 7 with its sign bit flipped is 80 … 07; the part's number is written in the same way, untagged.
        let entity = try #require(EntityKey([.int64(7)]))
        let keys: [(Int64, String)] = [
            (.min, "0000000000000000"), (-1, "7fffffffffffffff"), (0, "8000000000000000"), (1, "8000000000000001"),
            (256, "8000000000000100"), (.max, "ffffffffffffffff"),
        ]
        for (number, hex) in keys {
            let key = StateLayout.numberedParts.key(entity, ViewPart(number))
            #expect(GoldenVectors.hex(key.stored) == "038000000000000007" + hex)
            #expect(key.part == ViewPart(number) && key.full == nil)
        }
        #expect(StateLayout.wholeEntity.key(entity) == OnlineKey(entity))
        #expect(GoldenVectors.hex(OnlineKey(entity).stored) == "038000000000000007")
        #expect(OnlineKey(stored: [1, 2, 3], full: nil, layout: .numberedParts).part == nil)
    }

    @Test func `the bytes of a part's state stand as they are described`() throws {
        let entity = try #require(EntityKey([.int64(7)]))
        let rows = [OnlineSamples.row(0, cut: -1, [9]), OnlineSamples.row(1, known: 2, sequence: -1, [])]
        let window = try #require(EventWindow(size: TimeSpan(microseconds: 1)))
        var cell = OnlineCell()
        for row in rows { ViewLaw.window(window).take(row, into: &cell, horizon: .distantPast) }
        let bytes = cell.encoded(for: StateLayout.numberedParts.key(entity, ViewPart(-1)))
        let pieces = [
            "03", "04", "00000002",  // Version, nanoseconds were cut, two rows.
            "0000000000000000", "ffff", "0000000000000000", "0000000000000000", "00000001", "09",
            "00000000000f4240", "0000", "00000000001e8480", "ffffffffffffffff", "00000000",
        ]
        #expect(GoldenVectors.hex(Array(bytes.dropLast(4))) == pieces.joined())
    }

    @Test func `a state of one layout is refused under the keys of the other`() throws {
        let entity = try #require(EntityKey([.int64(7)]))
        let (whole, part) = (OnlineKey(entity), StateLayout.numberedParts.key(entity, ViewPart(3)))
        let cell = OnlineCell(OnlineSamples.row(1, [1]))
        for (key, layout) in [(whole, StateLayout.numberedParts), (part, .wholeEntity)] {
            let other = OnlineKey(stored: key.stored, full: nil, layout: layout)
            #expect(throws: OnlineCell.Corruption.version(key.layout.version, expected: layout.version)) {
                _ = try OnlineCell(encoded: cell.encoded(for: key), key: other)
            }
        }
        #expect(ViewLaw.latestRow().layout == .wholeEntity)
    }

    @Test func `views of one store stand apart by their namespaces`() {
        #expect(StateLayout.namespace(stored: StateLayout.stored(namespace: 0x0102_0304)) == 0x0102_0304)
        var bytes: [UInt8] = []
        for shift in [0, 8, 16, 24] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: StateLayout.stored(namespace: 0x0102_0304).littleEndian >> shift))
        }
        #expect(bytes == [1, 2, 3, 4])
    }

    private static func row(_ json: JSON) throws -> OnlineRow {
        let values = try #require(json["values"]?.stringValue.flatMap { GoldenVectors.bytes($0) })
        return OnlineRow(
            eventTime: Timestamp(microseconds: try #require(json["event"]?.exactValue)),
            cutNanoseconds: Int32(json["cut"]?.exactValue ?? 0),
            knownTime: Timestamp(microseconds: try #require(json["known"]?.exactValue)),
            sequence: try #require(json["sequence"]?.exactValue), values: values)
    }
}
