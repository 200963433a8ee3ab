// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import CLMDB

/// The same file without us: one read transaction a batch, one `mdb_get` a key, all bytes of the value added up.
@safe struct BareReader: BatchReader {
    private let transaction: OpaquePointer
    private let database: MDB_dbi
    private let keys: [[UInt8]]

    init(_ path: String) {
        var environment: OpaquePointer?
        var transaction: OpaquePointer?
        var cursor: OpaquePointer?
        var database: MDB_dbi = 0
        unsafe Self.check(mdb_env_create(&environment))
        unsafe Self.check(mdb_env_set_maxdbs(environment, 2))
        unsafe Self.check(mdb_env_open(environment, path, UInt32(MDB_RDONLY), 0o666))
        unsafe Self.check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction))
        unsafe Self.check(mdb_dbi_open(transaction, "rows", 0, &database))
        unsafe Self.check(mdb_cursor_open(transaction, database, &cursor))
        var keys: [[UInt8]] = []
        var (key, value) = unsafe (MDB_val(), MDB_val())
        while unsafe mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS {
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size))
            // Only the first view's: its namespace is the first four bytes.
            if let first = keys.first, first[..<4] != bytes[..<4] { break }
            keys.append(bytes)
        }
        unsafe mdb_cursor_close(cursor)
        // Only a commit keeps the handle of the database.
        unsafe Self.check(mdb_txn_commit(transaction))
        unsafe Self.check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction))
        guard let open = unsafe transaction else { preconditionFailure("no transaction") }
        unsafe mdb_txn_reset(open)
        unsafe self.transaction = open
        self.database = database
        self.keys = keys
    }

    var count: Int { keys.count }

    func read(_ numbers: [Int]) -> (found: Int, bytes: Int) {
        unsafe Self.check(mdb_txn_renew(transaction))
        defer { unsafe mdb_txn_reset(transaction) }
        var (found, size) = (0, 0)
        var sum: UInt64 = 0
        for number in numbers {
            var bytes = keys[number]
            unsafe bytes.withUnsafeMutableBytes { key in
                var key = unsafe MDB_val(mv_size: key.count, mv_data: key.baseAddress)
                var value = unsafe MDB_val()
                unsafe Self.check(mdb_get(transaction, database, &key, &value))
                found += 1
                unsafe size += value.mv_size
                let stored = unsafe UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
                unsafe sum &+= stored.reduce(0) { $0 &+ UInt64($1) }
            }
        }
        precondition(sum > 0, "a stored cell is not all zeros")
        return (found, size)
    }

    private static func check(_ code: Int32) { precondition(code == MDB_SUCCESS, "lmdb says \(code)") }
}
