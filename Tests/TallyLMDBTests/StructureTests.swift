// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import TallyTesting
import Testing

@testable import TallyLMDB

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite struct StructureTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/online" }

    init() throws { folder = try TemporaryFolder("lmdb-structure") }

    private static let page = 4_096

    @Test func `what fills, merges, drops and killed fills leave is whole`() async throws {
        var random = SeededGenerator(seed: 3)
        let store = try LMDBStore(path: path, limits: .tiny)
        // The last number is counted on after a drop; what is planned on is the present one.
        var numbers: [String: Int] = [:]
        for step in 0..<60 {
            let name = "view \(step % 3)"
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                _ = try await store.drop([OnlineSamples.storage(name)])
                numbers[name] = nil
            case 1:
                _ = await failure { () throws(TallyError) in
                    let giving = OnlineSamples.giving(OnlineSamples.entries(rows(200, &random)))
                    let fill = OnlineSamples.fill(.merge, name, after: numbers[name], until: step)
                    _ = try await store.fill(fill) { () throws(TallyError) in
                        guard let entry = try giving() else { throw TallyError(.unreadable, "gone") }
                        return entry
                    }
                }
            default:
                let mode: OnlineFill.Mode = Bool.random(using: &random) ? .merge : .replace
                let fill = OnlineSamples.fill(mode, name, after: numbers[name], until: step)
                numbers[name] = try await store.fill(fill, rows(150, &random)).generation.number
            }
            let outcome = try StructureProof.examine(path)
            guard case .whole(let pages, _) = outcome, pages > 2 else {
                Issue.record("step \(step): \(outcome)")
                return
            }
        }
        for name in numbers.keys { _ = try await store.entries(of: name) }
    }

    /// Rows of few and of many bytes, so that some lie on pages of their own.
    private func rows(_ most: Int, _ random: inout SeededGenerator) -> [OnlineKey: [OnlineRow]] {
        var rows: [OnlineKey: [OnlineRow]] = [:]
        for _ in 0..<Int.random(in: 1...most, using: &random) {
            let size = [0, 10, 100, 3_000, 20_000][Int.random(in: 0..<5, using: &random)]
            let key = OnlineSamples.key(
                .string(String(repeating: "k", count: Int.random(in: 0..<300, using: &random))),
                .int64(Int64.random(in: 0..<400, using: &random)))
            rows[key] = [OnlineSamples.row(Int.random(in: 1..<100, using: &random), [UInt8](repeating: 7, count: size))]
        }
        return rows
    }

    @Test func `a flipped bit is told, or changes nothing that is read`() async throws {
        try await fill(300)
        let bytes = try StoreFile.bytes(of: path)
        let expected = try await LMDBStore(path: path).entries()
        var random = SeededGenerator(seed: 5)
        var (told, quiet) = (0, 0)
        for number in 0..<400 {
            var copy = bytes
            let place =
                number % 2 == 0
                ? Int.random(in: 0..<copy.count, using: &random)
                : Int.random(in: 0..<copy.count / Self.page, using: &random) * Self.page
                    + Int.random(in: 0..<80, using: &random)
            copy[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let damaged = folder.path + "/flipped \(number)"
            try StoreFile.write(copy, to: damaged)
            var found: [OnlineEntry] = []
            let error = await failure { () throws(TallyError) in
                found = try await LMDBStore(path: damaged).entries()
            }
            if let error {
                #expect(error.code == .corrupt || error.code == .unreadable, "byte \(place): \(error)")
                told += 1
            } else {
                #expect(found == expected, "byte \(place)")
                quiet += 1
            }
            try FileManager.default.removeItem(atPath: damaged)
        }
        // Free pages and the room between the lists and the entries of pages hold nothing.
        #expect(told > 100 && quiet > 20, "\(told) told, \(quiet) quiet")
    }

    @Test func `two meta pages of one commit that differ are told, since it is not known which one is read`()
        async throws
    {
        try await fill(300)
        var pages = try [0, 1].map { Array(try StoreFile.bytes(of: path)[($0 * Self.page)..<(($0 + 1) * Self.page)]) }
        pages[1].replaceSubrange(16..., with: pages[0][16...])
        func newer() throws(StructureDamage) -> MetaPage {
            let (first, second) = (PageBytes(bytes: pages[0]), PageBytes(bytes: pages[1]))
            return try MetaPage.newer(MetaPage(first, number: 0), MetaPage(second, number: 1))
        }
        let commit = try newer().commit
        // The root of the tree of names.
        pages[1][128] ^= 1
        #expect(throws: StructureDamage("the two meta pages are both of commit \(commit), and differ")) { try newer() }
    }

    @Test func `a view whose name in the directory is damaged is not taken for one that was never filled`() async throws
    {
        try await fill(30)
        let bytes = try StoreFile.bytes(of: path)
        for (name, offset) in [("view/", 2), ("view/", 9), ("generation/", 3), ("generation/", 20)] {
            var copy = bytes
            let places = StoreFile.places(of: Array((name + OnlineSamples.storage().hex).utf8), in: bytes)
            #expect(!places.isEmpty)
            for place in places { copy[place + offset] ^= 1 }
            let damaged = folder.path + "/\(name.dropLast()) \(offset)"
            try StoreFile.write(copy, to: damaged)
            let error = await failure { () throws(TallyError) in _ = try await LMDBStore(path: damaged).entries() }
            #expect(error?.code == .corrupt, "\(name) \(offset): \(error as Any)")
        }
    }

    @Test func `another order of keys than the store's is told, whichever tree has it`() async throws {
        try await fill(300)
        let bytes = try StoreFile.bytes(of: path)
        // The flags of the trees of free pages and of names in both meta pages, and in the records of named trees.
        var places = [0, 1].flatMap { page in [40, 88].map { page * Self.page + $0 + 4 } }
        for name in ["rows", "directory"] {
            places += StoreFile.places(of: Array(name.utf8), in: bytes).map { $0 + name.utf8.count + 4 }
        }
        #expect(places.count >= 6)
        var told = 0
        for place in places {
            for bit in 1..<7 as Range<UInt8> {
                var copy = bytes
                copy[place] ^= 1 << bit
                let damaged = folder.path + "/order \(place) \(bit)"
                try StoreFile.write(copy, to: damaged)
                var found: OnlineRow?
                let error = await failure { () throws(TallyError) in
                    found = try await LMDBStore(path: damaged).row(OnlineSamples.key(7), at: 1)
                }
                if error != nil { told += 1 } else { #expect(found != nil, "byte \(place), bit \(bit)") }
            }
        }
        #expect(told > 20, "\(told)")
    }

    @Test func `a file that was cut short is told, wherever it was cut`() async throws {
        try await fill(300)
        let bytes = try StoreFile.bytes(of: path)
        for count in [1, 100, 4_095, 4_096, 8_191, 8_192, 12_288, bytes.count / 2, bytes.count - Self.page] {
            let cut = folder.path + "/cut \(count)"
            try StoreFile.write(Array(bytes[..<count]), to: cut)
            for isReading in [true, false] {
                let error = await failure { () throws(TallyError) in
                    if isReading {
                        _ = try LMDBStore.openForReading(path: cut)
                    } else {
                        _ = try LMDBStore(path: cut)
                    }
                }
                #expect(
                    error?.code == .corrupt && error?.help?.description.contains("--full") == true,
                    "\(count) bytes: \(error as Any)")
            }
        }
    }

    @Test func `a pipe in the place of the data, or of the note, is not waited for`() async throws {
        try await fill(10)
        try FileManager.default.removeItem(atPath: path + "/data.checked")
        try #require(unsafe mkfifo(path + "/data.checked", 0o600) == 0)
        #expect(try await LMDBStore.openForReading(path: path)?.entries().count == 10)
        try FileManager.default.removeItem(atPath: path + "/data.mdb")
        try #require(unsafe mkfifo(path + "/data.mdb", 0o600) == 0)
        let error = await failure { () throws(TallyError) in _ = try LMDBStore.openForReading(path: path) }
        #expect(error?.code == .corrupt)
    }

    @Test func `an empty file is damage where something was filled before`() async throws {
        try await fill(10)
        try folder.write("", to: "online/data.mdb")
        let error = await failure { () throws(TallyError) in _ = try LMDBStore.openForReading(path: path) }
        #expect(error?.code == .corrupt && error?.message.contains("empty") == true)
    }

    @Test func `a file that nobody else wrote is looked through once`() async throws {
        try await fill(10)
        let stamp = try #require(try AtomicFile.read(path + "/data.checked"))
        #expect(stamp == Array("\(try #require(FileStamp(of: path + "/data.mdb")).text)\n".utf8))
        // With the stamp in order the damage is not looked for; without it, it is.
        var bytes = try StoreFile.bytes(of: path)
        for page in 2..<bytes.count / Self.page { bytes[page * Self.page + 10] ^= 0x40 }
        try StoreFile.write(bytes, to: path)
        let error = await failure { () throws(TallyError) in _ = try LMDBStore(path: path) }
        #expect(error?.code == .corrupt)
        StructureProof.keep(path)
        try StructureProof.require(path, isLocked: false)
        guard case .damaged = try StructureProof.examine(path) else {
            Issue.record("the damage was not found")
            return
        }
    }

    @Test func `nothing is written into a file that somebody else wrote into`() async throws {
        let store = try LMDBStore(path: path)
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows(300))
        let pages = try StoreFile.bytes(of: path).count / Self.page
        for page in 2..<pages { try StoreFile.overwrite(0xFF, at: page * Self.page + 3, in: path) }
        let before = try StoreFile.bytes(of: path)
        let filling = await failure { () throws(TallyError) in
            try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 2), rows(5))
        }
        let dropping = await failure { () throws(TallyError) in
            _ = try await store.drop([OnlineSamples.storage()])
        }
        #expect(filling?.code == .corrupt && dropping?.code == .corrupt)
        #expect(try StoreFile.bytes(of: path) == before)
    }

    @Test func `a key that a damaged page hides is missed by the digest`() async throws {
        let store = try LMDBStore(path: path)
        let fill = OnlineSamples.fill(.replace, after: nil, until: 1)
        try await store.fill(fill, rows(20))
        // As if another key had come instead of one that is gone: count and order are right, and each cell is.
        try store.environment.writing { (writer) throws(TallyError) in
            var key = RowKey()
            key.set(1, OnlineSamples.key(7).stored)
            unsafe try writer.remove(key.value, in: writer.databases.rows)
            let other = OnlineSamples.key(77)
            key.set(1, other.stored)
            let cell = OnlineCell(OnlineSamples.row(1, [1])).encoded(for: other)
            unsafe try cell.span.bytes.withUnsafeBytes { (bytes) throws(TallyError) in
                unsafe try writer.put(key.value, bytes, in: writer.databases.rows)
            }
        }
        let error = await failure { () throws(TallyError) in _ = try await store.entries() }
        #expect(error?.code == .corrupt && error?.message.contains("digest") == true)
    }

    @Test func `what was merged into a generation without a digest has none, until a fill replaces it`() async throws {
        let store = try LMDBStore(path: path)
        let first = try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows(20)).generation
        try store.environment.writing { (writer) throws(TallyError) in
            try writer.set(first.numbered(first.number, keys: first.keys, digest: nil))
        }
        let again = try LMDBStore(path: path)
        let second = try await again.fill(OnlineSamples.fill(.merge, after: 1, until: 2), rows(30))
        #expect(second.generation.digest == nil && second.generation.keys == 30)
        #expect(try await again.entries().count == 30)
        let third = try await again.fill(OnlineSamples.fill(.replace, after: 2, until: 3), rows(30))
        #expect(third.generation.digest == OnlineSamples.digest(of: rows(30)))
    }

    private func fill(_ count: Int) async throws {
        let store = try LMDBStore(path: path)
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows(count))
    }

    private func rows(_ count: Int) -> [OnlineKey: [OnlineRow]] {
        Dictionary(
            uniqueKeysWithValues: (0..<count).map {
                (OnlineSamples.key($0), [OnlineSamples.row(1, [UInt8](repeating: 1, count: $0 % 50 == 0 ? 9_000 : 90))])
            })
    }
}
