// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The files and rows that a fill reads, decided before the first row: those that are new since the last fill.
struct FillPlan {
    /// Files that are read in the same way.
    struct Reading: Hashable {
        let paths: [String]
        /// The time when the store first saw them.
        let firstSeen: Timestamp?
        /// Rows known up to here were taken in by an earlier fill; nil when all rows are new.
        let after: Timestamp?
    }

    let kind: MaterializationReport.Kind
    let readings: [Reading]
    /// Rows known up to here are taken in.
    let until: Timestamp
    /// The earliest instant that can be answered afterwards.
    let horizon: Timestamp
    let warnings: [Advice]

    /// Compares the present source with the generation in the store.
    ///
    /// Only `--full` goes back: otherwise the instant up to which rows were taken in stays, and so does the earliest one that
    /// is answered. A source whose rows have no times, and a query whose rows do not say when they were known, are read whole
    /// whenever they changed, since nothing else tells which of their rows are new or gone. A clock that was set back hides no
    /// file: it is never earlier than when a file was first seen. A view that a clock filled that was ahead is filled anew.
    init(
        _ prepared: PreparedSource, before: OnlineGeneration?, until: Timestamp?, now clock: Timestamp, isFull: Bool
    ) {
        let source = prepared.source
        let now = prepared.snapshot.files.reduce(clock) { max($0, $1.firstSeen ?? $0) }
        // Who came here past the guard of the clock says that it is right, and that the one of that fill was not.
        let isFromTheFuture = before?.horizon.isAhead(of: clock) ?? false
        let kept = isFull || isFromTheFuture ? nil : before
        let wanted = until ?? now
        let reached = kept.map { max($0.until, wanted) } ?? wanted
        let earliest = kept.map { max($0.horizon, min(reached, now)) } ?? min(reached, now)
        self.until = reached
        horizon = source.eventTime == nil ? .distantPast : earliest
        var warnings: [Advice] = []
        if isFromTheFuture, let before {
            warnings.append(
                "view \(before.view) was filled by a clock that said \(before.horizon), and is filled anew by one that says "
                    + "\(clock)")
        }
        if let kept, let until, until < kept.until, source.eventTime != nil {
            warnings.append(
                "view \(kept.view) is filled up to \(kept.until) already, and stays so; --full fills it up to \(until) and "
                    + "no further")
        }
        let hasChanged = before.map { !$0.snapshot.hasSameFiles(as: prepared.snapshot) } ?? true
        guard let kept, source.tellsWhatIsNew || !hasChanged else {
            kind = .full
            readings = prepared.groups.map { Reading(paths: $0.paths, firstSeen: $0.firstSeen, after: nil) }
            self.warnings = warnings
            return
        }
        readings = Self.readings(prepared, before: kept, until: reached)
        let isIdle = readings.isEmpty && !hasChanged && (reached == kept.until || source.eventTime == nil)
        kind = isIdle ? .upToDate : .incremental
        self.warnings = Self.warnings(prepared, before: kept) + warnings
    }

    /// Returns what to read: new and changed files whole, unchanged files only for rows that became known since.
    private static func readings(
        _ prepared: PreparedSource, before: OnlineGeneration, until: Timestamp
    ) -> [Reading] {
        let known = Set(before.snapshot.files.map { TakenFile($0) })
        let isQuery = if case .query = prepared.source.location { true } else { false }
        let firstSeen = Dictionary(
            prepared.groups.flatMap { group in group.paths.map { (ExactPath($0), group.firstSeen) } }
        ) { first, _ in first }
        var whole: [Timestamp?: [String]] = [:]
        var rest: [Timestamp?: [String]] = [:]
        for file in prepared.snapshot.files {
            let seen = firstSeen[ExactPath(file.path)] ?? nil
            // A query tells its whole history each time: the rows themselves say which of them are new.
            if isQuery || known.contains(TakenFile(file)) {
                if until > before.until, prepared.source.eventTime != nil { rest[seen, default: []].append(file.path) }
            } else {
                whole[seen, default: []].append(file.path)
            }
        }
        func listed(_ files: [Timestamp?: [String]], after: Timestamp?) -> [Reading] {
            files.map { Reading(paths: $0.value, firstSeen: $0.key, after: after) }
                .sorted { ($0.firstSeen ?? .distantPast) < ($1.firstSeen ?? .distantPast) }
        }
        return listed(whole, after: nil) + listed(rest, after: before.until)
    }

    private static func warnings(_ prepared: PreparedSource, before: OnlineGeneration) -> [Advice] {
        let now = Set(prepared.snapshot.files.map { ExactPath($0.path) })
        let digests = Dictionary(prepared.snapshot.files.map { (ExactPath($0.path), $0.digest) }) { first, _ in first }
        let gone = before.snapshot.files.count { !now.contains(ExactPath($0.path)) }
        let changed = before.snapshot.files.count { file in
            digests[ExactPath(file.path)].map { $0 != file.digest } ?? false
        }
        if case .query = prepared.source.location { return [] }
        if prepared.isByRow {
            let lost = prepared.snapshot.withdrawn - before.snapshot.withdrawn
            guard lost > 0 else { return [] }
            return [
                "source \(prepared.source.name): \(lost.grouped) rows vanished or changed since the last fill, and "
                    + "what they said is still served, until `\(.materialize([before.view], full: true))`"
            ]
        }
        guard gone + changed > 0 else { return [] }
        return [
            "source \(prepared.source.name): \(gone) files are gone and \(changed) changed since the last fill; rows that "
                + "they no longer hold are still served, until `\(.materialize([before.view], full: true))`"
        ]
    }
}

/// The identity of a file that an earlier fill took in.
private struct TakenFile: Hashable {
    let path: ExactPath
    let digest: Fingerprint
    let firstSeen: Timestamp?

    init(_ file: SourceSnapshot.File) {
        (path, digest, firstSeen) = (ExactPath(file.path), file.digest, file.firstSeen)
    }
}

extension SourceSnapshot {
    /// Whether two snapshots hold the same bytes at the same paths, seen first at the same times.
    func hasSameFiles(as other: SourceSnapshot) -> Bool {
        files.map { TakenFile($0) } == other.files.map { TakenFile($0) }
    }
}

extension Source {
    /// Whether a later look can tell which rows are new without comparing all of them.
    public var tellsWhatIsNew: Bool {
        guard eventTime != nil else { return false }
        switch (location, knownTime) {
        case (.files, _), (.query, .column): return true
        case (.query, .undeclared), (.query, .after): return false
        }
    }
}
