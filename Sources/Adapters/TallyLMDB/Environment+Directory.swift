// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import Synchronization
internal import TallyModel

/// A filled view as a reader found it in one commit.
struct KnownView: Sendable {
    /// The number of the commit; the same number is the same content of the whole file.
    let commit: Int
    /// The namespace of the rows.
    let namespace: UInt32
    /// What the rows are.
    let generation: OnlineGeneration
}

extension Environment {
    /// Where the rows of a storage fingerprint are, and which generation they are; nil when it is not filled.
    ///
    /// What another reader of the same commit found is not read again, nor is a generation that is still the present one.
    func view(of storage: Fingerprint, _ reader: Transaction) throws(TallyError) -> KnownView? {
        let commit = unsafe mdb_txn_id(reader.handle)
        let known = views.withLock { $0[storage] }
        if let known, known.commit == commit { return known }
        let entry = try reader.entry(of: storage)
        guard let namespace = entry.namespace else { return nil }
        let generation: OnlineGeneration
        if let known, known.namespace == namespace, known.generation.number == entry.lastNumber {
            generation = known.generation
        } else {
            generation = try reader.generation(of: storage)
        }
        guard generation.number == entry.lastNumber else {
            throw LMDBFailure.corrupt("the record of a generation", path: path)
        }
        let view = KnownView(commit: commit, namespace: namespace, generation: generation)
        views.withLock { $0[storage] = view }
        return view
    }

    /// Takes views out of the directory in one transaction, then removes their rows in several.
    func drop(_ storages: [Fingerprint], _ cancellation: Cancellation) throws(TallyError) -> [OnlineGeneration] {
        let lock = try FillLock.take(path, cancellation)
        forgetDeadReaders()
        try sweep(cancellation)
        let gone = try writing { (writer) throws(TallyError) in
            var gone: [OnlineGeneration] = []
            for storage in Set(storages).sorted() {
                let entry = try writer.entry(of: storage)
                guard entry.namespace != nil else { continue }
                gone.append(try writer.generation(of: storage))
                try writer.removeGeneration(of: storage)
                try writer.set(DirectoryEntry(namespace: nil, lastNumber: entry.lastNumber), of: storage)
            }
            return gone
        }
        do throws(TallyError) {
            try sweep(Cancellation())
        } catch {
            // Nobody sees the rows any more; the next fill removes what is left of them.
            return gone
        }
        _ = consume lock
        return gone
    }
}
