// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import GRDB
import TallyModel
import TallyTesting

@testable import TallySQLite

/// Changes to the pages of a registry's file: what is read is a value or an error of ours, also by who goes on from there.
final class RegistryTarget: FuzzTarget {
    static let name = "Registry"
    let words: [String] = []
    let longest = 20 * FuzzEdits.size

    private let folder: String
    private let bytes: [UInt8]
    private let codes: Set<TallyError.Code> = [
        .corrupt, .engine, .unreadable, .unwritable, .conflict, .notFound, .inUse,
    ]
    private var serial = 0

    init(folder: String) async throws {
        self.folder = folder
        let path = folder + "/registry.db"
        do {
            let registry = try SQLiteRegistry(path: path)
            _ = try await registry.commit(
                RegistrySamples.commit(0, RegistrySamples.chain(), candidates: [RegistrySamples.release("s", "one")]))
            _ = try await registry.commit(RegistrySamples.commit(1, [RegistrySamples.node(.entity("e"), "other")]))
            let snapshot = RegistrySamples.snapshot("src", at: 5, ["a", "b"], firstSeen: 1)
            try await registry.record(.snapshot(snapshot, after: nil))
            for number in 0..<3 { try await registry.record(.run(RegistrySamples.run(number))) }
        }
        // The log is in the file when nobody has it open.
        bytes = try AtomicFile.read(path) ?? []
        guard !FileManager.default.fileExists(atPath: path + "-wal"), bytes.count > 8_192 else {
            throw TallyError(.internal, "the registry is not whole", subject: path)
        }
    }

    var seeds: [[UInt8]] {
        [[], [0, 1, 3, 0, 9], [0, 2, 30, 2, 1], [0x10, 0x22, 0x33, 1, 5], [0x01, 0x80, 0x10, 3, 2]]
    }

    func run(_ input: [UInt8]) throws {
        let changed = FuzzEdits.apply(input, to: bytes, pageSize: 4_096)
        serial += 1
        let path = "\(folder)/\(serial).db"
        defer {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        try AtomicFile.write(changed, to: path, waitsForDisk: false)
        var states: [RegistryState] = []
        try attempt {
            guard let queue = try SQLiteFile.openForReading(path) else { return }
            try attempt { states.append(try queue.read { try SQLiteState.read($0) }) }
            try attempt { _ = try queue.read { try SQLiteState.history($0, of: .entity("e")) } }
            try attempt { _ = try queue.read { try SQLiteRecords.latestSnapshot($0, of: "src") } }
            try attempt {
                for run in try queue.read({ try SQLiteRecords.runs($0, limit: 10) }) {
                    _ = (run.startedAt.description, run.duration.rounded)
                }
            }
            guard let state = states.first else { return }
            try attempt {
                let commit = RegistrySamples.commit(state.generation, [RegistrySamples.node(.entity("e"), "new")])
                let versions = try queue.read { try SQLiteState.lastVersions($0, of: [.entity("e")]) }
                _ = try RegistryStep(commit, on: state, lastVersions: versions)
            }
        }
        try attempt { _ = try SQLiteRegistry.problems(path: path) }
    }

    private func attempt(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let finding as FuzzFinding {
            throw finding
        } catch {
            let error = SQLiteFile.convert(error, path: "registry")
            try FuzzFinding.unless(codes.contains(error.code), "\(error)")
        }
    }
}
