// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Compares wanted definitions with the applied ones; pure, writes nothing.
public enum Planner {
    /// The plan that makes the registry hold exactly the definitions of a checked set.
    ///
    /// The set is whole: what is applied and not in it is removed, also when another checkout applied it.
    /// Throws `E-in-use` when an applied definition is missing from the set though the set, or a serving release, uses it,
    /// `E-conflict` when the registry belongs to another project, and `E-invalid-definitions` for an unchecked set.
    public static func plan(current: RegistryState, wanted: DefinitionSet) throws(TallyError) -> Plan {
        try refuseRemovalsInUse(current, wanted)
        return try plan(current: current, wanted: try FingerprintGraph.build(from: wanted))
    }

    /// The plan that makes the registry hold exactly the definitions of a graph; throws as the other form does.
    public static func plan(current: RegistryState, wanted: FingerprintGraph) throws(TallyError) -> Plan {
        let (candidates, transitions) = releases(current: current, wanted: wanted)
        let plan = Plan(
            project: wanted.project, generation: current.generation, nodes: wanted.nodes,
            changes: changes(current: current, wanted: wanted), releases: wanted.releases, candidates: candidates,
            transitions: transitions)
        // What the registry would refuse is refused already here; versions and time play no part in that.
        let versions = Dictionary(uniqueKeysWithValues: current.definitions.map { ($0.node.id, $0.stamp.version) })
        _ = try RegistryStep(
            RegistryCommit(plan, at: Timestamp(microseconds: 0), by: ""), on: current, lastVersions: versions)
        return plan
    }

    private static func changes(current: RegistryState, wanted: FingerprintGraph) -> [Change] {
        let applied = current.definitions.map(\.node)
        let stored = Set(applied.filter { $0.id.kind.isStored }.map(\.fingerprints.storage))
        var changes: [Change] = []
        for node in wanted.nodes {
            let old = current[node.id]?.node
            if let old, old.isSame(as: node) { continue }
            let fields = old.map { FieldDifference.between($0.document, node.document) } ?? []
            let action: Change.Action = old == nil ? .added : fields.isEmpty ? .affected : .changed
            let moved = old.map { node.fingerprints.firstDifference(from: $0.fingerprints) } ?? .storage
            changes.append(
                Change(
                    action: action, id: node.id, fields: fields, before: old?.fingerprints, after: node.fingerprints,
                    effect: effect(moved),
                    needsBackfill: node.id.kind.isStored && !stored.contains(node.fingerprints.storage),
                    dependents: wanted.dependents(of: node.id)))
        }
        let references = References(applied)
        for node in applied where wanted[node.id] == nil {
            changes.append(
                Change(
                    action: .removed, id: node.id, before: node.fingerprints, after: nil, effect: .storage,
                    dependents: references.dependents(of: node.id)))
        }
        return withCauses(changes.sorted { $0.id < $1.id }, wanted: wanted)
    }

    private static func effect(_ level: Fingerprints.Level?) -> Change.Effect {
        switch level {
        case .storage: .storage
        case .value: .value
        case .promise: .promise
        case nil: .annotation
        }
    }

    /// Names, for what is only affected, the changes it follows from.
    private static func withCauses(_ changes: [Change], wanted: FingerprintGraph) -> [Change] {
        let origins = Set(changes.filter { $0.action == .changed || $0.action == .added }.map(\.id))
        return changes.map { change in
            guard change.action == .affected else { return change }
            return Change(
                action: change.action, id: change.id, fields: change.fields, before: change.before,
                after: change.after, effect: change.effect, needsBackfill: change.needsBackfill,
                causes: wanted.requirements(of: change.id).filter(origins.contains),
                dependents: change.dependents)
        }
    }

    /// One live release for each wanted service: the one it is made of now; candidates of the past retire.
    private static func releases(
        current: RegistryState, wanted: FingerprintGraph
    ) -> (candidates: [Release], transitions: [ReleaseTransition]) {
        var candidates: [Release] = []
        var transitions: [ReleaseTransition] = []
        for release in wanted.releases {
            let live = current.releases(of: release.service).filter { $0.state != .retired }
            let same = live.filter { $0.release.fingerprint == release.fingerprint }
            let kept = same.first { $0.state == .serving } ?? same.last
            if kept == nil { candidates.append(release) }
            transitions += retirements(live.filter { $0.number != kept?.number })
        }
        let services = Set(wanted.releases.map(\.service))
        transitions += retirements(current.releases.filter { !services.contains($0.release.service) })
        return (candidates, transitions.sorted { ($0.service, $0.number) < ($1.service, $1.number) })
    }

    private static func retirements(_ releases: [RegisteredRelease]) -> [ReleaseTransition] {
        releases.filter { $0.state == .candidate }.map {
            ReleaseTransition(service: $0.release.service, number: $0.number, state: .retired)
        }
    }

    /// Refuses a plan that removes a definition still in use, and names all its users.
    private static func refuseRemovalsInUse(_ current: RegistryState, _ set: DefinitionSet) throws(TallyError) {
        var users: [DefinitionID: [DefinitionID]] = [:]
        func use(_ target: DefinitionID, _ isThere: Bool, by user: DefinitionID) {
            if !isThere, current[target] != nil { users[target, default: []].append(user) }
        }
        for view in set.views.values {
            for entity in view.entities { use(.entity(entity), set.entities[entity] != nil, by: .view(view.name)) }
            use(.source(view.source), set.sources[view.source] != nil, by: .view(view.name))
        }
        for service in set.services.values {
            for selection in service.selections {
                use(.view(selection.view), set.views[selection.view] != nil, by: .service(service.name))
            }
            if let label = service.label {
                use(.source(label.source), set.sources[label.source] != nil, by: .service(service.name))
            }
        }
        guard let (target, found) = users.min(by: { $0.key < $1.key }) else { return }
        let names = Array(Set(found)).listed
        throw TallyError(
            .inUse, "cannot be removed: it is used by \(names)", subject: target.description,
            help: "remove or change \(names) first, or in the same apply")
    }
}
