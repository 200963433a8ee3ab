// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import Synchronization
internal import TallyModel

extension Environment {
    /// Returns the namespace and generation of a storage fingerprint; nil when it is not filled.
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
        try changing(cancellation) { () throws(TallyError) in
            try writing { (writer) throws(TallyError) in
                var gone: [OnlineGeneration] = []
                var left = Set<UInt32>()
                for storage in Set(storages).sorted() {
                    guard let (generation, namespace) = try writer.drop(storage) else { continue }
                    gone.append(generation)
                    left.insert(namespace)
                }
                return (gone, left)
            }
        }
    }
}

extension Transaction {
    /// Takes a view out of the directory, but for the last number it was given; nil when it is not filled.
    fileprivate func drop(
        _ storage: Fingerprint
    ) throws(TallyError) -> (generation: OnlineGeneration, namespace: UInt32)? {
        let entry = try entry(of: storage)
        guard let namespace = entry.namespace else { return nil }
        let generation = try generation(of: storage)
        try removeGeneration(of: storage)
        try set(DirectoryEntry(namespace: nil, lastNumber: entry.lastNumber), of: storage)
        return (generation, namespace)
    }
}
