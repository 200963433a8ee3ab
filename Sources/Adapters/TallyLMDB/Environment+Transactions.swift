// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import Synchronization
internal import TallyModel

extension Environment {
    /// Reads at one instant of the store, on the calling thread; waits only while the map is moved.
    func reading<Result>(
        _ visit: MapGuard.Visit = .read, _ body: (Transaction) throws(TallyError) -> Result
    ) throws(TallyError) -> Result {
        while true {
            let moves = try mapGuard.enter(visit)
            let reader: Transaction?
            do throws(TallyError) {
                reader = try beginReading()
            } catch {
                mapGuard.leave(visit)
                throw error
            }
            guard let reader else {
                mapGuard.leave(visit)
                try adoptMap(since: moves)
                continue
            }
            defer {
                unsafe mdb_txn_reset(reader.handle)
                readers.withLock { $0.append(reader) }
                mapGuard.leave(visit)
            }
            return try body(reader)
        }
    }

    /// Changes the store in one transaction, on the calling thread, which no other thread may take over.
    ///
    /// When the map is full, it is made larger and `body` runs again from the start: it must not change anything but the
    /// store. Waits for writers of other processes.
    func writing<Result>(_ body: (Transaction) throws(TallyError) -> Result) throws(TallyError) -> Result {
        while true {
            let moves = try mapGuard.enter(.write)
            var started: OpaquePointer?
            let code = unsafe mdb_txn_begin(handle, nil, 0, &started)
            guard code == MDB_SUCCESS, let started = unsafe started else {
                mapGuard.leave(.write)
                guard code == MDB_MAP_RESIZED else { throw LMDBFailure.error(code, .write, path: path) }
                try adoptMap(since: moves)
                continue
            }
            let writer = unsafe Transaction(handle: started, databases: databases, path: path)
            do throws(TallyError) {
                let result = try finish(writer, body)
                mapGuard.leave(.write)
                return result
            } catch {
                mapGuard.leave(.write)
                guard writer.isFull else { throw error }
            }
            try growMap(since: moves)
        }
    }

    private func finish<Result>(
        _ writer: Transaction, _ body: (Transaction) throws(TallyError) -> Result
    ) throws(TallyError) -> Result {
        let result: Result
        do throws(TallyError) {
            result = try body(writer)
        } catch {
            writer.abort()
            throw error
        }
        try writer.commit()
        return result
    }

    /// A reader of the latest commit; nil when another process made the file larger than our map.
    private func beginReading() throws(TallyError) -> Transaction? {
        if let reader = readers.withLock({ $0.popLast() }) {
            let code = unsafe mdb_txn_renew(reader.handle)
            if code == MDB_SUCCESS { return reader }
            guard code == MDB_MAP_RESIZED else {
                reader.abort()
                throw LMDBFailure.error(code, .read, path: path)
            }
            readers.withLock { $0.append(reader) }
            return nil
        }
        var started: OpaquePointer?
        let code = unsafe mdb_txn_begin(handle, nil, UInt32(bitPattern: MDB_RDONLY), &started)
        if code == MDB_SUCCESS, let started = unsafe started {
            return unsafe Transaction(handle: started, databases: databases, path: path)
        }
        guard code == MDB_MAP_RESIZED else { throw LMDBFailure.error(code, .read, path: path) }
        return nil
    }

    /// Takes the size that another process gave the map.
    private func adoptMap(since moves: Int) throws(TallyError) {
        try mapGuard.moving(since: moves) { () throws(TallyError) in
            let code = unsafe mdb_env_set_mapsize(handle, 0)
            guard code == MDB_SUCCESS else { throw LMDBFailure.error(code, .open, path: path) }
        }
    }

    /// Doubles the map.
    private func growMap(since moves: Int) throws(TallyError) {
        var info = unsafe MDB_envinfo()
        _ = unsafe mdb_env_info(handle, &info)
        let size = unsafe info.me_mapsize * 2
        guard size <= Self.largestMapSize else {
            throw TallyError(.engine, "the online store is larger than \(Self.largestMapSize >> 40) TiB", subject: path)
        }
        try mapGuard.moving(since: moves) { () throws(TallyError) in
            let code = unsafe mdb_env_set_mapsize(handle, size)
            guard code == MDB_SUCCESS else { throw LMDBFailure.error(code, .write, path: path) }
        }
    }

    /// Half of the addresses that a process has on usual machines.
    private static let largestMapSize = 1 << 46
}
