// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Takes snapshots and records them, so that later files get their true first-seen time (SEMANTICS 1.3).
public struct SnapshotRecorder: Sendable {
    private let registry: any Registry
    private let snapshotter: Snapshotter
    private static let attempts = 5

    /// Records what the snapshotter sees.
    public init(registry: any Registry, snapshotter: Snapshotter) {
        self.registry = registry
        self.snapshotter = snapshotter
    }

    /// Returns the files of a source as last recorded, with those that are new since; records nothing.
    @concurrent
    func look(
        source: String, files: [String], now: Timestamp, _ memory: LookMemory
    ) async throws(TallyError) -> SourceSnapshot {
        let recorded = try await registry.latestSnapshot(of: source)
        let before = memory.last(of: source, since: recorded) ?? recorded
        let snapshot = try snapshotter.snapshot(source: source, files: files, previous: before, now: now)
        memory.keep(snapshot, since: recorded)
        return snapshot
    }

    /// The snapshot that was recorded last.
    func latest(of source: String) async throws(TallyError) -> SourceSnapshot? {
        try await registry.latestSnapshot(of: source)
    }

    /// Returns the files of a source now, and records them unless they are as recorded before.
    ///
    /// When another command records first, the files are compared again with what it saw. Throws `E-unreadable`,
    /// `E-conflict` when others were faster every time, and what the registry throws.
    public func take(source: String, files: [String], now: Timestamp) async throws(TallyError) -> SourceSnapshot {
        try await take(source: source, files: files, now: now) {}.snapshot
    }

    /// What is to be known of a snapshot before it is recorded.
    struct Completion: Sendable {
        /// Whether a snapshot lacks it.
        let isLacking: @Sendable (SourceSnapshot) -> Bool
        /// Takes the exclusive right to complete.
        let lock: @Sendable () async throws(TallyError) -> FileLock
        /// Completes a snapshot, given the one before it.
        let complete: @Sendable (SourceSnapshot, SourceSnapshot?) async throws(TallyError) -> SourceSnapshot
        /// Is told once a snapshot is recorded behind another one.
        let recorded: @Sendable (SourceSnapshot, SourceSnapshot?) -> Void
    }

    /// The same, with what somebody sees of the files while their digests are taken and nothing is recorded yet.
    ///
    /// What is seen so is of the bytes that have the digests, if a later look finds these again. What `seeing` throws stops the
    /// recording, and so does what a completion throws.
    @concurrent
    func take<Seen: Sendable>(
        source: String, files: [String], now: Timestamp, completing: Completion? = nil,
        seeing: @Sendable () async throws(TallyError) -> Seen
    ) async throws(TallyError) -> (snapshot: SourceSnapshot, seen: Seen) {
        var attempt = 1
        while true {
            var previous = try await registry.latestSnapshot(of: source)
            var snapshot = try snapshotter.snapshot(source: source, files: files, previous: previous, now: now)
            let seen = try await seeing()
            var lock: FileLock?
            if let completing, completing.isLacking(snapshot) {
                // Who waited for another command compares with what that one recorded.
                lock = try await completing.lock()
                previous = try await registry.latestSnapshot(of: source)
                snapshot = try snapshotter.snapshot(source: source, files: files, previous: previous, now: now)
                if completing.isLacking(snapshot) { snapshot = try await completing.complete(snapshot, previous) }
            }
            defer { withExtendedLifetime(lock) {} }
            if snapshot == previous { return (snapshot, seen) }
            do throws(TallyError) {
                try await registry.record(.snapshot(snapshot, after: previous?.takenAt))
                if lock != nil { completing?.recorded(snapshot, previous) }
                return (snapshot, seen)
            } catch {
                guard error.code == .conflict, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }
}
