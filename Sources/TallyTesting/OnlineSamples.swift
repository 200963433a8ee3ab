// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// Small keys, rows and fills for tests of online stores; times are whole seconds since 1970 began.
public enum OnlineSamples {
    /// The storage fingerprint of a name.
    public static func storage(_ name: String = "v") -> Fingerprint { Fingerprint(of: "storage \(name)".utf8) }

    /// The key of values, none of which may be null.
    public static func key(_ values: Value...) -> OnlineKey {
        guard let key = EntityKey(values) else { preconditionFailure("no key of \(values.count) values") }
        return OnlineKey(key)
    }

    /// The key of a number.
    public static func key(_ number: Int) -> OnlineKey { key(.int64(Int64(number))) }

    /// The key of a part of what is kept of a number.
    public static func key(_ number: Int, part: Int64) -> OnlineKey {
        guard let key = EntityKey([.int64(Int64(number))]) else { preconditionFailure("no key of \(number)") }
        return StateLayout.numberedParts.key(key, ViewPart(part))
    }

    /// An instant.
    public static func time(_ seconds: Int) -> Timestamp { Timestamp(microseconds: Int64(seconds) * 1_000_000) }

    /// Returns a row that happened at an instant and, by default, was known then.
    public static func row(
        _ event: Int, cut: Int32 = 0, known: Int? = nil, sequence: Int64 = 0, _ values: [UInt8]
    ) -> OnlineRow {
        OnlineRow(
            eventTime: time(event), cutNanoseconds: cut, knownTime: time(known ?? event), sequence: sequence,
            values: values)
    }

    /// A row of a source without event time.
    public static func timelessRow(_ values: [UInt8]) -> OnlineRow {
        OnlineRow(eventTime: nil, knownTime: .distantPast, values: values)
    }

    /// A cell with everything of the rows that could ever answer.
    public static func cell(_ rows: [OnlineRow]) -> OnlineCell {
        var cell = OnlineCell()
        for row in rows { ViewLaw.latestRow().take(row, into: &cell, horizon: .distantPast) }
        return cell
    }

    /// The row of a cell that answers at an instant; nil when none does.
    public static func row(of cell: OnlineCell, at time: Timestamp) -> OnlineRow? {
        guard case .row(let row) = ViewLaw.latestRow().answer([cell], at: time) else { return nil }
        return row
    }

    /// An entry for each key, sorted as a fill wants them.
    public static func entries(_ rows: [OnlineKey: [OnlineRow]]) -> [OnlineEntry] {
        rows.map { OnlineEntry(key: $0.key, cell: cell($0.value)) }.sorted { $0.key < $1.key }
    }

    /// The digest of what is stored of rows, taken cell by cell.
    public static func digest(of rows: [OnlineKey: [OnlineRow]]) -> CellsDigest { digest(of: entries(rows)) }

    /// The digest of entries.
    public static func digest(of entries: [OnlineEntry]) -> CellsDigest {
        var digest = CellsDigest()
        for entry in entries { digest.add(key: entry.key.stored, cell: entry.cell.encoded(for: entry.key)) }
        return digest
    }

    /// Returns a fill of a view up to an instant, which is by default also its horizon.
    public static func fill(
        _ mode: OnlineFill.Mode, _ name: String = "v", law: ViewLaw = .latestRow(), after: Int?, until: Int,
        horizon: Int? = nil
    ) -> OnlineFill {
        let generation = OnlineGeneration(
            storage: storage(name), number: 0, view: name,
            snapshot: RegistrySamples.snapshot("s", at: Int64(until), ["a.parquet", "b.parquet"], firstSeen: 1),
            until: time(until), horizon: time(horizon ?? until), filledAt: time(until + 1), keys: 0)
        return OnlineFill(mode: mode, law: law, generation: generation, after: after)
    }

    /// Gives entries one by one, as a fill asks for them.
    public static func giving(_ entries: [OnlineEntry]) -> @Sendable () throws(TallyError) -> OnlineEntry? {
        let source = EntrySource(entries)
        return { () throws(TallyError) in source.next() }
    }

    private final class EntrySource: Sendable {
        private let entries: [OnlineEntry]
        private let given = Mutex(0)

        init(_ entries: [OnlineEntry]) { self.entries = entries }

        func next() -> OnlineEntry? {
            given.withLock { given in
                guard given < entries.count else { return nil }
                given += 1
                return entries[given - 1]
            }
        }
    }
}

extension OnlineStore {
    /// Fills with what is given for each key.
    @discardableResult
    public func fill(_ fill: OnlineFill, _ rows: [OnlineKey: [OnlineRow]]) async throws(TallyError) -> OnlineFillOutcome
    {
        try await self.fill(fill, OnlineSamples.giving(OnlineSamples.entries(rows)))
    }

    /// The cells of keys in one view, each as often as it was handed over.
    public func cells(_ keys: [OnlineKey?], of name: String = "v") async throws(TallyError) -> [[OnlineCell]] {
        var cells = [[OnlineCell]](repeating: [], count: keys.count)
        let lookup = OnlineLookup(storage: OnlineSamples.storage(name), keys: keys)
        try await read([lookup]) { (_) throws(TallyError) in
        } _: { (_, index, bytes) throws(TallyError) in
            guard let key = keys[index] else { throw TallyError(.internal, "a null key found a row") }
            do throws(OnlineCell.Corruption) {
                cells[index].append(try OnlineCell(bytes, key: key))
            } catch {
                throw TallyError(error, view: name, key: key)
            }
        }
        return cells
    }

    /// The row of a key that answers at an instant; nil when there is none.
    public func row(_ key: OnlineKey, at seconds: Int, of name: String = "v") async throws(TallyError) -> OnlineRow? {
        try await cells([key], of: name)[0].first.flatMap { OnlineSamples.row(of: $0, at: OnlineSamples.time(seconds)) }
    }

    /// All entries of a view as a walk meets them.
    public func entries(of name: String = "v") async throws(TallyError) -> [OnlineEntry] {
        var entries: [OnlineEntry] = []
        try await scan(OnlineSamples.storage(name)) { (key, cell) throws(TallyError) in
            entries.append(OnlineEntry(key: key, cell: cell))
        }
        return entries
    }

    /// The present generation of a view.
    public func generation(of name: String = "v") async throws(TallyError) -> OnlineGeneration? {
        try await generations().first { $0.storage == OnlineSamples.storage(name) }
    }
}
