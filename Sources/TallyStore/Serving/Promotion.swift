// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Promotes candidate releases to serving once all their views are filled (SEMANTICS 9).
public struct Promotion: Sendable {
    private let registry: any Registry
    private let store: any OnlineStore
    private static let attempts = 5

    /// Promotes in a registry by what a store holds.
    public init(registry: any Registry, store: any OnlineStore) {
        self.registry = registry
        self.store = store
    }

    /// Makes every filled candidate the serving release of its service and retires the one before, in one commit.
    ///
    /// Returns the releases that serve from now on. Throws `E-conflict` when other writers were faster every time.
    public func run(at: Timestamp, by: String) async throws(TallyError) -> [ReleaseName] {
        var attempt = 1
        while true {
            let state = try await registry.state()
            let filled = Set(try await store.generations().map(\.storage))
            let ready = state.releases.filter { release in
                release.state == .candidate
                    && release.release.parts.allSatisfy {
                        $0.kind != .view || filled.contains($0.fingerprints.storage)
                    }
            }
            guard let project = state.project, !ready.isEmpty else { return [] }
            var steps: [ReleaseTransition] = []
            for release in ready {
                if let before = state.servingRelease(of: release.release.service) {
                    steps.append(
                        ReleaseTransition(service: before.release.service, number: before.number, state: .retired))
                }
                steps.append(
                    ReleaseTransition(service: release.release.service, number: release.number, state: .serving))
            }
            do throws(TallyError) {
                _ = try await registry.commit(
                    RegistryCommit(
                        base: state.generation, project: project, transitions: steps, at: at, by: by))
                return ready.map { ReleaseName($0) }
            } catch {
                guard error.code == .conflict, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }
}
