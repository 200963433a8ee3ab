// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyContracts
internal import TallyExpressions
public import TallyModel

/// A review of changed contracts: each one compared with the applied version, with its consumers.
public struct ContractReview: Sendable {
    /// A source, view or service whose promises or meaning changed.
    private struct Change: Sendable {
        /// Both versions of whose rows a shadow run reads.
        enum Table {
            case source(Source)
            case view(old: CompiledView, new: CompiledView)
            /// A service's on-demand features, whose rows are requests and are not stored.
            case service
        }

        let id: DefinitionID
        let table: Table
        /// Names the pair of versions, so that evidence is found again.
        let identity: Fingerprint
        /// The comparison as the proofs left it.
        let proved: ContractComparison
        /// The comparison, with the results of a shadow run if there was one.
        var comparison: ContractComparison
    }

    private var changes: [Change] = []

    /// One comparison for each source, view and service whose promises or meaning changed, by name.
    public var comparisons: [ContractComparison] { changes.map(\.comparison) }

    /// Compares checked definitions with what is applied.
    ///
    /// Names of columns that a source's contract ever had and lost stay reserved. What an earlier shadow run of the same
    /// two versions showed is part of the comparison. Throws what the registry throws.
    public init(_ wanted: DefinitionSet, registry: (any Registry)?) async throws(TallyError) {
        guard let registry else { return }
        let state = try await registry.state()
        let applied = try RecordedDefinitions(project: state.project ?? "", nodes: state.definitions.map(\.node))
        let consumers = try Consumer.readers(in: applied.set)
        let graph = try FingerprintGraph.build(from: wanted)
        func change(_ id: DefinitionID, _ table: Change.Table, _ comparison: ContractComparison) -> Change {
            let prints = [state[id]?.node, graph[id]].map { JSON.optional($0?.fingerprints.promise.hex) }
            return Change(
                id: id, table: table, identity: Fingerprint(of: .array([.string(id.description)] + prints)),
                proved: comparison, comparison: comparison)
        }
        for (name, contract) in wanted.contracts.sorted(by: { $0.key < $1.key }) {
            guard let before = applied.set.contracts[name], let source = wanted.sources[name] else { continue }
            let lost = try await Self.lostNames(of: name, now: before, registry)
            let comparison = ContractComparison(
                old: before.reserving(lost), new: contract.reserving([]), consumers: consumers[name] ?? [])
            guard !comparison.changes.isEmpty || comparison.versionProblem != nil else { continue }
            changes.append(change(.source(name), .source(source), comparison))
        }
        for (name, before) in applied.set.contracts.sorted(by: { $0.key < $1.key }) {
            guard wanted.contracts[name] == nil, let source = wanted.sources[name] else { continue }
            let comparison = ContractComparison(
                old: before.withoutVersion(promising: true), new: before.withoutVersion(promising: false),
                consumers: consumers[name] ?? [])
            changes.append(change(.source(name), .source(source), comparison))
        }
        for (name, view) in wanted.views.sorted(by: { $0.key < $1.key }) {
            guard let before = applied.set.views[name] else { continue }
            let (old, new) = (try CompiledView(before, in: applied.set), try CompiledView(view, in: wanted))
            let comparison = ContractComparison(
                old: Contract(describing: old), new: Contract(describing: new),
                consumers: consumers["view " + name] ?? [])
            guard !comparison.changes.isEmpty else { continue }
            changes.append(change(.view(name), .view(old: old, new: new), comparison))
        }
        for (name, service) in wanted.services.sorted(by: { $0.key < $1.key }) {
            guard let before = applied.set.services[name] else { continue }
            let (old, new) = (try CompiledVector(before, in: applied.set), try CompiledVector(service, in: wanted))
            let reader = Consumer(
                name: "service \(name)", columns: old.onDemand.map { "\(name).\($0.feature.name)" })
            let comparison = ContractComparison(
                old: Contract(describing: old), new: Contract(describing: new), consumers: [reader])
            guard !comparison.changes.isEmpty else { continue }
            changes.append(change(.service(name), .service, comparison))
        }
        try await replayEvidence(registry)
    }

