// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import TallySQLite

/// A registry for who mostly asks: it is opened for writing when something is to be written, and not before.
///
/// So a server starts and answers while another process keeps the registry for itself, and makes no registry where there is
/// none. Readers see what others commit: where the file changed since it was opened, it is opened again, since what was opened
/// may be a copy.
final class RegistryOnDemand: Registry {
    private let path: String
    private let reading = Mutex<Reading?>(nil)
    private let writing = Mutex<SQLiteRegistry?>(nil)

    private struct Reading {
        let registry: SQLiteRegistry?
        let look: [FileStamp?]
    }

    /// Opens the registry at a path for reading; throws like `SQLiteRegistry.openForReading`.
    init(path: String) throws(TallyError) {
        self.path = path
        _ = try forReading()
    }

    /// The registry as it is now; nil while nothing was applied.
    private func forReading() throws(TallyError) -> SQLiteRegistry? {
        try reading.withLock { (reading) throws(TallyError) in
            let look = [FileStamp(of: path), FileStamp(of: path + "-wal")]
            if let reading, reading.look == look { return reading.registry }
            let opened = try SQLiteRegistry.openForReading(path: path)
            reading = Reading(registry: opened, look: look)
            return opened
        }
    }

    private func forWriting() throws(TallyError) -> SQLiteRegistry {
        try writing.withLock { (writing) throws(TallyError) in
            if let writing { return writing }
            let opened = try SQLiteRegistry(path: path)
            writing = opened
            return opened
        }
    }

    func state() async throws(TallyError) -> RegistryState { try await forReading()?.state() ?? .empty }

    func generation() async throws(TallyError) -> Int { try await forReading()?.generation() ?? 0 }

    func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
        try await forWriting().commit(commit)
    }

    func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
        try await forReading()?.history(of: id) ?? []
    }

    func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
        try await forReading()?.latestSnapshot(of: source)
    }

    func record(_ record: RegistryRecord) async throws(TallyError) { try await forWriting().record(record) }

    func record(_ runs: [RunRecord]) async throws(TallyError) {
        guard !runs.isEmpty else { return }
        try await forWriting().record(runs)
    }

    func runs(limit: Int) async throws(TallyError) -> [RunRecord] { try await forReading()?.runs(limit: limit) ?? [] }

    func runs(
        of command: String, about subject: String, limit: Int
    ) async throws(TallyError) -> [RunRecord] {
        try await forReading()?.runs(of: command, about: subject, limit: limit) ?? []
    }
}
