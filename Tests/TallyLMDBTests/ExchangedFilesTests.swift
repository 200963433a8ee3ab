// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import TallyTesting
import Testing

@testable import TallyLMDB

/// The files of an open store are moved away, removed or replaced.
@Suite struct ExchangedFilesTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/online" }

    init() throws { folder = try TemporaryFolder("lmdb-exchanged") }

    @Test func `a store that was moved away and made anew is turned to`() async throws {
        let store = try LMDBStore(path: path)
        try await fill(store, 1)
        try store.follow()
        let old = store.environment
        try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/aside")
        let gone = await failure { () throws(TallyError) in try store.follow() }
        #expect(gone?.code == .notMaterialized)
        // What was open goes on answering, and takes nothing in that nobody would see.
        #expect(try await store.row(OnlineSamples.key(1), at: 9)?.values == [1])
        let filling = await failure { () throws(TallyError) in try await fill(store, 5, after: 1) }
        #expect(filling?.code == .notMaterialized)
        try await fill(try LMDBStore(path: path), 2)
        #expect(try await store.row(OnlineSamples.key(1), at: 9)?.values == [1])
        try store.follow()
        #expect(store.environment !== old)
        #expect(try await store.row(OnlineSamples.key(1), at: 9)?.values == [2])
        try await fill(store, 3, after: 1)
        #expect(try await LMDBStore(path: path).row(OnlineSamples.key(1), at: 9)?.values == [3])
    }

    @Test func `a store whose locks were removed is opened anew with the ones that others use`() async throws {
        let store = try LMDBStore(path: path)
        try await fill(store, 1)
        let old = store.environment
        try FileManager.default.removeItem(atPath: path + "/lock.mdb")
        try store.follow()
        #expect(store.environment !== old)
        for number in 2...6 {
            try await fill(try LMDBStore(path: path), UInt8(number), after: number - 1)
            #expect(try await store.row(OnlineSamples.key(1), at: 9)?.values == [UInt8(number)])
        }
    }

    @Test func `data that came by a rename gets locks of its own`() async throws {
        let store = try LMDBStore(path: path)
        try await fill(store, 1)
        let other = folder.path + "/other"
        try await fill(try LMDBStore(path: other), 7)
        try await fill(try LMDBStore(path: other), 8, after: 1)
        let locks = FileIdentity(of: path + "/lock.mdb")
        try FileName.rename(other + "/data.mdb", to: path + "/data.mdb")
        try store.follow()
        #expect(FileIdentity(of: path + "/lock.mdb") != locks)
        #expect(try await store.row(OnlineSamples.key(1), at: 9)?.values == [8])
        try await fill(store, 9, after: 2)
        #expect(try await store.row(OnlineSamples.key(1), at: 9)?.values == [9])
    }

    @Test func `a fill whose files are moved away under it does not claim to be done`() async throws {
        let store = try LMDBStore(path: path)
        let (path, aside) = (path, folder.path + "/aside")
        let giving = OnlineSamples.giving(OnlineSamples.entries([OnlineSamples.key(1): [OnlineSamples.row(1, [1])]]))
        let error = await failure { () throws(TallyError) in
            _ = try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1)) { () throws(TallyError) in
                if FileName.exists(path) {
                    do { try FileManager.default.moveItem(atPath: path, toPath: aside) } catch {
                        throw TallyError(.internal, "\(error)")
                    }
                }
                return try giving()
            }
        }
        #expect(error?.code == .conflict)
    }

    @Test func `a damaged store is replaced by a new one, which readers turn to`() async throws {
        let reader = try LMDBStore(path: path)
        try await fill(reader, 1)
        #expect(try LMDBReplacement(ofDamaged: path) == nil)
        #expect(try LMDBReplacement(ofDamaged: folder.path + "/none") == nil)
        var bytes = try StoreFile.bytes(of: path)
        for page in 2..<bytes.count / 4_096 { bytes[page * 4_096] ^= 0xFF }
        try StoreFile.write(bytes, to: path)
        let refused = await failure { () throws(TallyError) in try reader.follow() }
        #expect(refused?.code == .corrupt)
        #expect(try await reader.row(OnlineSamples.key(1), at: 9)?.values == [1])
        let replacement = try #require(try LMDBReplacement(ofDamaged: path))
        let second = await failure { () throws(TallyError) in _ = try LMDBReplacement(ofDamaged: path) }
        #expect(second?.code == .conflict)
        // Whoever looks meanwhile finds the damage.
        let meanwhile = await failure { () throws(TallyError) in _ = try LMDBStore(path: path) }
        #expect(meanwhile?.code == .corrupt)
        try await fill(replacement.store, 4)
        let kept = try replacement.takePlace(at: OnlineSamples.time(0))
        #expect(kept == "data.mdb.damaged-19700101T000000")
        #expect(try AtomicFile.read(path + "/" + kept) == bytes)
        #expect(!FileName.exists(path + "/new"))
        try reader.follow()
        #expect(try await reader.row(OnlineSamples.key(1), at: 9)?.values == [4])
        #expect(try LMDBStore.examine(path: path)?.state == .whole)
    }

    @Test func `another program's database is not replaced`() async throws {
        try await fill(try LMDBStore(path: path), 1)
        var bytes = try StoreFile.bytes(of: path)
        for place in StoreFile.places(of: Array("directory".utf8), in: bytes) { bytes[place] = UInt8(ascii: "c") }
        let other = folder.path + "/other"
        try StoreFile.write(bytes, to: other)
        let error = await failure { () throws(TallyError) in _ = try LMDBReplacement(ofDamaged: other) }
        #expect(error?.code == .corrupt && error?.message.contains("another program") == true)
    }

    private func fill(_ store: LMDBStore, _ value: UInt8, after: Int? = nil) async throws(TallyError) {
        try await store.fill(
            OnlineSamples.fill(.replace, after: after, until: 1),
            [OnlineSamples.key(1): [OnlineSamples.row(1, [value])], OnlineSamples.key(2): [OnlineSamples.row(1, [])]])
    }
}
