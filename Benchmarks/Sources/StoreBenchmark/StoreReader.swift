// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyLMDB
import TallyModel

/// The online store as the server reads it: cells found, checksums verified, the row of the instant picked.
struct StoreReader: BatchReader {
    private let store: LMDBStore
    private let storage: Fingerprint
    private let keys: [OnlineKey]

    init(_ path: String) throws {
        guard let store = try LMDBStore.openForReading(path: path), let first = try store.generations().first else {
            preconditionFailure("no filled store at \(path)")
        }
        var keys: [OnlineKey] = []
        try store.scan(first.storage) { (key, _) throws(TallyError) in keys.append(key) }
        self.store = store
        self.keys = keys
        storage = first.storage
    }

    var count: Int { keys.count }

    func read(_ numbers: [Int]) -> (found: Int, bytes: Int) {
        let wanted = numbers.map { keys[$0] as OnlineKey? }
        var (found, size) = (0, 0)
        do throws(TallyError) {
            try store.read([OnlineLookup(storage: storage, keys: wanted)]) { _ in
            } _: { (_, index, bytes) throws(TallyError) in
                guard let key = wanted[index],
                    case .row? = try? StoredLatestRow().answer(bytes, key: key, at: Timestamp(microseconds: .max))
                else { return }
                found += 1
                size += bytes.byteCount
            }
        } catch {
            preconditionFailure("\(error)")
        }
        return (found, size)
    }
}
