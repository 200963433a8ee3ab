// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// A registry in memory: the reference for all others, under the same laws.
public final class InMemoryRegistry: Registry {
    private struct Contents {
        var state = RegistryState.empty
        var versions: [DefinitionVersion] = []
        var snapshots: [String: [SourceSnapshot]] = [:]
        var runs: [RunRecord] = []
    }

    private let contents = Mutex(Contents())

    /// Starts empty.
    public init() {}

    /// The latest generation.
    public func state() async throws(TallyError) -> RegistryState { contents.withLock { $0.state } }

    /// Carries out a commit.
    public func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState {
        try contents.withLock { contents throws(TallyError) in
            let last = Dictionary(
                contents.versions.map { ($0.id, $0.stamp.version) }, uniquingKeysWith: { max($0, $1) })
            let step = try RegistryStep(commit, on: contents.state, lastVersions: last)
            contents.state = step.state
            contents.versions += step.versions
            return step.state
        }
    }

    /// Returns the versions of a definition.
    public func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion] {
        contents.withLock { $0.versions.filter { $0.id == id } }
    }

    /// The latest snapshot of a source.
    public func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot? {
        contents.withLock { $0.snapshots[source]?.last }
    }

    /// Appends a record.
    public func record(_ record: RegistryRecord) async throws(TallyError) {
        try contents.withLock { contents throws(TallyError) in
            switch record {
            case .run(let run): contents.runs.append(run)
            case .snapshot(let snapshot, let after):
                try snapshot.refuseUnless(after: after, latest: contents.snapshots[snapshot.source]?.last?.takenAt)
                contents.snapshots[snapshot.source, default: []].append(snapshot)
            }
        }
    }

    /// The latest runs.
    public func runs(limit: Int) async throws(TallyError) -> [RunRecord] {
        contents.withLock { Array($0.runs.reversed().prefix(max(0, limit))) }
    }
}
