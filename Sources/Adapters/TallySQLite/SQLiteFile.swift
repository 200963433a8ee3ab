// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import Synchronization
internal import TallyModel

/// Opens a registry file, and turns its failures into errors.
enum SQLiteFile {
    /// Opens the file for writing, or makes it with its tables; waits for a while for other processes.
    static func open(
        _ path: String, seconds: Int = SQLiteRegistry.busyTimeoutSeconds
    ) throws(TallyError) -> DatabaseQueue {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(FileName.folder(of: path))
        } catch {
            throw TallyError(
                .unwritable, "the folder of the registry could not be made: \(error.message)", subject: path,
                help: "make the folder, or name another registry under `stores:` in tally.yaml",
                underlying: error.message)
        }
        return try attempting(path, seconds: seconds) {
            let queue = try DatabaseQueue(path: path, configuration: configuration())
            try queue.writeWithoutTransaction { db in
                try refuseStranger(db, path: path)
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = FULL")
                guard try !SQLiteSchema.isComplete(db) else { return }
                try db.inTransaction(.immediate) {
                    try SQLiteSchema.migrate(db)
                    return .commit
                }
            }
            return queue
        }
    }

    /// Opens the file for reading; nil when there is none, or when its tables are still to be made.
    ///
    /// A file that may not be written, that another process keeps for itself, or beside which there is no room for SQLite's
    /// own files, is read by a copy.
    static func openForReading(_ path: String) throws(TallyError) -> DatabaseQueue? {
        guard FileName.exists(path) else { return nil }
        guard isWritable(path) else { return try RegistryCopy.open(path) }
        do throws(TallyError) {
            return try beside(path)
        } catch {
            switch error.code {
            case .busy: return try RegistryCopy.open(path)
            case .unwritable: return try RegistryCopy.inMemory(path)
            default: throw error
            }
        }
    }

    /// Opens a file in place for reading while others may write; nil when its tables are still to be made.
    static func beside(_ path: String) throws(TallyError) -> DatabaseQueue? {
        try attempting(path, seconds: SQLiteRegistry.readTimeoutSeconds) {
            // Not SQLite's own read-only mode: a connection in it cannot clear away the files beside the log again.
            try forQueries(
                try DatabaseQueue(path: path, configuration: configuration(SQLiteRegistry.readTimeoutSeconds)),
                path: path)
        }
    }

    /// Makes an open file one that is only asked; nil when its tables are still to be made.
    static func forQueries(_ queue: DatabaseQueue, path: String) throws -> DatabaseQueue? {
        let version = try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA query_only = ON")
            try refuseStranger(db, path: path)
            return try SQLiteSchema.version(of: db)
        }
        guard version > 0 else { return nil }
        return version < SQLiteSchema.version ? try renewed(queue) : queue
    }

    /// A copy in memory of a registry that an earlier version wrote, in the form of this one.
    ///
    /// A reader changes no file. The copy sees nothing that is committed later: a commit brings the file itself to
    /// this form first.
    private static func renewed(_ queue: DatabaseQueue) throws -> DatabaseQueue {
        let memory = try DatabaseQueue(configuration: configuration())
        try queue.backup(to: memory)
        try memory.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try SQLiteSchema.migrate(db)
                return .commit
            }
            try db.execute(sql: "PRAGMA query_only = ON")
        }
        return memory
    }

    /// Whether SQLite can do with a file what it needs even for reading: make and clear away the files beside the log.
    private static func isWritable(_ path: String) -> Bool {
        FileName.isWritable(path) && FileName.isWritable(FileName.folder(of: path))
    }

    static func configuration(_ seconds: Int = SQLiteRegistry.busyTimeoutSeconds) -> Configuration {
        var configuration = Configuration()
        configuration.label = "tally.registry"
        configuration.busyMode = .timeout(Double(seconds))
        return configuration
    }

    /// Opens a file, again and again while another process makes or keeps it: SQLite does not always wait by itself.
    static func attempting<Result>(
        _ path: String, seconds: Int = SQLiteRegistry.busyTimeoutSeconds, _ open: () throws -> Result
    ) throws(TallyError) -> Result {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            do {
                return try open()
            } catch let error as DatabaseError where error.isBusy && ContinuousClock.now < end {
                Pause.briefly()
            } catch {
                throw convert(error, path: path, seconds: seconds)
            }
        }
    }

    /// Throws for a file of a newer version and for databases of other programs.
    private static func refuseStranger(_ db: Database, path: String) throws {
        let version = try SQLiteSchema.version(of: db)
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if application == SQLiteSchema.applicationID, version > SQLiteSchema.version {
            throw TallyError(
                .unreadable, "has form \(version), and this build knows forms up to \(SQLiteSchema.version)",
                subject: path, help: "use the newer version of tally that wrote it")
        }
        // Form and application are written together: a file of ours without a form is none that is still to be made.
        guard application != SQLiteSchema.applicationID || version > 0 else {
            throw TallyError(
                .corrupt, "has form \(version), which no version of tally writes", subject: path,
                help: "restore the registry from a backup")
        }
        guard application == SQLiteSchema.applicationID || (version == 0 && tables == 0) else {
            throw TallyError(
                .corrupt, "is a database of another program, not a registry", subject: path,
                help: "name another registry under `stores:` in tally.yaml")
        }
        // What computes while it is read may never end; a registry holds nothing but tables and their indexes.
        let stranger = try String.fetchOne(
            db,
            sql: """
                SELECT type || ' ' || name FROM sqlite_schema \
                WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' ORDER BY name
                """)
        if let stranger {
            throw TallyError(
                .corrupt, "holds the \(stranger), which no version of tally makes", subject: path,
                help: "restore the registry from a backup")
        }
    }

    /// Returns our error for an error of the library.
    static func convert(
        _ error: any Error, path: String, seconds: Int = SQLiteRegistry.busyTimeoutSeconds
    ) -> TallyError {
        if let error = error as? TallyError { return error }
        if error is CancellationError { return TallyError(.interrupted, "was interrupted", subject: path) }
        // A value of another type than its column's.
        if error is RowDecodingError { return corrupt("a row") }
        guard let error = error as? DatabaseError else {
            return TallyError(.engine, "the registry failed", subject: path, underlying: String(describing: error))
        }
        let words = error.message ?? String(describing: error.resultCode)
        switch error.resultCode {
        // A statement of ours that does not fit the tables, or what is in them: some are gone, or have other columns or rows.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT:
            return TallyError(
                .corrupt, "is damaged or no registry", subject: path,
                help: "restore it from a backup; or move it away and apply again, which loses the history of "
                    + "definitions, runs and first-seen times", underlying: words)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            let holders = LockHolders.of([path, path + "-shm", path + "-wal"])
            return TallyError(
                .busy,
                "another process kept the registry busy for \(seconds) \(seconds == 1 ? "second" : "seconds")"
                    + (holders.isEmpty ? "" : ": \(holders.joined(separator: ", "))"),
                subject: path, help: "run the command again when the other one is done, or end it", underlying: words)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_FULL, .SQLITE_IOERR:
            return TallyError(
                .unwritable, "the registry could not be opened or written: \(words)", subject: path,
                help: "check that the file and its folder are writable and that the disk has room",
                underlying: words)
        case .SQLITE_INTERRUPT, .SQLITE_ABORT:
            return TallyError(.interrupted, "was interrupted", subject: path, underlying: words)
        default:
            return TallyError(.engine, "the registry failed: \(words)", subject: path, underlying: words)
        }
    }

    /// Returns the error for stored data that this program did not write in this form.
    static func corrupt(_ what: String) -> TallyError {
        TallyError(
            .corrupt, "\(what) in the registry cannot be read", subject: "registry",
            help: "restore the registry from a backup")
    }
}

extension DatabaseError {
    /// Whether another connection holds what was asked for.
    fileprivate var isBusy: Bool { resultCode == .SQLITE_BUSY || resultCode == .SQLITE_LOCKED }
}

extension Row {
    /// The number of a generation, a version or a release, which counts from 1.
    ///
    /// Not `row["number"]`, here as for all other columns: it ends the process for a value of another type, which a damaged
    /// file may have.
    func count(_ column: String) throws -> Int {
        let number: Int = try decode(forColumn: column)
        guard number.isCount else { throw SQLiteFile.corrupt("a number") }
        return number
    }
}
