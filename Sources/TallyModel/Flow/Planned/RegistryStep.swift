// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The result of applying a commit to a state: the state after it and the rows to be written.
///
/// The rules of committing live here, so that every registry has the same ones.
public struct RegistryStep: Sendable, Hashable {
    /// The state after the commit.
    public let state: RegistryState
    /// The new versions of definitions, removals included; empty when the commit changes no definition.
    public let versions: [DefinitionVersion]
    /// The new candidates with their numbers.
    public let candidates: [RegisteredRelease]
    /// The steps of recorded releases.
    public let transitions: [ReleaseTransition]

    /// Whether the commit changes nothing, so that the generation stays.
    public var isEmpty: Bool { versions.isEmpty && candidates.isEmpty && transitions.isEmpty }

    /// Carries out a commit on a state.
    ///
    /// `lastVersions` holds the highest version ever given to the definitions of the commit; missing ones are new.
    /// Throws as `Registry.commit(_:)` says.
    public init(
        _ commit: RegistryCommit, on state: RegistryState, lastVersions: [DefinitionID: Int]
    ) throws(TallyError) {
        try Self.refuseOtherWriter(commit, on: state)
        let generation = state.generation + 1
        let versions = try Self.versions(commit, on: state, generation: generation, lastVersions: lastVersions)
        let numbered = Self.number(commit.candidates, on: state, generation: generation)
        self.versions = versions
        candidates = numbered
        transitions = commit.transitions
        guard !(versions.isEmpty && numbered.isEmpty && commit.transitions.isEmpty) else {
            self.state = state
            return
        }
        var definitions = Dictionary(uniqueKeysWithValues: state.definitions.map { ($0.node.id, $0) })
        for version in versions {
            definitions[version.id] = version.node.map { AppliedDefinition(node: $0, stamp: version.stamp) }
        }
        let releases = try Self.step(commit.transitions, on: state.releases) + numbered
        self.state = RegistryState(
            generation: generation, project: commit.project, definitions: Array(definitions.values),
            releases: releases, committedAt: commit.at)
        try Self.refuseLooseEnds(in: self.state, removed: Set(commit.removals))
    }

    private static func refuseOtherWriter(_ commit: RegistryCommit, on state: RegistryState) throws(TallyError) {
        guard commit.base == state.generation else {
            throw TallyError(
                .conflict,
                "another writer changed the registry: it is at generation \(state.generation), the plan was made on "
                    + "\(commit.base)", subject: "registry", help: "plan again and apply the new plan")
        }
        if let project = state.project, project != commit.project {
            throw TallyError(
                .conflict, "it belongs to project '\(project)', the definitions to '\(commit.project)'",
                subject: "registry", help: "name another registry under `stores:` in tally.yaml, or correct `project:`")
        }
    }

    private static func versions(
        _ commit: RegistryCommit, on state: RegistryState, generation: Int, lastVersions: [DefinitionID: Int]
    ) throws(TallyError) -> [DefinitionVersion] {
        precondition(
            Set(commit.definitions.map(\.id) + commit.removals).count
                == commit.definitions.count + commit.removals.count, "a commit names a definition twice")
        var versions: [DefinitionVersion] = []
        func append(_ id: DefinitionID, _ node: PlanNode?) {
            let stamp = DefinitionStamp(
                version: (lastVersions[id] ?? 0) + 1, generation: generation, appliedAt: commit.at,
                appliedBy: commit.by)
            versions.append(DefinitionVersion(id: id, node: node, stamp: stamp))
        }
        for node in commit.definitions where state[node.id]?.node.isSame(as: node) != true { append(node.id, node) }
        for id in commit.removals {
            guard state[id] != nil else {
                throw TallyError(.notFound, "cannot be removed: it is not applied", subject: id.description)
            }
            append(id, nil)
        }
        return versions.sorted { $0.id < $1.id }
    }

    private static func number(
        _ releases: [Release], on state: RegistryState, generation: Int
    ) -> [RegisteredRelease] {
        precondition(Set(releases.map(\.service)).count == releases.count, "two candidates for one service")
        return releases.map { release in
            RegisteredRelease(
                release: release, number: (state.releases(of: release.service).last?.number ?? 0) + 1,
                state: .candidate, generation: generation)
        }
    }

    private static func step(
        _ transitions: [ReleaseTransition], on releases: [RegisteredRelease]
    ) throws(TallyError) -> [RegisteredRelease] {
        var releases = releases
        let places = Dictionary(
            releases.enumerated().map { (ReleaseKey(service: $1.release.service, number: $1.number), $0) }
        ) { first, _ in first }
        for step in transitions {
            let name = "release \(step.number) of service \(step.service)"
            guard let index = places[ReleaseKey(service: step.service, number: step.number)] else {
                throw TallyError(.notFound, "is not recorded", subject: name)
            }
            let old = releases[index]
            guard old.state.canBecome(step.state) else {
                throw TallyError(
                    .conflict, "is \(old.state.rawValue) and cannot become \(step.state.rawValue)", subject: name)
            }
            releases[index] = RegisteredRelease(
                release: old.release, number: old.number, state: step.state, generation: old.generation)
        }
        var serving = Set<String>()
        for service in releases.filter({ $0.state == .serving }).map(\.release.service)
        where !serving.insert(service).inserted {
            throw TallyError(.conflict, "two releases would serve at once", subject: "service \(service)")
        }
        return releases
    }

    /// The key of a recorded release.
    private struct ReleaseKey: Hashable {
        let service: String
        let number: Int
    }

    private static func refuseLooseEnds(
        in state: RegistryState, removed: Set<DefinitionID>
    ) throws(TallyError) {
        let present = Set(state.definitions.map(\.node.id))
        for missing in Set(state.definitions.flatMap(\.node.references)).subtracting(present).sorted() {
            let users = state.definitions.filter { $0.node.references.contains(missing) }.map(\.node.id)
            guard removed.contains(missing) else {
                throw TallyError(
                    .notFound, "is used by \(users.listed) but not defined", subject: missing.description)
            }
            throw TallyError(
                .inUse, "cannot be removed: it is used by \(users.listed)", subject: missing.description,
                help: "remove or change \(users.listed) first, or in the same apply")
        }
        let serving = state.releases.filter { $0.state == .serving }
        let held = Set(serving.flatMap { $0.release.definitions })
        for id in removed.sorted() where held.contains(id) {
            let holders = serving.filter { $0.release.consists(of: id) }
            guard !holders.isEmpty else { continue }
            let names = holders.map { "release \($0.number) of service \($0.release.service)" }
            throw TallyError(
                .inUse, "cannot be removed: \(names.joined(separator: ", ")) is serving and made of it",
                subject: id.description, help: "let a release without it serve first")
        }
    }
}

extension Release {
    /// The definitions that the release is made of, the service itself among them.
    public var definitions: [DefinitionID] {
        [.service(service)]
            + parts.compactMap { part in
                switch part.kind {
                case .entity: .entity(part.name)
                case .source: .source(part.name)
                case .view: .view(part.name)
                case .transform: .transform(part.name)
                case .expression, .label: nil
                }
            }
    }

    /// Whether the release is made of a definition.
    public func consists(of id: DefinitionID) -> Bool { definitions.contains(id) }
}

extension [DefinitionID] {
    /// The names in order, with commas: `service a, view b`.
    public var listed: String { sorted().map(\.description).joined(separator: ", ") }
}
