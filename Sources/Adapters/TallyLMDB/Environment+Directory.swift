// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

extension Environment {
    /// The generation that an entry speaks of; one that was read before is not read again.
    func generation(
        of storage: Fingerprint, _ entry: DirectoryEntry, _ reader: Transaction
    ) throws(TallyError) -> OnlineGeneration {
        if let known = generations.withLock({ $0[storage] }), known.number == entry.lastNumber { return known }
        let generation = try reader.generation(of: storage)
        guard generation.number == entry.lastNumber else {
            throw LMDBFailure.corrupt("the record of a generation", path: path)
        }
        generations.withLock { $0[storage] = generation }
        return generation
    }

    /// Takes views out of the directory in one transaction, then removes their rows in several.
    func drop(_ storages: [Fingerprint], _ cancellation: Cancellation) throws(TallyError) -> [OnlineGeneration] {
        let lock = try FillLock.take(path, cancellation)
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
