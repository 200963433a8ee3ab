// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// The two databases of an environment.
struct Databases: Sendable {
    /// Form, views and generations.
    let directory: MDB_dbi
    /// The cells.
    let rows: MDB_dbi
}

/// One view of the store at one instant, to read or, in a write transaction, to change.
///
/// Sendable because one thread at a time has it: the one that began it or took it from the pool of readers, until it is
/// ended or put back. LMDB allows readers to change threads (`MDB_NOTLS`); a writer never leaves its closure.
@safe final class Transaction: @unchecked Sendable {
    let handle: OpaquePointer
    let databases: Databases
    let path: String
    /// Whether a call failed because the map has no room: the same again in a larger map can succeed.
    private(set) var isFull = false

    init(handle: OpaquePointer, databases: Databases, path: String) {
        unsafe self.handle = handle
        self.databases = databases
        self.path = path
    }

    /// Throws for a code that is not success.
    func check(_ code: Int32, _ act: LMDBFailure.Act) throws(TallyError) {
        guard code != MDB_SUCCESS else { return }
        if code == MDB_MAP_FULL { isFull = true }
        throw LMDBFailure.error(code, act, path: path)
    }

    /// The bytes under a key, in the map and valid until the next change; nil when there are none.
    @inline(__always)
    func value(_ key: MDB_val, in database: MDB_dbi) throws(TallyError) -> UnsafeRawBufferPointer? {
        var key = unsafe key
        var value = unsafe MDB_val()
        let code = unsafe mdb_get(handle, database, &key, &value)
        if code == MDB_SUCCESS { return unsafe UnsafeRawBufferPointer(value) }
        if code == MDB_NOTFOUND { return nil }
        throw LMDBFailure.error(code, .read, path: path)
    }

    /// Stores bytes under a key; with `MDB_APPEND` the key must be the last of the database.
    func put(
        _ key: MDB_val, _ value: UnsafeRawBufferPointer, in database: MDB_dbi, flags: Int32 = 0
    ) throws(TallyError) {
        var key = unsafe key
        var value = unsafe MDB_val(value)
        try check(unsafe mdb_put(handle, database, &key, &value, UInt32(bitPattern: flags)), .write)
    }

    /// Removes a key; a missing one is fine.
    func remove(_ key: MDB_val, in database: MDB_dbi) throws(TallyError) {
        var key = unsafe key
        let code = unsafe mdb_del(handle, database, &key, nil)
        if code != MDB_NOTFOUND { try check(code, .write) }
    }

    /// Makes a write transaction's changes durable and visible; the transaction is over then, also when it throws.
    func commit() throws(TallyError) {
        try check(unsafe mdb_txn_commit(handle), .write)
    }

    /// Forgets a write transaction's changes, or gives a reader back to the library.
    func abort() {
        unsafe mdb_txn_abort(handle)
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes that the library points to.
    @inline(__always)
    init(_ value: MDB_val) {
        unsafe self.init(start: value.mv_data, count: value.mv_size)
    }
}

extension MDB_val {
    /// Points the library to bytes, which it only reads.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}
