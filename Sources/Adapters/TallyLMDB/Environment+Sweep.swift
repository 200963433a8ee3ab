// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

extension Environment {
    /// Changes what is stored while nobody else does, and cleans up behind this change and those that came to no end.
    ///
    /// Nothing is written into a damaged file, nor into one that is no longer the store: `E-corrupt`, `E-conflict`.
    func changing<Result>(
        _ cancellation: Cancellation, _ body: () throws(TallyError) -> Result
    ) throws(TallyError) -> Result {
        try FillLock.holding(path, cancellation) { () throws(TallyError) in
            try checkIdentity()
            try StructureProof.require(path, isLocked: true)
            do throws(TallyError) {
                forgetDeadReaders()
                try sweep(cancellation)
                let result = try body()
                sweepQuietly()
                try checkIdentity()
                StructureProof.keep(path)
                return result
            } catch {
                // What failed for another reason wrote whole pages only.
                if error.code != .corrupt, EnvironmentIdentity(of: path) == identity {
                    sweepQuietly()
                    StructureProof.keep(path)
                }
                throw error
            }
        }
    }

    /// Throws `E-conflict` when the files were exchanged: what is written into them now would be seen by nobody.
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
    /// Only for who holds the fill lock: a fill on its way has such a namespace too.
    func sweep(_ cancellation: Cancellation) throws(TallyError) {
        while try reading(.read, { (reader) throws(TallyError) in try reader.abandonedNamespace() }) != nil {
            try cancellation.check()
            try writing { (writer) throws(TallyError) in try writer.removeAbandonedRows(atMost: limits.sweepCount) }
        }
    }

    /// Sweeps after a change that is done, or failed for another reason: what is left now, the next fill removes.
    private func sweepQuietly() {
        do throws(TallyError) {
            try sweep(Cancellation())
        } catch {
            return
        }
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

    fileprivate func removeAbandonedRows(atMost count: Int) throws(TallyError) {
        guard let namespace = try abandonedNamespace() else { return }
        let cursor = try Cursor(self, in: databases.rows)
        var key = RowKey()
        key.set(namespace, [])
        var found = unsafe try cursor.seek(key.value)
        for _ in 0..<count {
            guard let row = unsafe found, unsafe RowKey.namespace(of: row.key) == namespace else { return }
            try cursor.remove()
            unsafe found = try cursor.next()
        }
    }
}
