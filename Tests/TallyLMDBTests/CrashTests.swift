// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting
import Testing

@testable import TallyLMDB

/// The file as a process leaves it that dies in the middle of a fill.
@Suite struct CrashTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/online" }

    init() throws { folder = try TemporaryFolder("lmdb-crash") }

    @Test(arguments: [OnlineFill.Mode.replace, .merge])
    func `a fill that was cut off left nothing that a reader sees, and is swept`(mode: OnlineFill.Mode) async throws {
        let store = try LMDBStore(path: path, limits: .tiny)
        let before = rows(0..<100, event: 1)
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), before)
        try await store.fill(OnlineSamples.fill(.replace, "other", after: nil, until: 1), before)
        let images = try await imagesOfFill(store, mode, rows(50..<200, event: 2))
        #expect(images.count > 5)
        var leftovers = 0
        for image in images {
            let copy = try LMDBStore(path: image, limits: .tiny)
            #expect(try await copy.entries() == OnlineSamples.entries(before), "\(image)")
            #expect(try await copy.entries(of: "other").count == 100)
            #expect(try await copy.generation()?.number == 1)
            if try copy.rowsByNamespace().count > 2 { leftovers += 1 }
            try await copy.fill(OnlineSamples.fill(.merge, after: 1, until: 2), [:])
            #expect(try copy.rowsByNamespace() == [1: 100, 2: 100], "\(image)")
        }
        #expect(leftovers > 5)
        #expect(try store.rowsByNamespace().count == 2)
    }

    @Test func `rows that a cut-off sweep left are removed by the next drop`() async throws {
        let store = try LMDBStore(path: path, limits: .tiny)
        try await store.fill(OnlineSamples.fill(.replace, after: nil, until: 1), rows(0..<100, event: 1))
        // Out of the directory, but not yet swept.
        _ = try store.environment.writing { (writer) throws(TallyError) in
            try writer.removeGeneration(of: OnlineSamples.storage())
            try writer.set(DirectoryEntry(namespace: nil, lastNumber: 1), of: OnlineSamples.storage())
        }
        #expect(try store.generations().isEmpty)
        #expect(try store.rowsByNamespace() == [1: 100])
        #expect(try await store.drop([]).isEmpty)
        #expect(try store.rowsByNamespace().isEmpty)
    }

    @Test func `a namespace is never used twice`() async throws {
        let store = try LMDBStore(path: path, limits: .tiny)
        for number in 1...3 {
            let after = number == 1 ? nil : number - 1
            try await store.fill(OnlineSamples.fill(.replace, after: after, until: 1), rows(0..<15, event: number))
            #expect(try store.rowsByNamespace() == [UInt32(number): 15])
        }
        let broken = await failure { () throws(TallyError) in
            _ = try await store.fill(OnlineSamples.fill(.replace, after: 3, until: 1)) { () throws(TallyError) in
                throw TallyError(.unreadable, "gone")
            }
        }
        #expect(broken?.code == .unreadable)
        let entries = OnlineSamples.entries(rows(0..<15, event: 5))
        let giving = OnlineSamples.giving(entries)
        let late = await failure { () throws(TallyError) in
            _ = try await store.fill(OnlineSamples.fill(.replace, after: 3, until: 1)) { () throws(TallyError) in
                guard let entry = try giving() else { throw TallyError(.unreadable, "gone") }
                return entry
            }
        }
        #expect(late?.code == .unreadable)
        #expect(try store.rowsByNamespace() == [3: 15])
        try await store.fill(OnlineSamples.fill(.replace, after: 3, until: 1), rows(0..<15, event: 4))
        #expect(try store.rowsByNamespace() == [5: 15])
    }

    /// Fills, and copies the file each time the fill asks for the first entry of a transaction.
    private func imagesOfFill(
        _ store: LMDBStore, _ mode: OnlineFill.Mode, _ rows: [OnlineKey: [OnlineRow]]
    ) async throws -> [String] {
        let images = Mutex<[String]>([])
        let (path, folder) = (path, folder.path)
        let giving = OnlineSamples.giving(OnlineSamples.entries(rows))
        let asked = Atomic(0)
        let fill = OnlineSamples.fill(mode, after: 1, until: 2)
        _ = try await store.fill(fill) { () throws(TallyError) in
            let number = asked.add(1, ordering: .relaxed).newValue
            if number % LMDBLimits.tiny.chunkCount == 1 {
                let image = "\(folder)/image-\(number)"
                try StoreFile.image(of: path, to: image)
                images.withLock { $0.append(image) }
            }
            return try giving()
        }
        return images.withLock { $0 }
    }

    private func rows(_ numbers: Range<Int>, event: Int) -> [OnlineKey: [OnlineRow]] {
        Dictionary(uniqueKeysWithValues: numbers.map { (OnlineSamples.key($0), [OnlineSamples.row(event, [7])]) })
    }
}
