// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting

@testable import TallyLMDB

/// Records of a store's directory whose checksums fit, put there in a transaction that is given up.
///
/// Whatever they say, a fill ends in a generation or in an error.
struct DirectoryTarget: FuzzTarget {
    static let name = "Directory"
    let words = [
        "\"number\":", "\"keys\":", "\"files\":[", "\"digest\":\"", "\"until\":", "\"horizon\":", "\"storage\":\"",
        "\"9223372036854775807\"",
    ]

    private let store: LMDBStore
    private static let view = "v"

    init(folder: String) async throws {
        store = try LMDBStore(path: folder + "/online")
        try await store.fill(
            OnlineSamples.fill(.replace, after: nil, until: 1),
            [OnlineSamples.key(1): [OnlineSamples.row(1, [1])], OnlineSamples.key(2): [OnlineSamples.row(1, [2])]])
    }

    var seeds: [[UInt8]] {
        let generation = OnlineSamples.fill(.merge, after: 1, until: 1).generation
            .numbered(1, keys: 2, digest: CellsDigest())
        let entry: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
        return [
            [UInt8(0), 13] + entry + Array(generation.json.compactText.utf8), [1, 4, 0, 0, 0, 1], [2, 4, 0, 0, 0, 2],
            [0, 13] + entry.dropLast() + [0] + Array("{}".utf8),
        ]
    }

    private enum GivenUp: Error { case generation(OnlineGeneration), nothing }

    func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let choice = input.byte()
        let (record, text) = (input.piece(), Array(input.rest))
        let storage = OnlineSamples.storage()
        let made = Mutex<OnlineGeneration?>(nil)
        do throws(TallyError) {
            try store.environment.writing { (writer) throws(TallyError) in
                switch choice % 3 {
                case 0:
                    try writer.store("view/" + storage.hex, record)
                    try writer.store("generation/" + storage.hex, text)
                case 1: try writer.store("namespace", record)
                default: try writer.store("form", record)
                }
                try writer.checkForm()
                _ = try writer.entries()
                let fill = OnlineSamples.fill(.merge, after: choice > 127 ? nil : 1, until: 2)
                let base = try writer.filledBase(of: fill)
                _ = try writer.newNamespace()
                var counts = MergeCounts()
                counts.added = 1
                let generation = try writer.show(base.base.successor(of: base.present, counts), in: base.namespace)
                let read = try writer.generation(of: storage)
                if read == generation { made.withLock { $0 = read } }
                throw TallyError(.interrupted, "given up")
            }
        } catch {
            guard error.code == .interrupted else {
                try FuzzFinding.unless(
                    [.corrupt, .conflict, .misuse, .unreadable, .engine].contains(error.code), "\(error)")
                return
            }
        }
        try FuzzFinding.unless(made.withLock { $0 } != nil, "a generation reads otherwise than it was written")
        try FuzzFinding.unless(try store.generations().map(\.number) == [1], "what was given up is there")
    }
}