    /// Settles comparisons by what earlier shadow runs of the same pairs of versions showed, the latest one each.
    private mutating func replayEvidence(_ registry: any Registry) async throws(TallyError) {
        for index in changes.indices where !changes[index].proved.openObjects.isEmpty {
            let change = changes[index]
            guard
                let run = try await registry.find(.shadow(of: change.id.description, identity: change.identity)),
                case .shadow(let shown) = run.detail
            else { continue }
            let evidence = shown.compactMap { ShadowEvidence(json: $0) }
            changes[index].comparison = changes[index].proved.settled(by: evidence)
        }
    }

    private static let command = "shadow"

    /// Runs both versions of whatever is open over the rows that are there now, and keeps what that showed in the registry.
    ///
    /// Evidence of earlier runs of the same pair is replaced. Returns how many questions were looked at. Throws what the
    /// engine and the registry throw.
    public mutating func run(
        _ shadow: Shadow, registry: any Registry, at now: Timestamp
    ) async throws(TallyError) -> Int {
        var questions = 0
        for index in changes.indices {
            let change = changes[index]
            let evidence: [ShadowEvidence]
            switch change.table {
            case .source(let source):
                guard let object = change.proved.new.object(forSource: source.name) else { continue }
                evidence = try await shadow.evidence(for: change.proved, sources: [object.name: source])
            case .view(let old, let new):
                evidence = try await shadow.evidence(for: change.proved, old: old, new: new)
            case .service: continue
            }
            guard !evidence.isEmpty else { continue }
            questions += evidence.count
            changes[index].comparison = change.proved.settled(by: evidence)
            let shown = evidence.map(\.json)
            try await registry.record(
                .run(
                    RunRecord(
                        command: Self.command, subject: change.id.description, startedAt: now, duration: .zero,
                        identity: change.identity,
                        summary: .object([("evidence", .array(shown))]), detail: .shadow(shown))))
        }
        return questions
    }

    /// Throws `E-low-version` when a contract's version moved less than its changes ask for.
    public func refuseLowVersions() throws(TallyError) {
        // Views and services have no version of their own, nor has a contract that is gone.
        for change in changes where change.id.kind == .source && !change.comparison.new.version.isEmpty {
            let comparison = change.comparison
            guard let problem = comparison.versionProblem else { continue }
            throw TallyError(
                .lowVersion, problem, subject: "contract \(comparison.new.id)",
                help: "write the version in the contract file; `\(.plan())` shows the changes with their witnesses")
        }
    }

    /// Names that earlier versions had and the applied one has not.
    private static func lostNames(
        of source: String, now: Contract, _ registry: any Registry
    ) async throws(TallyError) -> [String] {
        let present = Set(now.columnNames)
        var lost: [String] = []
        for version in try await registry.history(of: .source(source)) {
            let earlier = version.node.flatMap { DefinitionDocument.contract($0.document) }
            lost += (earlier?.columnNames ?? []).filter { !present.contains($0) }
        }
        return lost.uniqued()
    }
}

extension Contract {
    /// The columns of all tables as `object.column`.
    fileprivate var columnNames: [String] {
        objects.flatMap { object in object.columns.map { "\(object.name).\($0.name)" } }
    }

    /// Returns the contract with more reserved names, and without the document, which is not recorded.
    fileprivate func reserving(_ names: [String]) -> Contract {
        Contract(
            id: id, version: version, standard: standard, name: name, status: status, owner: owner, objects: objects,
            reactions: reactions, reserved: (reserved + names).uniqued(), location: location)
    }

    /// Returns the contract without its version, and with or without its promises.
    fileprivate func withoutVersion(promising: Bool) -> Contract {
        Contract(
            id: id, version: "", owner: owner,
            objects: promising
                ? objects
                : objects.map { object in
                    Object(
                        name: object.name, physicalName: object.physicalName, columns: object.columns, promises: [],
                        meaning: object.meaning)
                })
    }
}
