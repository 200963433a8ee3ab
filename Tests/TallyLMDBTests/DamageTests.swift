// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

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

@Suite struct DamageTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/online" }

    init() throws { folder = try TemporaryFolder("lmdb-damage") }

    @Test func `a flipped byte of a row is told with the key's place, and never served`() async throws {
        let keys = (0..<50).map { OnlineSamples.key(.string("secret \($0)")) }
        try await fill(Dictionary(uniqueKeysWithValues: keys.map { ($0, [OnlineSamples.row(1, [1, 2, 3])]) }))
        let (damaged, bytes) = (keys[17], try StoreFile.bytes(of: path))
        let cell = OnlineCell(OnlineSamples.row(1, [1, 2, 3])).encoded(for: damaged)
        // The checksum holds the key, so a cell's bytes stand in one place only.
        let place = try #require(StoreFile.places(of: cell, in: bytes).first)
        for offset in [0, 1, 3, 9, cell.count - 5, cell.count - 1] {
            var copy = bytes
            copy[place + offset] ^= 0x10
            let store = try store(of: copy, "flipped \(offset)")
            for act in [Act.read, .scan, .merge] {
                let error = await failure { () throws(TallyError) in try await perform(act, on: store, damaged) }
                #expect(error?.code == .corrupt, "\(act), byte \(offset)")
                let text = error?.debugDescription ?? ""
                #expect(text.contains(Fingerprint(of: damaged.stored).hex.prefix(16)), "\(act), byte \(offset)")
                #expect(!text.contains("secret"))
            }
            for key in keys where key != damaged { #expect(try await store.row(key, at: 1)?.values == [1, 2, 3]) }
            #expect(try await store.generation()?.number == 1)
            // A fill that replaces everything does not read the damage.
            try await store.fill(
                OnlineSamples.fill(.replace, after: 1, until: 1), [damaged: [OnlineSamples.row(1, [9])]])
            #expect(try await store.row(damaged, at: 1)?.values == [9])
        }
    }

    private enum Act { case read, scan, merge }

    private func perform(_ act: Act, on store: LMDBStore, _ key: OnlineKey) async throws(TallyError) {
        switch act {
        case .read: _ = try await store.cells([key])
        case .scan: _ = try await store.entries()
        case .merge:
            try await store.fill(OnlineSamples.fill(.merge, after: 1, until: 2), [key: [OnlineSamples.row(2, [])]])
        }
    }

    @Test func `a flipped byte of a key is found by a walk`() async throws {
        let key = OnlineSamples.key(.string("the key"))
        try await fill([key: [OnlineSamples.row(1, [1])], OnlineSamples.key(1): [OnlineSamples.row(1, [1])]])
        var bytes = try StoreFile.bytes(of: path)
        for place in StoreFile.places(of: key.stored, in: bytes) { bytes[place + 3] ^= 1 }
        let store = try store(of: bytes, "key")
        let error = await failure { () throws(TallyError) in _ = try await store.entries() }
        #expect(error?.code == .corrupt)
    }

    @Test func `a flipped byte of the directory is told as damage`() async throws {
        try await fill([OnlineSamples.key(1): [OnlineSamples.row(1, [1])]])
        let bytes = try StoreFile.bytes(of: path)
        let needles = [
            Array(#""until":"#.utf8): "generation", Array("view/\(OnlineSamples.storage().hex)".utf8) + [1]: "entry",
        ]
        for (needle, what) in needles {
            var copy = bytes
            let places = StoreFile.places(of: needle, in: bytes)
            #expect(!places.isEmpty, "\(what)")
            for place in places { copy[place + needle.count + 2] ^= 1 }
            let store = try store(of: copy, what)
            let listing = await failure { () throws(TallyError) in _ = try store.generations() }
            let reading = await failure { () throws(TallyError) in _ = try await store.cells([OnlineSamples.key(1)]) }
            #expect(listing?.code == .corrupt && reading?.code == .corrupt, "\(what)")
            #expect(listing?.help?.description.contains("materialize") == true)
        }
    }

    @Test func `a store of another form is refused, not guessed`() async throws {
        try await fill([:])
        let form = Transaction.form + 1
        try LMDBStore(path: path).environment.writing { (writer) throws(TallyError) in
            try writer.store("form", bigEndian(form))
        }
        for isReading in [false, true] {
            let error = await opening(isReading)
            #expect(error?.code == .unreadable)
            #expect(error?.message.contains("form 2") == true)
        }
    }

    @Test func `a file that is no store is told as such`() async throws {
        try folder.write(String(repeating: "no store at all. ", count: 1_000), to: "online/data.mdb")
        for isReading in [false, true] {
            let error = await opening(isReading)
            #expect(error?.code == .corrupt)
            #expect(error?.help?.description.contains("backup") == true)
        }
    }

    @Test func `another program's database is left alone`() async throws {
        try await fill([:])
        var bytes = try StoreFile.bytes(of: path)
        for place in StoreFile.places(of: Array("directory".utf8), in: bytes) { bytes[place] = UInt8(ascii: "D") }
        try StoreFile.write(bytes, to: path)
        for isReading in [false, true] {
            let error = await opening(isReading)
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("another program") == true)
        }
        #expect(try StoreFile.bytes(of: path) == bytes)
    }

    @Test func `a folder that cannot be made is told as such`() async throws {
        try folder.write("a file", to: "online")
        let error = await opening(false)
        #expect(error?.code == .unwritable)
        #expect(try LMDBStore.openForReading(path: path) == nil)
    }

    @Test func `each failure of the system says what to do`() {
        let expected: [Int32: TallyError.Code] = [
            ENOSPC: .unwritable, EACCES: .unwritable, EROFS: .unwritable, EIO: .unwritable, EDQUOT: .unwritable,
            -30_793: .corrupt, -30_796: .corrupt, -30_797: .corrupt, -30_790: .engine, -30_795: .engine,
            ENOMEM: .engine,
        ]
        for (number, code) in expected {
            let error = LMDBFailure.error(number, .write, path: "/some/store")
            #expect(error.code == code, "\(number)")
            #expect(error.subject == "/some/store" && error.underlying?.isEmpty == false)
            #expect(number == ENOMEM || error.help?.description.isEmpty == false, "\(number)")
        }
    }

    private func opening(_ isReading: Bool) async -> TallyError? {
        await failure { () throws(TallyError) in
            if isReading { _ = try LMDBStore.openForReading(path: path) } else { _ = try LMDBStore(path: path) }
        }
    }

    private func fill(_ rows: [OnlineKey: [OnlineRow]]) async throws {
        try await LMDBStore(path: path).fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows)
    }

    private func store(of bytes: [UInt8], _ name: String) throws -> LMDBStore {
        try StoreFile.write(bytes, to: folder.path + "/" + name)
        return try LMDBStore(path: folder.path + "/" + name)
    }
}
