// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyHistory
import TallyModel
import TallyTesting
import Testing

@Suite struct RowMatcherTests {
    /// What a match gave, read back from its records.
    private struct Outcome: Equatable {
        var seen: [[UInt32]] = []
        var entries: [[SeenEntry]] = []
        var withdrawn: [SeenEntry] = []
    }

    private static let key = DigestKey(first: 0xF0, second: .max)
    private static let snapshots = [nil] + (1...9).map { Timestamp(microseconds: $0 * 1_000) }

    private func match(
        _ old: [SeenEntry], _ files: [[RowDigest]], budget: Int
    ) throws -> Outcome {
        let folder = try TemporaryFolder("rows")
        var matcher = RowMatcher(budget: budget, folder: folder.path + "/scratch")
        for entry in old { try matcher.add(entry) }
        var writers: [RowRecordWriter] = []
        for (number, file) in files.enumerated() {
            try matcher.beginFile()
            for start in stride(from: 0, to: file.count, by: 100) {
                try matcher.add(Array(file[start..<min(file.count, start + 100)]))
            }
            writers.append(
                try RowRecordWriter(
                    folder.path + "/\(number)", RowRecord(key: Self.key, columns: [], snapshots: Self.snapshots)))
        }
        var outcome = Outcome()
        try matcher.match(
            snapshots: files.map { _ in 9 },
            RowMatcher.Findings(
                entry: { (file, entry) throws(TallyError) in try writers[file].append(entry) },
                span: { (file, span) throws(TallyError) in try writers[file].append(span) },
                withdrawn: { outcome.withdrawn.append($0) }))
        for (number, writer) in writers.enumerated() {
            let totals = try writer.commit()
            #expect(totals.rows == files[number].count)
            let reader = try RowRecordReader(folder.path + "/\(number)")
            #expect(reader.totals == totals)
            #expect(reader.record == RowRecord(key: Self.key, columns: [], snapshots: Self.snapshots))
            outcome.entries.append(try all { try reader.nextEntries() })
            outcome.seen.append(
                try all { try reader.nextSpans() }.flatMap { repeatElement($0.seen, count: Int($0.count)) })
            #expect(outcome.entries[number].count == totals.entries)
        }
        return outcome
    }

    private func all<Item>(_ next: () throws -> [Item]) throws -> [Item] {
        var items: [Item] = []
        while true {
            let more = try next()
            if more.isEmpty { return items }
            items += more
        }
    }

    private func digest(_ number: Int) -> RowDigest {
        RowDigest(high: SplitMix.mixed(UInt64(number)), low: UInt64(number % 3))
    }

    private enum SplitMix {
        static func mixed(_ number: UInt64) -> UInt64 {
            let product = number &* 0x9E37_79B9_7F4A_7C15
            return product ^ product >> 29
        }
    }

    @Test(arguments: 1...30) func `rows are found again as a multiset, the oldest first, whatever the memory`(
        _ seed: Int
    ) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let kinds = 1 + random.below(random.below(2) == 0 ? 5 : 2_000)
        var old: [SeenEntry] = []
        for _ in 0..<random.below(500) {
            old.append(
                SeenEntry(
                    digest: digest(random.below(kinds)), seen: UInt32(random.below(9)),
                    count: UInt32(1 + random.below(4))))
        }
        let files = (0..<1 + random.below(3)).map { _ in
            (0..<random.below(700)).map { _ in digest(random.below(kinds)) }
        }
        let outcome = try match(old, files, budget: 1 << 30)
        #expect(try match(old, files, budget: 3_000) == outcome)

        var held: [RowDigest: [UInt32]] = [:]
        for entry in old { held[entry.digest, default: []] += repeatElement(entry.seen, count: Int(entry.count)) }
        var found: [RowDigest: [UInt32]] = [:]
        for (file, seen) in zip(files, outcome.seen) {
            for (digest, seen) in zip(file, seen) { found[digest, default: []].append(seen) }
        }
        var gone: [RowDigest: [UInt32]] = [:]
        for entry in outcome.withdrawn {
            gone[entry.digest, default: []] += repeatElement(entry.seen, count: Int(entry.count))
        }
        for digest in Set(held.keys).union(found.keys) {
            let before = (held[digest] ?? []).sorted()
            let now = (found[digest] ?? []).sorted()
            let expected = before.prefix(now.count) + repeatElement(9, count: max(0, now.count - before.count))
            #expect(now == Array(expected))
            #expect((gone[digest] ?? []).sorted() == Array(before.dropFirst(now.count)))
        }
        // The record by content says the same of a file as the one by place.
        for (file, (entries, seen)) in zip(files, zip(outcome.entries, outcome.seen)) {
            var byPlace: [RowDigest: [UInt32]] = [:]
            for (digest, seen) in zip(file, seen) { byPlace[digest, default: []].append(seen) }
            var byContent: [RowDigest: [UInt32]] = [:]
            for entry in entries {
                byContent[entry.digest, default: []] += repeatElement(entry.seen, count: Int(entry.count))
            }
            #expect(byContent == byPlace.mapValues { $0.sorted() })
            #expect(entries.map(\.digest) == entries.map(\.digest).sorted())
        }
    }

    @Test func `a table of one row a million times is one entry and one span`() throws {
        let rows = [RowDigest](repeating: digest(1), count: 1_200_000)
        let outcome = try match([SeenEntry(digest: digest(1), seen: 3, count: 1_100_000)], [rows], budget: 3_000)
        #expect(outcome.entries[0].map(\.count) == [1_100_000, 100_000])
        #expect(outcome.entries[0].map(\.seen) == [3, 9])
        #expect(outcome.seen[0][1_099_999] == 3 && outcome.seen[0][1_100_000] == 9)
    }

    @Test func `a record that is damaged anywhere is refused, and so is one cut short`() throws {
        let folder = try TemporaryFolder("rows")
        let path = folder.path + "/record"
        let columns = [RowRecord.Column(name: "b", type: "text"), RowRecord.Column(name: "a", type: "int64")]
        let writer = try RowRecordWriter(
            path, RowRecord(key: Self.key, columns: columns, snapshots: [nil, Timestamp(microseconds: 5)]))
        for number in 0..<5 {
            try writer.append(SeenEntry(digest: RowDigest(high: UInt64(number), low: 0), seen: 1, count: 2))
        }
        try writer.append(SeenSpan(count: 4, seen: 0))
        try writer.append(SeenSpan(count: 6, seen: 1))
        _ = try writer.commit()
        let whole = try #require(try AtomicFile.read(path))
        func read(_ bytes: [UInt8]) throws {
            try AtomicFile.write(bytes, to: path)
            let reader = try RowRecordReader(path)
            _ = try all { try reader.nextEntries() }
            _ = try all { try reader.nextSpans() }
        }
        try read(whole)
        #expect(try RowRecordReader(path).record.columns.map(\.name) == ["a", "b"])
        for place in whole.indices {
            var damaged = whole
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(throws: TallyError.self, "byte \(place)") { try read(damaged) }
        }
        for count in whole.indices { #expect(throws: TallyError.self) { try read(Array(whole[..<count])) } }
        #expect(throws: TallyError.self) { try read(whole + [0]) }
    }
}
