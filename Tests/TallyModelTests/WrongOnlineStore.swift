// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// An online store with one fault.
struct WrongOnlineStore: OnlineStore {
    /// A way of being wrong.
    enum Fault: CaseIterable {
        case answersForAbsentKeys, readsRepeatedKeysOnce, readsKeysBackwards, mixesViews
        case lastGivenWins, evictsThePresent, forgetsWhatIsPending
        case keepsReplacedKeys, replacesWhenMerging, countsEverythingAsWritten
        case ignoresOtherFills, givesNumbersAgain, keepsWhatWasGivenBeforeAFailure, acceptsAnyOrder
        case walksBackwards, onlySaysThatItDropped, keepsTheFirstDigest
    }

    let inner: InMemoryOnlineStore
    let fault: Fault

    func generations() throws(TallyError) -> [OnlineGeneration] { try inner.generations() }

    func read(
        _ lookups: [OnlineLookup], opening: ([OnlineGeneration?]) throws(TallyError) -> Void,
        _ cell: (_ lookup: Int, _ key: Int, _ bytes: RawSpan) throws(TallyError) -> Void
    ) throws(TallyError) {
        var asked = lookups
        switch fault {
        case .mixesViews:
            asked = lookups.map { OnlineLookup(storage: lookups[0].storage, keys: $0.keys) }
        case .answersForAbsentKeys:
            for (index, lookup) in lookups.enumerated() {
                let there = try entries(lookup.storage).map(\.key)
                let keys = lookup.keys.map { $0 == nil || there.contains($0 ?? there[0]) ? $0 : there.first }
                asked[index] = OnlineLookup(storage: lookup.storage, keys: keys)
            }
        case .readsKeysBackwards:
            asked = lookups.map { OnlineLookup(storage: $0.storage, keys: $0.keys.reversed()) }
        default: break
        }
        var seen: [[Int]: Bool] = [:]
        try inner.read(asked, opening: opening) { (lookup, index, bytes) throws(TallyError) in
            let keys = asked[lookup].keys
            if fault == .readsRepeatedKeysOnce {
                let first = keys.firstIndex(of: keys[index]) ?? index
                guard seen.updateValue(true, forKey: [lookup, first]) == nil else { return }
            }
            try cell(lookup, fault == .readsKeysBackwards ? keys.count - 1 - index : index, bytes)
        }
    }

    func fill(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome {
        let outcome = try await wrongly(fill, next)
        switch fault {
        case .givesNumbersAgain where fill.after == nil:
            return OnlineFillOutcome(
                generation: outcome.generation.numbered(
                    1, keys: outcome.generation.keys, digest: outcome.generation.digest), written: outcome.written,
                unchanged: outcome.unchanged, removed: outcome.removed)
        case .countsEverythingAsWritten:
            return OnlineFillOutcome(
                generation: outcome.generation, written: outcome.written + outcome.unchanged, unchanged: 0,
                removed: outcome.removed)
        case .keepsTheFirstDigest:
            let (made, none) = (outcome.generation, CellsDigest())
            return OnlineFillOutcome(
                generation: made.numbered(made.number, keys: made.keys, digest: made.number == 1 ? made.digest : none),
                written: outcome.written, unchanged: outcome.unchanged, removed: outcome.removed)
        default: return outcome
        }
    }

    private func wrongly(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> OnlineFillOutcome {
        switch fault {
        case .ignoresOtherFills:
            let present = try inner.generations().first { $0.storage == fill.generation.storage }
            return try await inner.fill(changed(fill, after: .some(present?.number)), next)
        case .keepsReplacedKeys: return try await inner.fill(changed(fill, .merge), next)
        case .replacesWhenMerging: return try await inner.fill(changed(fill, .replace), next)
        case .lastGivenWins where fill.mode == .merge:
            var there: [OnlineKey: OnlineCell] = [:]
            for entry in try await entries(fill.generation.storage) + collected(next) { there[entry.key] = entry.cell }
            return try await inner.fill(changed(fill, .replace), giving(there))
        case .evictsThePresent:
            return try await inner.fill(fill) { () throws(TallyError) in
                try next().map { OnlineEntry(key: $0.key, cell: $0.cell.rows.last.map { OnlineCell($0) } ?? $0.cell) }
            }
        case .forgetsWhatIsPending:
            return try await inner.fill(fill) { () throws(TallyError) in
                try next().map { OnlineEntry(key: $0.key, cell: $0.cell.rows.first.map { OnlineCell($0) } ?? $0.cell) }
            }
        case .keepsWhatWasGivenBeforeAFailure:
            return try await inner.fill(fill) { () throws(TallyError) in try? next() }
        case .acceptsAnyOrder:
            var given: [OnlineKey: OnlineCell] = [:]
            for entry in try await collected(next) where !entry.cell.rows.isEmpty { given[entry.key] = entry.cell }
            return try await inner.fill(fill, giving(given))
        default: return try await inner.fill(fill, next)
        }
    }

    func drop(_ storages: [Fingerprint]) async throws(TallyError) -> [OnlineGeneration] {
        guard fault == .onlySaysThatItDropped else { return try await inner.drop(storages) }
        return try inner.generations().filter { storages.contains($0.storage) }
    }

    func scan(
        _ storage: Fingerprint, _ body: (OnlineKey, OnlineCell) throws(TallyError) -> Void
    ) throws(TallyError) {
        let entries = try entries(storage)
        for entry in fault == .walksBackwards ? entries.reversed() : entries { try body(entry.key, entry.cell) }
    }

    private func entries(_ storage: Fingerprint) throws(TallyError) -> [OnlineEntry] {
        var entries: [OnlineEntry] = []
        try inner.scan(storage) { (key, cell) throws(TallyError) in entries.append(OnlineEntry(key: key, cell: cell)) }
        return entries
    }

    private func collected(
        _ next: @Sendable () throws(TallyError) -> OnlineEntry?
    ) async throws(TallyError) -> [OnlineEntry] {
        var entries: [OnlineEntry] = []
        while !Task.isCancelled, let entry = try next() {
            entries.append(entry)
            if entries.count % 1_000 == 0 { await Task.yield() }
        }
        return entries
    }

    private func giving(
        _ cells: [OnlineKey: OnlineCell]
    ) -> @Sendable () throws(TallyError) -> OnlineEntry? {
        OnlineSamples.giving(cells.map { OnlineEntry(key: $0.key, cell: $0.value) }.sorted { $0.key < $1.key })
    }

    private func changed(_ fill: OnlineFill, _ mode: OnlineFill.Mode? = nil, after: Int?? = nil) -> OnlineFill {
        OnlineFill(mode: mode ?? fill.mode, law: fill.law, generation: fill.generation, after: after ?? fill.after)
    }
}
