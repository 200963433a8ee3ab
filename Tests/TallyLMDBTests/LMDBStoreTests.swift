// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import TallyTesting
import Testing

@testable import TallyLMDB

@Suite struct LMDBStoreTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/online" }

    init() throws { folder = try TemporaryFolder("lmdb") }

    @Test func `it obeys the laws of online stores`() async throws {
        let folder = folder
        try await OnlineStoreLaws { (store) throws(TallyError) in
            try LMDBStore(path: folder.path + "/deep/folders/" + store)
        }.all()
    }

    @Test func `it obeys them with few rows a transaction and a map that grows`() async throws {
        let folder = folder
        try await OnlineStoreLaws { (store) throws(TallyError) in
            try LMDBStore(path: folder.path + "/tiny/" + store, limits: .tiny)
        }.all()
    }

    @Test func `what was filled is there when it is opened again`() async throws {
        let rows = rows(0..<100, 1)
        do {
            let store = try LMDBStore(path: path)
            try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows)
            try await store.fill(OnlineSamples.fill(.merge, "w", after: nil, until: 1), rows)
            _ = try await store.drop([OnlineSamples.storage("w")])
        }
        let store = try LMDBStore(path: path)
        #expect(try await store.entries() == OnlineSamples.entries(rows))
        #expect(try store.generations().map(\.number) == [1])
        let outcome = try await store.fill(OnlineSamples.fill(.merge, "w", after: nil, until: 1), rows)
        #expect(outcome.generation.number == 2)
    }

    @Test func `a store that is only read writes no data and may be missing`() async throws {
        #expect(try LMDBStore.openForReading(path: path) == nil)
        #expect(folder.names.isEmpty)
        try folder.write("", to: "online/data.mdb")
        #expect(try LMDBStore.openForReading(path: path) == nil)
        try await fillOnce()
        let bytes = try StoreFile.bytes(of: path)
        try await readOnly()
        #expect(try StoreFile.bytes(of: path) == bytes)
    }

    private func readOnly() async throws {
        let store = try #require(try LMDBStore.openForReading(path: path))
        #expect(try await store.entries().count == 100)
        #expect(try await store.generation()?.number == 1)
        let fill = OnlineSamples.fill(.merge, after: 1, until: 1)
        let filling = await failure { () throws(TallyError) in try await store.fill(fill, [:]) }
        let dropping = await failure { () throws(TallyError) in _ = try await store.drop([]) }
        #expect(filling?.code == .misuse && dropping?.code == .misuse)
    }

    private func fillOnce() async throws {
        let store = try LMDBStore(path: path)
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows(0..<100, 1))
    }

    @Test func `stores of one folder share what is open, whatever path leads to it`() async throws {
        let one = try LMDBStore(path: path)
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let others = [
            try LMDBStore(path: path), try LMDBStore(path: path + "/"), try LMDBStore(path: link),
            try #require(try LMDBStore.openForReading(path: path + "/../online")),
        ]
        #expect(others.allSatisfy { $0.environment === one.environment })
        try await one.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows(0..<10, 1))
        for other in others { #expect(try await other.entries().count == 10) }
    }

    @Test func `many openings of a new store at once all succeed, and so do their fills`() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    // Each is gone before the next one may have begun: opening and closing take turns.
                    let store = try LMDBStore(path: path)
                    let fill = OnlineSamples.fill(.merge, "view \(worker)", after: nil, until: 1)
                    return try await store.fill(fill, [OnlineSamples.key(worker): [OnlineSamples.row(1, [])]]).written
                }
            }
            for try await written in group { #expect(written == 1) }
        }
        #expect(try LMDBStore(path: path).generations().count == 8)
    }

    @Test func `rows that outgrow the map make it grow, beside readers and a walk`() async throws {
        let store = try LMDBStore(path: path, limits: .tiny)
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for isWalking in [false, true] {
                group.addTask {
                    let reader = try LMDBStore(path: path)
                    while !Task.isCancelled {
                        let count =
                            isWalking ? try await reader.entries().count : try await reader.generation()?.keys ?? 0
                        #expect(count % 200 == 0)
                        if isWalking {
                            // A walk's thread may read meanwhile.
                            try reader.scan(OnlineSamples.storage()) { (key, _) throws(TallyError) in
                                let lookup = OnlineLookup(storage: OnlineSamples.storage(), keys: [key])
                                try reader.read([lookup]) { (_) throws(TallyError) in
                                } _: { (_, _, _) throws(TallyError) in
                                }
                            }
                        }
                        await Task.yield()
                    }
                }
            }
            for number in 1...6 {
                let fill = OnlineSamples.fill(
                    number % 2 == 0 ? .merge : .replace, after: number == 1 ? nil : number - 1, until: 9)
                try await store.fill(fill, rows(0..<200 * number, UInt8(number)))
            }
            group.cancelAll()
        }
        #expect(try await store.entries().count == 1_200)
        #expect(try StoreFile.bytes(of: path).count > LMDBLimits.tiny.firstMapSize)
    }

    private func rows(_ numbers: Range<Int>, _ value: UInt8) -> [OnlineKey: [OnlineRow]] {
        Dictionary(uniqueKeysWithValues: numbers.map { (OnlineSamples.key($0), [OnlineSamples.row(1, [value])]) })
    }
}
