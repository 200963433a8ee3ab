// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// An environment while it is being opened: closed again unless it is taken over.
@safe struct EnvironmentHandle: ~Copyable {
    let pointer: OpaquePointer

    /// The greatest number of readers at a time, in all processes.
    private static let maximumReaders: UInt32 = 1_024

    private init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Opens the files in a folder, or makes them; a `mapSize` of nil takes that of the file.
    static func open(_ path: String, isWritable: Bool, mapSize: Int?) throws(TallyError) -> EnvironmentHandle {
        var created: OpaquePointer?
        guard unsafe mdb_env_create(&created) == MDB_SUCCESS, let created = unsafe created else {
            throw TallyError(.engine, "lmdb has no memory for an environment", subject: path)
        }
        let handle = unsafe EnvironmentHandle(created)
        unsafe LastWords.prepare(created)
        // Who may not write the lock file cannot say that it reads. A row that a fill changes meanwhile does not fit its
        // checksum; each read is short, and pages are used anew by the second fill after it at the earliest.
        let isLocking = isWritable || FileName.isWritable(path + "/lock.mdb")
        let flags = MDB_NOTLS | (isWritable ? 0 : MDB_RDONLY) | (isLocking ? 0 : MDB_NOLOCK)
        try handle.check(unsafe mdb_env_set_maxdbs(created, 2), path)
        try handle.check(unsafe mdb_env_set_maxreaders(created, Self.maximumReaders), path)
        if let mapSize { try handle.check(unsafe mdb_env_set_mapsize(created, mapSize), path) }
        try handle.check(unsafe mdb_env_open(created, path, UInt32(bitPattern: flags), 0o666), path)
        // Readers of processes that were killed would keep their slots and hold on to old pages.
        try handle.check(unsafe mdb_reader_check(created, nil), path)
        return handle
    }

    deinit { unsafe mdb_env_close(pointer) }

    /// Gives up the handle; the caller has to close it.
    consuming func release() -> OpaquePointer {
        let pointer = unsafe pointer
        discard self
        return unsafe pointer
    }

    /// The two databases of a store; nil when there are none yet.
    ///
    /// Throws for databases of another program or form.
    func databases(path: String) throws(TallyError) -> Databases? {
        let transaction = unsafe try begin(MDB_RDONLY, path)
        var isOver = false
        defer { if !isOver { unsafe mdb_txn_abort(transaction) } }
        guard let directory = unsafe try database(Self.directoryName, 0, transaction, path) else {
            guard unsafe try isEmpty(transaction, path) else { throw LMDBFailure.stranger(path: path) }
            return nil
        }
        guard let rows = unsafe try database(Self.rowsName, 0, transaction, path) else {
            throw LMDBFailure.stranger(path: path)
        }
        let databases = Databases(directory: directory, rows: rows)
        let reader = unsafe Transaction(handle: transaction, databases: databases, path: path)
        try reader.checkForm()
        try reader.checkNames()
        isOver = true
        // Only a commit keeps the handles of the databases.
        try check(unsafe mdb_txn_commit(transaction), path)
        return databases
    }

    /// Makes the two databases, unless another process was first.
    func makeDatabases(path: String) throws(TallyError) {
        let transaction = unsafe try begin(0, path)
        var isOver = false
        defer { if !isOver { unsafe mdb_txn_abort(transaction) } }
        guard let directory = unsafe try database(Self.directoryName, MDB_CREATE, transaction, path),
            let rows = unsafe try database(Self.rowsName, MDB_CREATE, transaction, path)
        else { throw TallyError(.internal, "the library made no databases", subject: path) }
        let databases = Databases(directory: directory, rows: rows)
        try unsafe Transaction(handle: transaction, databases: databases, path: path).makeForm()
        isOver = true
        try check(unsafe mdb_txn_commit(transaction), path)
    }

    private static let directoryName = "directory"
    private static let rowsName = "rows"

    private func begin(_ flags: Int32, _ path: String) throws(TallyError) -> OpaquePointer {
        var transaction: OpaquePointer?
        var code = unsafe mdb_txn_begin(pointer, nil, UInt32(bitPattern: flags), &transaction)
        while code == MDB_MAP_RESIZED {
            // Another process has just made the file larger; this environment has no other user yet.
            try check(unsafe mdb_env_set_mapsize(pointer, 0), path)
            code = unsafe mdb_txn_begin(pointer, nil, UInt32(bitPattern: flags), &transaction)
        }
        try check(code, path)
        guard let transaction = unsafe transaction else {
            throw TallyError(.internal, "the library began no transaction", subject: path)
        }
        return unsafe transaction
    }

    private func database(
        _ name: String, _ flags: Int32, _ transaction: OpaquePointer, _ path: String
    ) throws(TallyError) -> MDB_dbi? {
        var database: MDB_dbi = 0
        let code = unsafe mdb_dbi_open(transaction, name, UInt32(bitPattern: flags), &database)
        if code == MDB_NOTFOUND { return nil }
        try check(code, path)
        return database
    }

    private func isEmpty(_ transaction: OpaquePointer, _ path: String) throws(TallyError) -> Bool {
        var main: MDB_dbi = 0
        var statistics = MDB_stat()
        try check(unsafe mdb_dbi_open(transaction, nil, 0, &main), path)
        try check(unsafe mdb_stat(transaction, main, &statistics), path)
        return statistics.ms_entries == 0
    }

    private func check(_ code: Int32, _ path: String) throws(TallyError) {
        if code != MDB_SUCCESS { throw LMDBFailure.error(code, .open, path: path) }
    }
}
