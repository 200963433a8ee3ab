// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Finds the files of a source with their digests (SEMANTICS 1.3 and 9); records nothing.
public struct Snapshotter: Sendable {
    /// The repository's folder: relative paths start there, and files in it go by relative paths.
    public let root: String

    private static let pieceBytes = 1 << 20

    /// Looks at files of the repository at `root`.
    public init(root: String) {
        self.root =
            root.utf8.count > 1 && root.ends(with: "/") ? String(decoding: root.utf8.dropLast(), as: UTF8.self) : root
    }

    /// Returns the files of a source at `now`; `previous` itself when they are unchanged.
    ///
    /// Without a previous snapshot every file's `firstSeen` is nil. Later, bytes that were at the same path in the
    /// previous snapshot keep theirs, and all others get the time of this one. A file is read unless its stamp is as before,
    /// was settled then, and lies on a file system whose times of change cannot be set (decision 0027). The time of the
    /// snapshot is `now`, or one microsecond after the previous one when the clock went back. No file is first seen more
    /// than a minute after `now`: what a clock noted that was ahead becomes `now`. Takes time linear in the
    /// bytes read, and blocks. Throws `E-unreadable`, `E-corrupt` where no time is left after the previous one, and `E-interrupted` once the task is cancelled.
    public func snapshot(
        source: String, files: [String], previous: SourceSnapshot?, now: Timestamp
    ) throws(TallyError) -> SourceSnapshot {
        let (next, isBeyond) = (previous?.takenAt.microseconds ?? .min).addingReportingOverflow(1)
        guard !isBeyond else {
            throw TallyError(
                .corrupt, "the last snapshot of the source is of the end of all time", subject: source,
                help: "restore the registry from a backup")
        }
        let takenAt = max(now, Timestamp(microseconds: next))
        // Keyed by bytes: names that differ only in Unicode normalisation are different files.
        var before: [[UInt8]: SourceSnapshot.File] = [:]
        for file in previous?.files ?? [] { before[Array(file.path.utf8)] = file }
        var seen = Set<[UInt8]>()
        let mounts = MountTable()
        var found: [SourceSnapshot.File] = []
        for path in files.map(relative) where seen.insert(Array(path.utf8)).inserted {
            found.append(
                try look(
                    at: path, before: before[Array(path.utf8)],
                    newSeen: previous == nil ? nil : takenAt, now: now, mounts))
        }
        let snapshot = SourceSnapshot(
            source: source, takenAt: takenAt, files: found, withdrawn: previous?.withdrawn ?? 0)
        if let previous, previous.files == snapshot.files, previous.source == source { return previous }
        return snapshot
    }

    /// Returns the digest of a file's bytes; throws `E-unreadable` when it cannot be read or changes while it is read.
    public func digest(ofFile path: String) throws(TallyError) -> Fingerprint {
        try reading(relative(path)) { (file) throws(OpenFile.Failure) in try Self.digest(of: file) }
    }

    /// Whether a file still is what it was in a snapshot; its bytes are read where its stamp does not tell.
    func isUnchanged(_ file: SourceSnapshot.File) throws(TallyError) -> Bool {
        try reading(file.path) { (open) throws(OpenFile.Failure) in
            let stamp = try open.stamp()
            guard stamp.size == file.size else { return .done(false) }
            if file.stamp == stamp.text, MountTable().keepsTimesOfChange(of: absolute(file.path), stamp) {
                return .done(true)
            }
            switch try Self.digest(of: open) {
            case .done(let digest): return .done(digest == file.digest)
            case .changing: return .done(false)
            case .irregular: return .irregular
            case .interrupted: return .interrupted
            }
        }
    }

    private func look(
        at path: String, before: SourceSnapshot.File?, newSeen: Timestamp?, now: Timestamp, _ mounts: MountTable
    ) throws(TallyError) -> SourceSnapshot.File {
        let (stamp, digest, isKept) = try reading(path) { (file) throws(OpenFile.Failure) in
            let stamp = try file.stamp()
            let isKept = mounts.keepsTimesOfChange(of: absolute(path), stamp)
            if let before, before.stamp == stamp.text, isKept {
                return Reading.done((stamp, before.digest, isKept))
            }
            switch try Self.digest(of: file) {
            // The size and the stamp are those of the bytes that were read.
            case .done(let digest): return try file.stamp() == stamp ? .done((stamp, digest, isKept)) : .changing
            case .changing: return .changing
            case .irregular: return .irregular
            case .interrupted: return .interrupted
            }
        }
        var firstSeen = if let before, before.digest == digest { before.firstSeen } else { newSeen }
        if let seen = firstSeen, seen.isAhead(of: now) { firstSeen = now }
        return SourceSnapshot.File(
            path: path, size: stamp.size, digest: digest, firstSeen: firstSeen,
            stamp: isKept && stamp.isSettled(at: now) ? stamp.text : "",
            rows: before.flatMap { $0.digest == digest ? $0.rows : nil })
    }

    /// The result of reading a file.
    private enum Reading<Result> {
        case done(Result)
        case changing
        case irregular
        case interrupted
    }

    private static func digest(of file: borrowing OpenFile) throws(OpenFile.Failure) -> Reading<Fingerprint> {
        let before = try file.stamp()
        guard before.kind == .file else { return .irregular }
        var hasher = FingerprintHasher()
        while true {
            let piece = try file.read(upTo: pieceBytes)
            if piece.isEmpty { break }
            hasher.update(piece)
            if Task.isCancelled { return .interrupted }
        }
        return try file.stamp() == before ? .done(hasher.finish()) : .changing
    }

    private func reading<Result>(
        _ path: String, _ body: (borrowing OpenFile) throws(OpenFile.Failure) -> Reading<Result>
    ) throws(TallyError) -> Result {
        let reading: Reading<Result>
        do throws(OpenFile.Failure) {
            reading = try body(try OpenFile.reading(absolute(path)))
        } catch {
            throw TallyError(
                .unreadable, "could not be read: \(error.message)", subject: path,
                help: "check that the file is there and readable", underlying: error.message)
        }
        switch reading {
        case .done(let result): return result
        case .changing:
            throw TallyError(
                .unreadable, "changed while it was read", subject: path,
                help: "let its writer finish, then run the command again")
        case .irregular: throw TallyError(.unreadable, "is no regular file", subject: path)
        case .interrupted: throw TallyError(.interrupted, "was interrupted while files were read", subject: path)
        }
    }

    private func absolute(_ path: String) -> String { path.path(from: root) }

    /// Returns a path as written in snapshots: relative for a file in the repository.
    private func relative(_ path: String) -> String {
        path.behind(root + "/") ?? path.behind("./") ?? path
    }
}
