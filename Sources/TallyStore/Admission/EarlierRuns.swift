// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// What earlier runs saw of a table, which promises about its growth compare with.
public struct EarlierRuns: Sendable {
    /// What the gate did, the latest first.
    private let admitted: [RunRecord]
    private static let most = 10_000

    /// Reads what is recorded; nothing without a registry.
    public init(_ registry: (any Registry)?) async throws(TallyError) {
        admitted = try await registry?.runs(limit: Self.most).filter { $0.command == "admit" } ?? []
    }

    /// How many rows of a table were visible after it last let rows in; nil when it never did.
    func visibleRows(of table: String) -> Int? {
        admitted.lazy.filter { $0.subject == table }.compactMap { $0.summary["visibleRows"]?.exactValue }.first
            .map { Int($0) }
    }

    /// How many rows there were before those that are there now.
    ///
    /// While the files are those that the gate last judged, that is what the gate compared them with; otherwise it is what
    /// was visible then. Nil when there was nothing before, and for a table that promises nothing about its growth. Looks
    /// for the files, and reads those that changed since the last snapshot.
    public func rows(
        before table: PromisedTable, root: String, engine: any OfflineEngine, registry: (any Registry)?, now: Timestamp
    ) async throws(TallyError) -> Int? {
        guard table.object.promises.contains(where: { $0.check == "rowCountChange" }) else { return nil }
        if let last = admitted.first(where: { $0.subject == table.name }),
            case .files = table.source.location,
            let snapshot = try await registry?.latestSnapshot(of: table.source.name)
        {
            let files = try await engine.files(of: TableReference(of: table.source))
            let present = try Snapshotter(root: root)
                .snapshot(source: table.source.name, files: files, previous: snapshot, now: now)
            if present.fingerprint == snapshot.fingerprint {
                return last.summary["previousRows"]?.exactValue.map { Int($0) }
            }
        }
        return visibleRows(of: table.name)
    }
}
