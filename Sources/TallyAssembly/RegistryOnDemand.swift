// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import TallySQLite

/// A registry that is read most of the time: it is opened for writing only when something is to be written.
///
/// So a server starts and answers while another process keeps the registry for itself, and makes no registry where there is
/// none. Readers see what others commit: where the file changed since it was opened, it is opened again, since what was opened
/// may be a copy.
final class RegistryOnDemand: Registry {
    private let path: String
    private let present = Mutex(Present())

    private struct Present {
        var reading: Reading?
        /// The registry while something is written to it.
        var writing: SQLiteRegistry?
        var writers = 0
    }

    private struct Reading {
        let registry: SQLiteRegistry?
        let look: [FileStamp?]
    }

    /// Opens the registry at a path for reading; throws like `SQLiteRegistry.openForReading`.
    init(path: String) throws(TallyError) {
        self.path = path
        _ = try forReading()
    }

    /// Returns the present registry; nil while nothing was applied.
    ///
    /// Nothing is opened while something is written: making a copy opens and closes the file, with which the system gives back
    /// the locks that the writer has on it.
    /// Throws `E-corrupt` where it was there before and its file is gone.
    private func forReading() throws(TallyError) -> SQLiteRegistry? {
        try present.withLock { (present) throws(TallyError) in
            if present.writers > 0 { return present.writing ?? present.reading?.registry }
            let look = [FileStamp(of: path), FileStamp(of: path + "-wal")]
            if let reading = present.reading, reading.look == look { return reading.registry }
            let opened = try SQLiteRegistry.openForReading(path: path)
            if opened == nil { try refuseGone(present) }
            present.reading = Reading(registry: opened, look: look)
            return opened
        }
    }

    /// Refuses to go on when the registry's file was there and is gone, since a new registry would look as if nothing
    /// was applied.
    private func refuseGone(_ present: Present) throws(TallyError) {
        guard present.reading?.registry != nil, FileStamp(of: path) == nil else { return }
        throw TallyError(
            .corrupt, "the registry is gone: it was there, and there is no file any more", subject: path,
            help: "put the file back, or restore it from a backup; then all goes on")
    }

    /// Writes to the registry, which is open for writing only during the call.
    private func writing<Result: Sendable>(
        _ write: (SQLiteRegistry) async throws(TallyError) -> Result
    ) async throws(TallyError) -> Result {
        let open = try present.withLock { (present) throws(TallyError) in
            try refuseGone(present)
            present.writers += 1
            return present.writing
        }
        defer {
            present.withLock { present in
                present.writers -= 1
                if present.writers == 0 { present.writing = nil }
            }
        }
        // Opened without the lock, since readers must not wait for the process that holds the registry.
        let registry: SQLiteRegistry = if let open { open } else { try SQLiteRegistry(path: path) }
        present.withLock { $0.writing = registry }
        return try await write(registry)
    }

    func state() async throws(TallyError) -> RegistryState { try await forReading()?.state() ?? .empty }

    func generation() async throws(TallyError) -> Int { try await forReading()?.generation() ?? 0 }

    func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
        try await writing { (registry) async throws(TallyError) in try await registry.commit(commit) }
    }

    func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
        try await forReading()?.history(of: id) ?? []
    }

    func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
        try await forReading()?.latestSnapshot(of: source)
    }

    func record(_ record: RegistryRecord) async throws(TallyError) {
        try await writing { (registry) async throws(TallyError) in try await registry.record(record) }
    }

    func record(_ runs: [RunRecord]) async throws(TallyError) {
        guard !runs.isEmpty else { return }
        try await writing { (registry) async throws(TallyError) in try await registry.record(runs) }
    }

    func runs(limit: Int) async throws(TallyError) -> [RunRecord] { try await forReading()?.runs(limit: limit) ?? [] }

    func find(_ query: RecordQuery) async throws(TallyError) -> RunRecord? {
        try await forReading()?.find(query)
    }
}
