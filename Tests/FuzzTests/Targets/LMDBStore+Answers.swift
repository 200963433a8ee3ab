// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyLMDB
import TallyModel
import TallyTesting

extension LMDBStore {
    /// All entries of a view as a walk meets them, on the calling thread.
    func walked(_ name: String) throws(TallyError) -> [OnlineEntry] {
        var entries: [OnlineEntry] = []
        try scan(OnlineSamples.storage(name)) { (key, cell) throws(TallyError) in
            entries.append(OnlineEntry(key: key, cell: cell))
        }
        return entries
    }

    /// The cells of keys in one view, each as often as it was handed over, on the calling thread.
    func found(_ keys: [OnlineKey], _ name: String) throws(TallyError) -> [[OnlineCell]] {
        var cells = [[OnlineCell]](repeating: [], count: keys.count)
        try read([OnlineLookup(storage: OnlineSamples.storage(name), keys: keys)]) { (_) throws(TallyError) in
        } _: { (_, index, bytes) throws(TallyError) in
            do throws(OnlineCell.Corruption) {
                cells[index].append(try OnlineCell(bytes, key: keys[index]))
            } catch {
                throw TallyError(error, view: name, key: keys[index])
            }
        }
        return cells
    }
}
