// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel

/// An online store in dictionaries: what the server costs when reading costs next to nothing.
final class DictionaryStore: OnlineStore {
    private struct View {
        var generation: OnlineGeneration
        var cells: [[UInt8]: [UInt8]] = [:]
    }

    private let views = Mutex<[Fingerprint: View]>([:])

    func generations() throws(TallyError) -> [OnlineGeneration] {
        views.withLock { $0.values.map(\.generation).sorted { $0.storage < $1.storage } }
    }

    func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) throws(TallyError) {
        let views = views.withLock { $0 }
        try opening(lookups.map { views[$0.storage]?.generation })
        for (index, lookup) in lookups.enumerated() {
            guard let view = views[lookup.storage] else { continue }
            for (place, key) in lookup.keys.enumerated() {
                guard let key, let bytes = view.cells[key.stored] else { continue }
                let span = bytes.span
                try cell(index, place, span.bytes)
            }
        }
    }

    func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome {
        var view = View(generation: fill.generation)
        while let entry = try next() { view.cells[entry.key.stored] = entry.cell.encoded(for: entry.key) }
        view.generation = fill.generation.counting(view.cells.count)
        let filled = view
        views.withLock { $0[fill.generation.storage] = filled }
        return OnlineFillOutcome(
            generation: filled.generation, written: filled.cells.count, unchanged: 0, removed: 0)
    }

    func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration] { [] }

    func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) throws(TallyError) {}
}
