// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct CellsDigestTests {
    @Test func `no cells have the digest zero, and one has its hash`() throws {
        #expect(CellsDigest().hex == String(repeating: "0", count: 32))
        var one = CellsDigest()
        one.add(key: [1, 2], cell: [3])
        // The length of the key, the key, the cell.
        #expect(one.hex == String(Fingerprint(of: [0, 0, 0, 2, 1, 2, 3] as [UInt8]).hex.prefix(32)))
        var moved = CellsDigest()
        moved.add(key: [1], cell: [2, 3])
        #expect(moved != one)
    }

    @Test func `it does not depend on the order, and follows changes`() {
        let cells = (0..<50 as Range<UInt8>).map { (key: [$0, 1], cell: [$0, $0, 7]) }
        var forwards = CellsDigest()
        for (key, cell) in cells { forwards.add(key: key, cell: cell) }
        var backwards = CellsDigest()
        for (key, cell) in cells.reversed() { backwards.add(key: key, cell: cell) }
        #expect(forwards == backwards)
        var changed = forwards
        changed.remove(key: cells[3].key, cell: cells[3].cell)
        #expect(changed != forwards)
        changed.add(key: cells[3].key, cell: [9])
        var other = CellsDigest()
        for (index, (key, cell)) in cells.enumerated() { other.add(key: key, cell: index == 3 ? [9] : cell) }
        #expect(changed == other)
        var halves = CellsDigest()
        for (key, cell) in cells[..<25] { halves.add(key: key, cell: cell) }
        var rest = CellsDigest()
        for (key, cell) in cells[25...] { rest.add(key: key, cell: cell) }
        halves.add(rest)
        #expect(halves == forwards)
    }

    @Test func `it reads back from its digits and from nothing else`() {
        var digest = CellsDigest()
        digest.add(key: [1], cell: [2])
        #expect(CellsDigest(hex: digest.hex) == digest)
        let wrong = [
            "", "0", digest.hex.uppercased(), digest.hex + "0", "+" + digest.hex.dropFirst(),
            "-" + digest.hex.dropFirst(),
        ]
        for text in wrong where text != digest.hex { #expect(CellsDigest(hex: text) == nil, "\(text)") }
    }

    @Test func `a generation without a digest is read, and one with a damaged digest is not`() throws {
        let plain = OnlineSamples.fill(.merge, after: 2, until: 10).generation
        #expect(plain.digest == nil)
        #expect(try #require(OnlineGeneration(json: plain.json)).digest == nil)
        let digested = plain.numbered(3, keys: 1, digest: CellsDigest())
        #expect(OnlineGeneration(json: digested.json)?.digest == CellsDigest())
        let text = digested.json.compactText.replacing(CellsDigest().hex, with: "00")
        #expect(OnlineGeneration(json: try JSON(parsing: text)) == nil)
    }

    @Test func `a walk that met other cells, or another count, is damage`() throws {
        let digested = OnlineSamples.fill(.merge, after: 2, until: 10).generation.numbered(
            3, keys: 1, digest: OnlineSamples.digest(of: [OnlineSamples.key(1): [OnlineSamples.row(1, [1])]]))
        try digested.check(try #require(digested.digest), countOfCells: 1)
        for (digest, count) in [(CellsDigest(), 1), (try #require(digested.digest), 2)] {
            let error = #expect(throws: TallyError.self) { try digested.check(digest, countOfCells: count) }
            #expect(error?.code == .corrupt && error?.help?.description.contains("--full") == true)
        }
        let undigested = digested.numbered(3, keys: 1, digest: nil)
        try undigested.check(CellsDigest(), countOfCells: 1)
        #expect(throws: TallyError.self) { try undigested.check(CellsDigest(), countOfCells: 0) }
    }
}
