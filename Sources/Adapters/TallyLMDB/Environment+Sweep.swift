// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import Synchronization
internal import TallyModel

extension Environment {
    /// Changes the store exclusively, and cleans up after this change and those that did not finish.
    ///
    /// Nothing is written into a damaged file, nor into one that is no longer the store: `E-corrupt`, `E-conflict`. Looking
    /// for what was abandoned takes time in proportion to the number of views, so it is left out where only this process
    /// wrote since, and `body` tells which namespaces it may have left behind.
    func changing<Result>(
        _ cancellation: Cancellation, _ body: () throws(TallyError) -> (result: Result, left: Set<UInt32>)
    ) throws(TallyError) -> Result {
        try FillLock.holding(path, cancellation) { () throws(TallyError) in
            try checkIdentity()
            try StructureProof.require(path, isLocked: true)
            do throws(TallyError) {
                forgetDeadReaders()
                if lastCommit() != sweptCommit.withLock({ $0 }) { try sweep(cancellation) }
                sweptCommit.withLock { $0 = nil }
                let (result, left) = try body()
                sweepQuietly(left)
                try checkIdentity()
                StructureProof.keep(path)
                return result
            } catch {
                // What failed for another reason wrote whole pages only.
                if error.code != .corrupt, EnvironmentIdentity(of: path) == identity {
                    sweepQuietly(nil)
                    StructureProof.keep(path)
                }
                throw error
            }
        }
    }

    /// Throws `E-conflict` when the files were exchanged, since no reader would see what is written into them now.
    private func checkIdentity() throws(TallyError) {
        guard EnvironmentIdentity(of: path) == identity else {
            throw TallyError(
                .conflict, "the files of the online store were moved away or exchanged", subject: path,
                help: "run the command again")
        }
    }

    /// Lets pages be used again that readers of processes hold which were killed.
    func forgetDeadReaders() {
        _ = unsafe mdb_reader_check(handle, nil)
    }

    /// Removes the rows of namespaces that no view refers to: replaced ones, and those of fills that came to no end.
    ///
    /// Only for the holder of the fill lock: a fill on its way has such a namespace too.
    func sweep(_ cancellation: Cancellation) throws(TallyError) {
        while let namespace = try reading(.read, { (reader) throws(TallyError) in try reader.abandonedNamespace() }) {
            try remove(namespace, cancellation)
        }
    }

    private func remove(_ namespace: UInt32, _ cancellation: Cancellation) throws(TallyError) {
        var isDone = false
        while !isDone {
            try cancellation.check()
            isDone = try writing { (writer) throws(TallyError) in
                try writer.removeRows(of: namespace, atMost: limits.sweepCount)
            }
        }
    }

    /// Sweeps after a change that is done, or failed for another reason: what is left now, the next fill removes.
    ///
    /// Only the namespaces that may have been left are looked at; nil for all.
    private func sweepQuietly(_ left: Set<UInt32>?) {
        do throws(TallyError) {
            if let left {
                for namespace in left.sorted() { try remove(namespace, Cancellation()) }
            } else {
                try sweep(Cancellation())
            }
            let commit = lastCommit()
            sweptCommit.withLock { $0 = commit }
        } catch {
            return
        }
    }

    /// Returns the number of the last commit by any process.
    private func lastCommit() -> Int {
        var info = unsafe MDB_envinfo()
        _ = unsafe mdb_env_info(handle, &info)
        return unsafe info.me_last_txnid
    }
}

extension Transaction {
    /// The first namespace with rows that no view refers to.
    fileprivate func abandonedNamespace() throws(TallyError) -> UInt32? {
        var used = Set<UInt32>()
        for (_, entry) in try entries() {
            if let namespace = entry.namespace { used.insert(namespace) }
        }
        let cursor = try Cursor(self, in: databases.rows)
        var key = RowKey()
        key.set(0, [])
        while let found = unsafe try cursor.seek(key.value) {
            guard let namespace = unsafe RowKey.namespace(of: found.key) else {
                throw LMDBFailure.corrupt("the key of a stored row", path: path)
            }
            guard used.contains(namespace) else { return namespace }
            guard namespace < .max else { return nil }
            key.set(namespace + 1, [])
        }
        return nil
    }

    /// Removes rows of a namespace that no view refers to; whether none is left.
    fileprivate func removeRows(of namespace: UInt32, atMost count: Int) throws(TallyError) -> Bool {
        let cursor = try Cursor(self, in: databases.rows)
        var key = RowKey()
        key.set(namespace, [])
        var found = unsafe try cursor.seek(key.value)
        for _ in 0..<count {
            guard let row = unsafe found, unsafe RowKey.namespace(of: row.key) == namespace else { return true }
            try cursor.remove()
            unsafe found = try cursor.next()
        }
        return false
    }
}
