// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// A place in a database that moves along its keys; lives no longer than its transaction.
@safe struct Cursor: ~Copyable {
    /// A key and its value, in the map and valid until the next change.
    @unsafe struct Found {
        let key: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
    }

    private let handle: OpaquePointer
    private let transaction: Transaction

    init(_ transaction: Transaction, in database: MDB_dbi) throws(TallyError) {
        var opened: OpaquePointer?
        try transaction.check(unsafe mdb_cursor_open(transaction.handle, database, &opened), .read)
        guard let opened = unsafe opened else {
            throw TallyError(.internal, "the library opened no cursor", subject: transaction.path)
        }
        unsafe handle = opened
        self.transaction = transaction
    }

    deinit { unsafe mdb_cursor_close(handle) }

    /// Goes to the first key that is not before the one given; nil when there is none.
    func seek(_ key: MDB_val) throws(TallyError) -> Found? {
        unsafe try move(MDB_SET_RANGE, from: key)
    }

    /// Goes to the next key; nil at the end.
    func next() throws(TallyError) -> Found? {
        unsafe try move(MDB_NEXT, from: MDB_val())
    }

    /// Removes the current entry; `next` then goes to the one after it.
    func remove() throws(TallyError) {
        try transaction.check(unsafe mdb_cursor_del(handle, 0), .write)
    }

    private func move(_ operation: MDB_cursor_op, from start: MDB_val) throws(TallyError) -> Found? {
        var key = unsafe start
        var value = unsafe MDB_val()
        let code = unsafe mdb_cursor_get(handle, &key, &value, operation)
        if code == MDB_NOTFOUND { return nil }
        try transaction.check(code, .read)
        return unsafe Found(key: UnsafeRawBufferPointer(key), value: UnsafeRawBufferPointer(value))
    }
}
