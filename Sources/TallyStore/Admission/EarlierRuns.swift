// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The row counts that earlier runs recorded of a table, for promises about its growth.
public struct EarlierRuns: Sendable {
    private let registry: (any Registry)?

    /// Reads what is recorded; nothing without a registry.
    public init(_ registry: (any Registry)?) { self.registry = registry }

    /// Returns the number of rows visible after the table last admitted rows; nil when it never did.
    ///
    /// Throws `E-corrupt` where the registry says what cannot be.
    func visibleRows(of table: String) async throws(TallyError) -> Int? {
        guard let run = try await registry?.find(.visibleAdmission(of: table)),
            case .admission(let admission) = run.detail
        else { return nil }
        return try Self.rows(admission.visibleRows, of: run)
    }

    private static func rows(_ rows: Int64?, of run: RunRecord) throws(TallyError) -> Int? {
        guard let rows else { return nil }
        guard (0...mostRows).contains(rows) else {
            throw TallyError(
                .corrupt, "a run in the registry let in \(rows) rows of \(run.subject)", subject: "registry",
                help: "restore the registry from a backup")
        }
        return Int(rows)
    }

    private static let mostRows: Int64 = 1 << 53

    /// Returns the number of rows before the present ones.
    ///
    /// While the files are those that the gate last judged, that is what the gate compared them with; otherwise it is what
    /// was visible then. Nil when there was nothing before, and for a table that promises nothing about its growth. Looks
    /// for the files, and reads those that changed since the last snapshot.
    public func rows(
        before table: PromisedTable, root: String, engine: any OfflineEngine, now: Timestamp
    ) async throws(TallyError) -> Int? {
        guard table.object.promises.contains(where: { $0.check == "rowCountChange" }) else { return nil }
        if case .files = table.source.location,
            let last = try await registry?.find(.admission(of: table.name)),
            case .admission(let admission) = last.detail,
            let snapshot = try await registry?.latestSnapshot(of: table.source.name)
        {
            let files = try await engine.files(of: TableReference(of: table.source))
            let present = try Snapshotter(root: root)
                .snapshot(source: table.source.name, files: files, previous: snapshot, now: now)
            if present.fingerprint == snapshot.fingerprint {
                return try Self.rows(admission.previousRows, of: last)
            }
        }
        return try await visibleRows(of: table.name)
    }
}
