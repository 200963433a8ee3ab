// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import Synchronization
import TallyAssembly
import TallyModel
import TallyTesting
import Testing

/// Fills that are killed at any point, with readers running (SEMANTICS 10.3).
///
/// `TALLY_CRASHES` says how often a fill is killed; each file of data has one row for every key, with the file's number, so
/// that a reader who sees two numbers at once has seen half a generation.
@Suite(.serialized) struct CrashTests {
    private static let keys = 20_000
    private static let keptFiles = 3
    private static var crashes: Int {
        ProcessInfo.processInfo.environment["TALLY_CRASHES"].flatMap { Int($0) } ?? 10
    }

    @Test func `a killed fill leaves the generation before, and the next one ends as if nothing had happened`()
        async throws
    {
        let folder = try Self.repository()
        var random = SeededGenerator(seed: UInt64(Self.crashes))
        try Self.write(file: 0, in: folder)
        let began = ContinuousClock.now
        for command in [["apply"], ["materialize"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        let usual = (ContinuousClock.now - began) / 2
        let watch = Watch()
        let readers = (0..<2).map { seed in
            Task { await watch.run { try await Self.keepReading(in: folder, watch, seed: UInt64(seed)) } }
        }
        defer { watch.stop() }
        for number in 1...Self.crashes {
            try Self.write(file: number, in: folder)
            let full = random.next() % 5 == 0 ? ["--full"] : []
            let process = try Program.start(["materialize"] + full, in: folder)
            let microseconds = usual / .microseconds(1) * Double(random.next() % 1_000) / 900
            try await Task.sleep(for: .microseconds(Int64(microseconds)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect([Int64(number - 1), Int64(number)].contains(try await Self.number(in: folder)))
            var again = try Program.run(["materialize"] + full, in: folder)
            // LMDB writes a commit down, and then the number by which readers find it. Killed between the two, the fill is
            // seen by the next writer only, which is told that another fill was first, and what to do.
            if again.error.contains("E-conflict") { again = try Program.run(["materialize"] + full, in: folder) }
            #expect(again.status == 0, "\(again.error)")
            #expect(try await Self.number(in: folder) == Int64(number))
        }
        watch.stop()
        for reader in readers { await reader.value }
        #expect(watch.complaints.isEmpty, "\(watch.complaints)")
        #expect(watch.reads > 0)
        let killed = try await Self.cells(in: folder)
        try AtomicFile.write(Array((Self.project + Self.otherStore).utf8), to: folder.path + "/tally.yaml")
        #expect(try Program.run(["materialize"], in: folder).status == 0)
        #expect(try await Self.cells(in: folder) == killed)
        #expect(killed.count == Self.keys)
    }

    /// Reads keys at one instant again and again; all must bear one number, and it never goes back.
    private static func keepReading(in folder: TemporaryFolder, _ watch: Watch, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let store = try #require(try Workspace(root: folder.path).onlineStoreForReading())
        var last: Int64 = 0
        while !watch.isStopped {
            let asked = (0..<100).map { _ in
                EntityKey([.int64(Int64(random.next() % UInt64(Self.keys)))]).map { OnlineKey($0) }
            }
            guard let storage = try await store.generations().first?.storage else { continue }
            let numbers = try await numbers(of: asked, in: store, storage)
            if numbers.count != asked.count || Set(numbers).count != 1 {
                watch.complain("\(numbers.count) keys with numbers \(Set(numbers))")
            }
            guard let number = numbers.first else { continue }
            if number < last { watch.complain("\(number) after \(last)") }
            last = number
            watch.count()
            try await Task.sleep(for: .microseconds(500))
        }
    }

    /// The number that all keys bear, judged by every hundredth of them, read at one instant.
    private static func number(in folder: TemporaryFolder) async throws -> Int64? {
        let store = try #require(try Workspace(root: folder.path).onlineStoreForReading())
        let generation = try #require(try await store.generations().first)
        #expect(generation.keys == keys)
        let asked = stride(from: 0, to: keys, by: 100).map { EntityKey([.int64(Int64($0))]).map { OnlineKey($0) } }
        let numbers = try await numbers(of: asked, in: store, generation.storage)
        #expect(numbers.count == asked.count && Set(numbers).count == 1, "\(Set(numbers))")
        return numbers.first
    }

    private static func numbers(
        of keys: [OnlineKey?], in store: any OnlineStore, _ storage: Fingerprint
    ) async throws -> [Int64] {
        let decoder = RowDecoder(types: [.int64, .string])
        var numbers: [Int64] = []
        try await store.read([OnlineLookup(storage: storage, keys: keys)]) { _ in
        } _: { (_, index, bytes) throws(TallyError) in
            guard let key = keys[index] else { return }
            do throws(OnlineCell.Corruption) {
                let end = Timestamp(microseconds: .max)
                guard case .row(let row) = try StoredLatestRow().answer(bytes, key: key, at: end) else { return }
                _ = decoder.decode(bytes, row.values) { column, value in
                    if column == 0, case .int64(let number) = value { numbers.append(number) }
                }
            } catch {
                throw TallyError(error, view: "state", key: key)
            }
        }
        return numbers
    }

    private static func cells(in folder: TemporaryFolder) async throws -> [OnlineKey: OnlineCell] {
        let store = try #require(try Workspace(root: folder.path).onlineStoreForReading())
        let storage = try #require(try await store.generations().first?.storage)
        var cells: [OnlineKey: OnlineCell] = [:]
        try await store.scan(storage) { (key, cell) throws(TallyError) in cells[key] = cell }
        return cells
    }

    private static func write(file number: Int, in folder: TemporaryFolder) throws {
        var text = "user_id,happened_at,number,note\n"
        let time = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(number) * 3_600_000_000)
        for key in 0..<keys { text += "\(key),\(time),\(number),note \(number) of \(key)\n" }
        try AtomicFile.write(Array(text.utf8), to: folder.path + "/data/\(number).csv")
        let old = folder.path + "/data/\(number - keptFiles).csv"
        if FileManager.default.fileExists(atPath: old) { try FileManager.default.removeItem(atPath: old) }
    }

    private static func repository() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("crash")
        for name in ["definitions", "data"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        try AtomicFile.write(Array(project.utf8), to: folder.path + "/tally.yaml")
        try AtomicFile.write(Array(definitions.utf8), to: folder.path + "/definitions/all.yaml")
        return folder
    }

    private static let project = "project: crash\n"
    private static let otherStore = "stores: {online: \"lmdb:.tally/other\"}\n"
    private static let definitions = """
        kind: Entity
        name: user
        owner: tests
        joinKeys: [{name: user_id, type: int64}]
        ---
        kind: Source
        name: states
        owner: tests
        path: data/*.csv
        eventTime: happened_at
        ---
        kind: FeatureView
        name: state
        owner: tests
        entities: [user]
        source: states
        features:
          - {name: number, type: int64}
          - {name: note, type: string}

        """
}

/// Tells readers when to stop, counts what they read, and keeps what was wrong: they run beside the fills.
private final class Watch: Sendable {
    private let stopped = Atomic<Bool>(false)
    private let done = Atomic<Int>(0)
    private let found = Mutex<[String]>([])

    var isStopped: Bool { stopped.load(ordering: .relaxed) }
    var reads: Int { done.load(ordering: .relaxed) }
    var complaints: [String] { found.withLock { $0 } }

    func stop() { stopped.store(true, ordering: .relaxed) }
    func count() { done.add(1, ordering: .relaxed) }
    func complain(_ text: String) { found.withLock { $0.append(text) } }

    func run(_ body: () async throws -> Void) async {
        do { try await body() } catch { complain("\(error)") }
    }
}
