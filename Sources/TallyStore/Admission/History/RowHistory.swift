// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyHistory
internal import TallyModel

/// Remembers since when a source holds each of its rows, so that a file that is written anew makes no row new
/// (SEMANTICS 1.8).
///
/// Rows of new and of rewritten files are compared with those of the files that were there before and are not any more, by
/// content and as a multiset. Where the rows of a file are not equally old, files of rows that are stand in for it.
struct RowHistory: Sendable {
    let root: String
    let engine: any OfflineEngine
    let source: Source
    let format: Source.FileFormat
    var folder: HistoryFolder { HistoryFolder(root: root, source: source.name) }

    static let budget = 256 << 20

    /// Nil for a source whose rows are not matched.
    init?(_ source: Source, root: String, engine: any OfflineEngine) {
        guard source.matchesRows, case .files(_, let format) = source.location else { return nil }
        (self.root, self.engine, self.source, self.format) = (root, engine, source, format)
    }

    /// How a snapshot gets to know its rows before it is recorded.
    var completion: SnapshotRecorder.Completion {
        SnapshotRecorder.Completion(
            isLacking: isLacking, lock: { () async throws(TallyError) in try await folder.lock() }, complete: complete,
            recorded: { folder.sweep(keeping: [$0] + ($1.map { [$0] } ?? [])) })
    }

    /// Whether a snapshot has files whose rows are not known yet.
    func isLacking(_ snapshot: SourceSnapshot) -> Bool { snapshot.files.contains(where: isLacking) }

    private func isLacking(_ file: SourceSnapshot.File) -> Bool { file.rows == nil }

    /// Returns a snapshot with the rows of all its files; the caller holds the folder's lock.
    ///
    /// A file that stands unchanged and has no record, as an earlier version left it, is as old as it is. Throws
    /// `E-conflict` where a file changes meanwhile, and `E-corrupt` where a record is not what was written.
    @concurrent
    func complete(
        _ snapshot: SourceSnapshot, after previous: SourceSnapshot?
    ) async throws(TallyError) -> SourceSnapshot {
        let lacking = snapshot.files.filter(isLacking)
        folder.sweepUnfinished()
        let looked = LookedFiles(lacking.map(\.path), root: root).with(snapshot)
        let snapshotter = Snapshotter(root: root)
        for file in lacking where try !snapshotter.isUnchanged(file) { throw Self.changed(file) }
        var found: [ExactPath: SeenRows] = [:]
        var new: [NewFile] = []
        for file in lacking {
            if let readable = try await NewFile(file, of: source, format, engine: engine) {
                new.append(readable)
            } else {
                let whole = SeenRows.Part(firstSeen: file.firstSeen, rows: 0, file: nil)
                found[ExactPath(file.path)] = SeenRows(record: nil, parts: [whole])
            }
        }
        let standing = Set((previous?.files ?? []).map { StandingFile($0) })
        let seen = new.map(\.file).map { file in
            standing.contains(StandingFile(file)) ? file.firstSeen : previous == nil ? nil : snapshot.takenAt
        }
        let here = Set(snapshot.files.filter { $0.rows != nil }.map { ExactPath($0.path) })
        let gone = (previous?.files ?? []).filter { $0.rows != nil && !here.contains(ExactPath($0.path)) }
        var comparison = try RowComparison(self, new, seen: seen, gone: gone)
        let records = try await comparison.records()
        let rows = try await RowParts(comparison: comparison, records: records).all()
        try looked.expectUnchanged()
        for (readable, rows) in zip(new, rows) { found[ExactPath(readable.file.path)] = rows }
        let known = found
        return SourceSnapshot(
            source: snapshot.source, takenAt: Self.instant(of: snapshot, after: previous),
            files: snapshot.files.map { file in known[ExactPath(file.path)].map { file.with($0) } ?? file },
            withdrawn: (previous?.withdrawn ?? 0) + comparison.withdrawn.values.reduce(0, +))
    }

    /// The instant of a snapshot that may hold the very files of the one before, of which no rows were known.
    private static func instant(of snapshot: SourceSnapshot, after previous: SourceSnapshot?) -> Timestamp {
        guard let previous, snapshot.takenAt <= previous.takenAt else { return snapshot.takenAt }
        return Timestamp(microseconds: previous.takenAt.microseconds.addingReportingOverflow(1).partialValue)
    }

    private static func changed(_ file: SourceSnapshot.File) -> TallyError {
        TallyError(
            .conflict, "changed while its rows were compared", subject: file.path,
            help: "let its writer finish, then run the command again")
    }

    /// A file by its path and bytes.
    private struct StandingFile: Hashable {
        let path: ExactPath
        let digest: Fingerprint

        init(_ file: SourceSnapshot.File) { (path, digest) = (ExactPath(file.path), file.digest) }
    }
}

extension Source {
    /// Whether its rows are matched: not those of a query, without event time, whose declared times count, or where files are
    /// to count as a whole.
    var matchesRows: Bool {
        guard case .files = location else { return false }
        return eventTime != nil && firstSeen == .recorded && history == .digests
    }
}
