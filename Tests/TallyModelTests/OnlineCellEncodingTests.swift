// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// The stored form of a cell (SEMANTICS 10.1).
@Suite struct OnlineCellEncodingTests {
    private static let keys = [
        OnlineSamples.key(7), OnlineSamples.key(), OnlineSamples.key(.string("AA"), .int32(-1)),
        OnlineSamples.key(.string(String(repeating: "k", count: 397))),
        OnlineSamples.key(.string(String(repeating: "k", count: 398))),
        OnlineSamples.key(.bytes([UInt8](repeating: 0, count: 3_000))),
    ]

    @Test func `cells have the bytes of the golden vectors`() throws {
        let vectors = try GoldenVectors.read("cells.json")
        #expect(vectors.count > 10)
        for vector in vectors {
            let values = try (vector["key"]?.arrayValue ?? []).map { try #require(GoldenVectors.value($0)) }
            let key = OnlineKey(try #require(EntityKey(values)))
            let horizon = try #require(vector["horizon"]?.exactValue)
            var cell = OnlineCell()
            for offer in try #require(vector["offers"]?.arrayValue) {
                ViewLaw.latestRow().take(try row(offer), into: &cell, horizon: Timestamp(microseconds: horizon))
            }
            let bytes = cell.encoded(for: key)
            #expect(GoldenVectors.hex(key.stored) == vector["stored"]?.stringValue)
            #expect(GoldenVectors.hex(bytes) == vector["hex"]?.stringValue)
            #expect(try OnlineCell(encoded: bytes, key: key) == cell)
        }
    }

    @Test(arguments: 0..<20)
    func `cells read back, whole and row by row`(seed: UInt64) throws {
        var random = SeededGenerator(seed: 3_000 + seed)
        for key in Self.keys {
            let cell = cell(&random)
            let bytes = cell.encoded(for: key)
            #expect(try OnlineCell(encoded: bytes, key: key) == cell, "seed \(3_000 + seed)")
            let entry = try bytes.reading { (span) throws(OnlineCell.Corruption) in
                try OnlineCell.entry(stored: key.stored, span)
            }
            #expect(entry == OnlineEntry(key: key, cell: cell), "seed \(3_000 + seed)")
            for seconds in -1...12 {
                let time = OnlineSamples.time(seconds)
                let found = try bytes.reading { (span) throws(OnlineCell.Corruption) in
                    try StoredLatestRow().answer(span, key: key, at: time)
                }
                let expected = ViewLaw.latestRow().answer([cell], at: time)
                #expect(found.taken(from: bytes) == expected, "seed \(3_000 + seed), instant \(seconds)")
            }
        }
    }

    @Test func `every flipped bit is noticed, in the cell and in its key`() throws {
        var random = SeededGenerator(seed: 4_000)
        for key in Self.keys.prefix(5) {
            let bytes = cell(&random).encoded(for: key)
            var unnoticed = 0
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                if problem(damaged, key) == nil { unnoticed += 1 }
            }
            for bit in 0..<key.stored.count * 8 {
                var stored = key.stored
                stored[bit / 8] ^= 1 << UInt8(bit % 8)
                if problem(bytes, OnlineKey(stored: stored, full: key.full)) == nil { unnoticed += 1 }
            }
            #expect(unnoticed == 0)
        }
    }

    @Test func `what is cut short, too long or another key's is noticed`() throws {
        var random = SeededGenerator(seed: 5_000)
        for key in Self.keys {
            let bytes = cell(&random).encoded(for: key)
            #expect(bytes.indices.allSatisfy { problem(Array(bytes[..<$0]), key) != nil })
            #expect(problem(bytes + [0], key) == .checksum)
            for other in Self.keys where other != key { #expect(problem(bytes, other) != nil) }
        }
        // Two long keys of one digest: not to be had, but the full key is compared all the same.
        let key = Self.keys[5]
        let twin = OnlineKey(stored: key.stored, full: [1])
        #expect(problem(cell(&random).encoded(for: key), twin) == .form)
        let entry = cell(&random).encoded(for: twin)
        #expect(throws: OnlineCell.Corruption.form) {
            _ = try entry.reading { (span) throws(OnlineCell.Corruption) in
                try OnlineCell.entry(stored: twin.stored, span)
            }
        }
    }

    @Test func `another format version is refused, not guessed`() {
        let key = OnlineSamples.key(7)
        let bytes = OnlineCell(OnlineSamples.row(1, [1, 2])).encoded(for: key)
        for version in UInt8.min...UInt8.max where version != StateLayout.wholeEntity.version {
            #expect(problem(sealed(bytes, key) { $0[0] = version }, key) == .version(version, expected: 2))
        }
    }

