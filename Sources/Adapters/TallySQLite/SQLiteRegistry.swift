// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import Synchronization
public import TallyModel

/// A registry in one SQLite file: write-ahead log, one immediate transaction a commit, foreign keys on.
///
/// SQLite blocks; its calls run on queues of the library's own, never on Swift's pool: one reads, the other writes, so that
/// nobody who reads waits behind somebody who waits to write. Writers of other processes are waited for up to
/// `busyTimeoutSeconds`. What was returned from is on the disk (`synchronous = FULL`).
public final class SQLiteRegistry: Registry {
    /// How the file is open.
    private struct Access {
        var reader: DatabaseQueue
        /// Nil for who only asks, and as long as the disk has no room for who writes.
        var writer: DatabaseQueue?
    }

    /// How long a writer waits for another one before it gives up.
    public static let busyTimeoutSeconds = 5
    /// How long a reader waits for one who keeps the file for itself, before it reads a copy.
    static let readTimeoutSeconds = 1

    private let path: String
    private let access: Mutex<Access>
    private let isReadOnly: Bool

    /// Opens a registry file, or makes it with the folders above it; takes milliseconds and blocks.
    ///
    /// Throws `E-unwritable` when it cannot be made or opened, `E-corrupt` when it is no registry, and `E-unreadable`
    /// when a newer version of the program wrote it.
    public convenience init(path: String) throws(TallyError) {
        self.init(path: path, access: try Self.open(path), isReadOnly: false)
    }

    private init(path: String, access: Access, isReadOnly: Bool) {
        self.path = path
        self.access = Mutex(access)
        self.isReadOnly = isReadOnly
    }

    private static func open(
        _ path: String, seconds: Int = SQLiteRegistry.busyTimeoutSeconds
    ) throws(TallyError) -> Access {
        let writer = try SQLiteFile.open(path, seconds: seconds)
        return Access(reader: try SQLiteFile.beside(path) ?? writer, writer: writer)
    }

    /// Opens a registry for who is asked all the time and writes now and then, making it when it is new.
    ///
    /// Where the disk has no room for who writes, what is there is read, and writing is tried anew each time, and as often as
    /// the generation is asked for. Throws like `init(path:)`.
    public static func openForServing(path: String) throws(TallyError) -> SQLiteRegistry {
        do throws(TallyError) {
            return try SQLiteRegistry(path: path)
        } catch {
            guard error.code == .unwritable, let reader = (try? SQLiteFile.openForReading(path)) ?? nil else {
                throw error
            }
            return SQLiteRegistry(path: path, access: Access(reader: reader, writer: nil), isReadOnly: false)
        }
    }

    /// Opens a registry for reading only; nil when there is no file.
    ///
    /// Writing to it throws `E-misuse`. A file whose first opening was cut short counts as none. Throws like `init(path:)`.
    public static func openForReading(path: String) throws(TallyError) -> SQLiteRegistry? {
        try SQLiteFile.openForReading(path).map { reader in
            SQLiteRegistry(path: path, access: Access(reader: reader, writer: nil), isReadOnly: true)
        }
    }

    /// What is wrong with the pages, indexes and references of a registry file; empty when nothing is, nil for no file.
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
                return pages + references
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
        _ = try? writer()
        return try await read { db in try Int.fetchOne(db, sql: "SELECT max(number) FROM generation") ?? 0 }
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

    /// Every version of a definition.
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

    /// The latest runs of a command about a subject.
    public func runs(
        of command: String, about subject: String, limit: Int
    ) async throws(TallyError) -> [RunRecord] {
        try await read { db in
            try SQLiteRecords.runs(db, of: command, about: subject, limit: max(0, limit))
        }
    }

    private func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(TallyError) -> Result {
        do {
            return try await access.withLock { $0.reader }.read(body)
        } catch {
            throw SQLiteFile.convert(error, path: path, seconds: Self.readTimeoutSeconds)
        }
    }

    /// The connection to write by, opened now where there was no room for it before.
    private func writer() throws(TallyError) -> DatabaseQueue {
        guard !isReadOnly else { throw TallyError(.misuse, "was opened for reading only", subject: path) }
        if let writer = access.withLock({ $0.writer }) { return writer }
        let opened = try Self.open(path, seconds: 0)
        access.withLock { $0 = opened }
        return opened.writer ?? opened.reader
    }

    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(TallyError) -> Result {
        let writer = try writer()
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
