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
}
