// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
public import TallyModel

/// A registry in one SQLite file: write-ahead log, one immediate transaction a commit, foreign keys on.
///
/// SQLite blocks; its calls run on queues of the library's own, never on Swift's pool: one reads, the other writes, so that
/// no reader waits behind a writer that waits. Writers of other processes are waited for up to
/// `busyTimeoutSeconds`. What was returned from is on the disk (`synchronous = FULL`).
public final class SQLiteRegistry: Registry {
    /// The seconds that a writer waits for another one before it fails.
    public static let busyTimeoutSeconds = 5
    /// The seconds that a reader waits for a process that keeps the file for itself, before it reads a copy.
    static let readTimeoutSeconds = 1

    private let path: String
    private let reader: DatabaseQueue
    /// Nil where it was opened for reading.
    private let writer: DatabaseQueue?

    /// Opens a registry file, or makes it with the folders above it; takes milliseconds and blocks.
    ///
    /// Throws `E-unwritable` when it cannot be made or opened, `E-corrupt` when it is no registry, and `E-unreadable`
    /// when a newer version of the program wrote it.
    public convenience init(path: String) throws(TallyError) {
        let writer = try SQLiteFile.open(path)
        self.init(path: path, reader: try SQLiteFile.beside(path) ?? writer, writer: writer)
    }

    private init(path: String, reader: DatabaseQueue, writer: DatabaseQueue?) {
        self.path = path
        self.reader = reader
        self.writer = writer
    }

    /// Opens a registry for reading only; nil when there is no file.
    ///
    /// Writing to it throws `E-misuse`. A file whose first opening was cut short counts as none. Throws like `init(path:)`.
    public static func openForReading(path: String) throws(TallyError) -> SQLiteRegistry? {
        try SQLiteFile.openForReading(path).map { reader in
            SQLiteRegistry(path: path, reader: reader, writer: nil)
        }
    }

    /// Returns the problems in the pages, indexes, references and rows of a registry file; empty for none, nil for no file.
    ///
    /// Reads the whole file. Throws like `openForReading`.
    public static func problems(path: String) throws(TallyError) -> [String]? {
        guard let queue = try SQLiteFile.openForReading(path) else { return nil }
        do {
            return try queue.read { db in
                let pages = try String.fetchAll(db, sql: "PRAGMA integrity_check(100)").filter { $0 != "ok" }
                let references = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
                    "a row of table \(row[0] as String? ?? "?") refers to a row that is gone"
                }
                return pages + references + (try RowSeal.problems(db))
            }
        } catch {
            throw SQLiteFile.convert(error, path: path)
        }
    }

    /// The latest generation.
    public func state() async throws(TallyError) -> RegistryState {
        try await read { db in try SQLiteState.read(db) }
    }

    /// The number of the latest generation.
    public func generation() async throws(TallyError) -> Int {
        try await read { db in try Int.fetchOne(db, sql: "SELECT max(number) FROM generation") ?? 0 }
    }

    /// Carries out a commit.
    public func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
        try await write { db in
            let state = try SQLiteState.read(db)
            let lastVersions = try SQLiteState.lastVersions(db, of: commit.definitions.map(\.id) + commit.removals)
            let step = try RegistryStep(commit, on: state, lastVersions: lastVersions)
            if !step.isEmpty { try SQLiteState.write(step, of: commit, to: db) }
            return step.state
        }
    }

    /// Returns the versions of a definition.
    public func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
        try await read { db in try SQLiteState.history(db, of: id) }
    }

    /// The latest snapshot of a source.
    public func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
        try await read { db in try SQLiteRecords.latestSnapshot(db, of: source) }
    }

    /// Appends a record.
    public func record(_ record: RegistryRecord) async throws(TallyError) {
        try await write { db in
            switch record {
            case .run(let run): try SQLiteRecords.append(run, to: db)
            case .snapshot(let snapshot, let after): try SQLiteRecords.append(snapshot, after: after, to: db)
            }
        }
    }

    /// The latest runs.
    public func runs(limit: Int) async throws(TallyError) -> [RunRecord] {
        try await read { db in try SQLiteRecords.runs(db, limit: max(0, limit)) }
    }

    /// Appends runs in one transaction.
    public func record(_ runs: [RunRecord]) async throws(TallyError) {
        guard !runs.isEmpty else { return }
        try await write { db in
            for run in runs { try SQLiteRecords.append(run, to: db) }
        }
    }

    /// The latest run that matches.
    public func find(_ query: RecordQuery) async throws(TallyError) -> RunRecord? {
        try await read { db in try SQLiteRecords.find(db, query) }
    }

    private func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(TallyError) -> Result {
        do {
            return try await reader.read(body)
        } catch {
            throw SQLiteFile.convert(error, path: path, seconds: Self.readTimeoutSeconds)
        }
    }

    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(TallyError) -> Result {
        guard let writer else { throw TallyError(.misuse, "was opened for reading only", subject: path) }
        do {
            return try await writer.writeWithoutTransaction { db in
                var result: Result?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                guard let result else { throw TallyError(.internal, "a transaction ended without its result") }
                return result
            }
        } catch {
            throw SQLiteFile.convert(error, path: path)
        }
    }
}
