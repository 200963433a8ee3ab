// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Finds stored views that are no longer needed.
public enum UnusedGenerations {
    /// The generations whose storage fingerprint is named by no lockfile, applied view, waiting or serving release.
    public static func find(
        in generations: [OnlineGeneration], state: RegistryState, lock: Lockfile?
    ) -> [OnlineGeneration] {
        var used = Set(state.definitions.filter { $0.node.id.kind.isStored }.map(\.node.fingerprints.storage))
        let parts =
            state.releases.filter { $0.state != .retired }.flatMap(\.release.parts)
            + (lock?.services.flatMap(\.parts) ?? [])
        for part in parts where part.kind == .view { used.insert(part.fingerprints.storage) }
        return generations.filter { !used.contains($0.storage) }
    }

    /// The seconds for which what served before the last change of the registry is kept: who reads looks each second.
    public static let secondsKept: Int64 = 10

    /// Those of unused generations that may have served until just now, so that readers may still ask for them.
    public static func lately(
        _ unused: [OnlineGeneration], state: RegistryState, at now: Timestamp
    ) -> [OnlineGeneration] {
        guard let committedAt = state.committedAt else { return [] }
        let (age, isBeyond) = now.microseconds.subtractingReportingOverflow(committedAt.microseconds)
        guard !isBeyond, age.magnitude < UInt64(secondsKept) * 1_000_000 else { return [] }
        let parts = state.releases.filter { $0.state == .retired }.flatMap(\.release.parts)
        let served = Set(parts.filter { $0.kind == .view }.map(\.fingerprints.storage))
        return unused.filter { served.contains($0.storage) }
    }
}
