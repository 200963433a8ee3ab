// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import Synchronization
internal import TallyModel

/// Reads a registry that cannot be opened in place, from a private copy.
///
/// SQLite reads a file with a write-ahead log only where it may write beside it, and not while another process keeps the
/// file for itself. What was committed stands in the file and in the log beside it, so the copy has both. SQLite takes what
/// is whole from the log; a commit that is on its way when the copy is made is not in it.
enum RegistryCopy {
    private static let copies = Atomic<Int>(0)
    private static let longestWait = Duration.seconds(2)

    /// Opens a copy; nil for a file without a byte, or without tables.
    static func open(_ path: String) throws(TallyError) -> DatabaseQueue? {
        let (bytes, log) = try settledBytes(path)
        guard !bytes.isEmpty else { return nil }
        let copy =
            "\(ScratchFolder.path)/tally-registry-\(FileName.processNumber)-\(copies.add(1, ordering: .relaxed).newValue).db"
        // The open file stays when its name goes.
        defer { for ending in ["", "-wal", "-shm", "-journal"] { FileName.remove(copy + ending) } }
        do throws(OpenFile.Failure) {
            try OpenFile.creating(copy, permissions: 0o600).write(bytes)
            if !log.isEmpty { try OpenFile.creating(copy + "-wal", permissions: 0o600).write(log) }
        } catch {
            throw TallyError(
                .unreadable,
                "cannot be opened for reading, and could not be copied to \(ScratchFolder.path): \(error.message)",
                subject: path, help: "set TMPDIR to a folder that is writable", underlying: error.message)
        }
        return try SQLiteFile.attempting(path) {
            let queue = try DatabaseQueue(path: copy, configuration: SQLiteFile.configuration())
            // Moves the log into the copy, which then is one file.
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
            return try SQLiteFile.forQueries(queue, path: path)
        }
    }

    /// Opens a copy in memory, which takes no room on a disk; nil for a file without tables.
    ///
    /// SQLite wants a file beside the log for what processes that read and write it at once have to tell each other. Who has
    /// the registry alone needs none, so no other connection opens it while it is copied.
    static func inMemory(_ path: String) throws(TallyError) -> DatabaseQueue? {
        try SQLiteFile.attempting(path, seconds: SQLiteRegistry.readTimeoutSeconds) {
            let memory = try DatabaseQueue(configuration: SQLiteFile.configuration())
            var alone = SQLiteFile.configuration(SQLiteRegistry.readTimeoutSeconds)
            alone.prepareDatabase { db in try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            try DatabaseQueue(path: path, configuration: alone).backup(to: memory)
            return try SQLiteFile.forQueries(memory, path: path)
        }
    }

    /// The bytes of a registry and of its log as they are between two writes.
    ///
    /// While the log stays as it is, the file may take over what is in it, which changes nothing.
    private static func settledBytes(_ path: String) throws(TallyError) -> (file: [UInt8], log: [UInt8]) {
        let end = ContinuousClock.now + longestWait
        repeat {
            let before = (FileStamp(of: path), FileStamp(of: path + "-wal"))
            let log = try AtomicFile.read(path + "-wal")
            let file = try AtomicFile.read(path) ?? []
            if try AtomicFile.read(path + "-wal") == log,
                (FileStamp(of: path), FileStamp(of: path + "-wal")) == before
            {
                return (file, log ?? [])
            }
            Pause.briefly()
        } while ContinuousClock.now < end
        throw TallyError(
            .busy, "cannot be opened for reading, and is written to all the time", subject: path,
            help: "run the command again when the writer is done")
    }
}