    @Test func `a checksum that fits makes no sense of nonsense`() {
        let key = OnlineSamples.key(7)
        let bytes = OnlineCell(OnlineSamples.row(1, [1, 2])).encoded(for: key)
        #expect(problem(sealed(bytes, key) { _ in }, key) == nil)
        let nonsense: [(inout [UInt8]) -> Void] = [
            { $0[1] |= 8 }, { $0[1] |= 4 }, { $0[1] |= 6 }, { $0[1] |= 1 }, { $0[5] = 0 }, { $0[5] = 2 },
            { $0[2] = 255 }, { $0.append(0) },
            { $0[33] = 3 }, { $0[30] = 255 }, { $0[33] = 1 }, { $0 = [] }, { $0 = [2, 0, 0] },
            { $0 = [2, 1, 255, 0, 0, 0] },
        ]
        for (index, change) in nonsense.enumerated() {
            #expect(problem(sealed(bytes, key, change), key) == .form, "nonsense \(index)")
        }
    }

    @Test func `a flag that no row needs is nonsense: a state has one form`() throws {
        let key = OnlineSamples.key(7)
        let cell = OnlineSamples.cell([OnlineSamples.row(3, cut: -7, known: 5, [1])])
        let bytes = cell.encoded(for: key)
        #expect(problem(sealed(bytes, key) { _ in }, key) == nil)
        // Version, flags, count of rows and event time stand before the nanoseconds.
        let uncut = sealed(bytes, key) { $0.replaceSubrange(14..<16, with: [0, 0]) }
        #expect(problem(uncut, key) == .form)
        #expect(throws: OnlineCell.Corruption.form) {
            try uncut.reading { (span) throws(OnlineCell.Corruption) in
                try StoredLatestRow().answer(span, key: key, at: OnlineSamples.time(9))
            }
        }
    }

    @Test func `an error tells the place of the key, and nothing in it`() {
        let key = OnlineSamples.key(.string("anna"))
        for corruption in [OnlineCell.Corruption.checksum, .form, .version(7, expected: 2)] {
            let text = TallyError(corruption, view: "users", key: key).debugDescription
            #expect(text.contains("E-corrupt") && text.contains("users"))
            #expect(text.contains(Fingerprint(of: key.stored).hex.prefix(16)))
            #expect(!text.contains("anna") && !text.contains(GoldenVectors.hex(key.stored)))
        }
    }

    @Test func `a generation reads back from its stored form, without the stamps of its files`() throws {
        let generation = OnlineSamples.fill(.merge, after: 2, until: 10, horizon: 9).generation.numbered(
            3, keys: 7, digest: CellsDigest())
        let read = try #require(OnlineGeneration(json: try JSON(parsing: generation.json.compactText)))
        #expect(read.json == generation.json)
        #expect(read.snapshot.fingerprint == generation.snapshot.fingerprint)
        #expect(read.number == 3 && read.keys == 7 && read.horizon == OnlineSamples.time(9))
        #expect(OnlineGeneration(json: .object([])) == nil)
    }

    private func row(_ json: JSON) throws -> OnlineRow {
        let values = try #require(json["values"]?.stringValue.flatMap { GoldenVectors.bytes($0) })
        return OnlineRow(
            eventTime: json["event"]?.exactValue.map { Timestamp(microseconds: $0) },
            cutNanoseconds: Int32(json["cut"]?.exactValue ?? 0),
            knownTime: Timestamp(microseconds: try #require(json["known"]?.exactValue)),
            sequence: try #require(json["sequence"]?.exactValue), values: values)
    }

    private func cell(_ random: inout SeededGenerator) -> OnlineCell {
        guard Int.random(in: 0..<4, using: &random) > 0 else {
            return OnlineCell(OnlineSamples.timelessRow(bytes(&random)))
        }
        return OnlineSamples.cell(
            (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let event = Int.random(in: -2...4, using: &random)
                return OnlineSamples.row(
                    event, cut: Bool.random(using: &random) ? Int32.random(in: -999...0, using: &random) : 0,
                    known: event + Int.random(in: 0...6, using: &random),
                    sequence: Int64.random(in: .min ... .max, using: &random), bytes(&random))
            })
    }

    private func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func problem(_ bytes: [UInt8], _ key: OnlineKey) -> OnlineCell.Corruption? {
        do throws(OnlineCell.Corruption) {
            _ = try OnlineCell(encoded: bytes, key: key)
            _ = try bytes.reading { (span) throws(OnlineCell.Corruption) in
                try StoredLatestRow().answer(span, key: key, at: .distantPast)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Other bytes in front of a checksum that fits them.
    private func sealed(_ bytes: [UInt8], _ key: OnlineKey, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var content = Array(bytes.dropLast(4))
        change(&content)
        var checksum = CRC32C()
        checksum.update(key.stored)
        checksum.update(content)
        return content
            + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: checksum.value >> UInt32($0)) }
    }
}
