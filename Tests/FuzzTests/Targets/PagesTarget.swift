// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import TallyTesting

@testable import TallyLMDB

/// Changes to the pages of a store's file: what is read of it is what was written, or an error, and never a signal.
///
/// LMDB trusts the pages that it maps, so this is the proof that those are looked through well enough before.
final class PagesTarget: FuzzTarget {
    static let name = "Pages"
    let words: [String] = []
    let longest = 10 * FuzzEdits.size

    private static let views = ["v", "w"]
    private static let pageSize = 4_096
    private let folder: String
    private let bytes: [UInt8]
    private let keys: [OnlineKey]
    private let expected: [Answers]
    private var serial = 0

    /// What a store says of both views: walked through, and asked key by key.
    private struct Answers: Equatable {
        var entries: [[OnlineEntry]] = []
        var cells: [[[OnlineCell]]] = []
    }

    init(folder: String) async throws {
        self.folder = folder
        let path = folder + "/online"
        let store = try LMDBStore(path: path)
        var rows: [OnlineKey: [OnlineRow]] = [:]
        for number in 0..<150 {
            let size = number % 50 == 0 ? 5_000 : number % 7 * 20
            rows[OnlineSamples.key(.int64(Int64(number)), .string(String(repeating: "k", count: number)))] = [
                OnlineSamples.row(number, [UInt8](repeating: UInt8(number), count: size))
            ]
        }
        keys = rows.keys.sorted() + [OnlineSamples.key(7)]
        // A page that was used before is free in the end, and a commit before the last one is still there.
        var known: [Answers] = []
        for (view, after, most) in [("v", nil, 60), ("w", nil, 150), ("v", 1, 150), ("w", 1, 140)] {
            let taken = rows.filter { $0.value[0].eventTime ?? .distantPast < OnlineSamples.time(most) }
            try await store.fill(OnlineSamples.fill(.replace, view, after: after, until: 200), taken)
            known.append(try Self.answers(of: store, keys))
        }
        expected = known.suffix(2)
        bytes = try AtomicFile.read(path + "/data.mdb") ?? []
    }

    private static func answers(of store: LMDBStore, _ keys: [OnlineKey]) throws(TallyError) -> Answers {
        var answers = Answers()
        for view in views {
            answers.entries.append(try store.walked(view))
            answers.cells.append(try store.found(keys, view))
        }
        return answers
    }

    var seeds: [[UInt8]] {
        [
            [], [0, 0, 12, 0, 1], [0, 1, 40, 2, 3], [0, 2, 16, 2, 0], [0, 3, 18, 0, 9], [0, 4, 10, 2, 1],
            [0, 5, 20, 4, 7],
            [0, 6, 0, 14, 2], [0, 0, 144, 2, 0], [0, 1, 144, 6, 1], [0, 7, 24, 8, 3], [0, 8, 14, 10, 5],
            [1, 0, 0, 13, 0],
        ]
    }

    func run(_ input: [UInt8]) throws {
        let changed = FuzzEdits.apply(input, to: bytes, pageSize: Self.pageSize)
        serial += 1
        let path = "\(folder)/\(serial)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(changed, to: path + "/data.mdb", waitsForDisk: false)
        let found: Answers
        do throws(TallyError) {
            guard let store = try LMDBStore.openForReading(path: path) else { return }
            found = try Self.answers(of: store, keys)
        } catch {
            try FuzzFinding.unless(error.code == .corrupt || error.code == .unreadable, "\(error)")
            return
        }
        try FuzzFinding.unless(
            expected.contains(found),
            "other rows than were written: \(found.entries.map(\.count)) walked through, "
                + "\(found.cells.map { $0.count { !$0.isEmpty } }) found by key")
    }
}
