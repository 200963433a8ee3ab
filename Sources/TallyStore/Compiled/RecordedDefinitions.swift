// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Definitions as the registry recorded them, put together again: the ones a release is made of, or the applied ones.
struct RecordedDefinitions {
    let set: DefinitionSet
    /// The nodes the set was read from.
    let nodes: [DefinitionID: PlanNode]

    /// Reads nodes back; `E-corrupt` for a document of no known form.
    init(project: String, nodes: [PlanNode]) throws(TallyError) {
        var (entities, sources, views, services) = ([Entity](), [Source](), [FeatureView](), [FeatureService]())
        var transforms: [PythonTransform] = []
        var columns: [String: [ColumnSchema]] = [:]
        var contracts: [String: Contract] = [:]
        var known: [String: Set<ColumnSchema>] = [:]
        func add(_ read: [ColumnSchema], to source: String) {
            for column in read where known[source, default: []].insert(column).inserted {
                columns[source, default: []].append(column)
            }
        }
        for node in nodes {
            // A document whose columns cannot be read is refused with the rest of it, below.
            let reads = DefinitionDocument.reads(node.document) ?? []
            switch node.id.kind {
            case .entity:
                entities.append(try Self.read(node, DefinitionDocument.entity))
            case .source:
                let source = try Self.read(node, DefinitionDocument.source)
                sources.append(source)
                contracts[source.name] = DefinitionDocument.contract(node.document)
                add(reads, to: source.name)
            case .featureView:
                let view = try Self.read(node, DefinitionDocument.view)
                views.append(view)
                add(reads, to: view.source)
            case .pythonTransform: transforms.append(try Self.read(node, DefinitionDocument.transform))
            case .featureService:
                let service = try Self.read(node, DefinitionDocument.service)
                services.append(service)
                if let label = service.label { add(reads, to: label.source) }
            }
        }
        // A view of expressions without columns reads none.
        for source in sources where columns[source.name] == nil { columns[source.name] = [] }
        set = DefinitionSet(
            project: Project(name: project), entities: entities, sources: sources, views: views, transforms: transforms,
            services: services, sourceColumns: columns, contracts: contracts)
        self.nodes = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0) })
    }

    private static func read<Output>(_ node: PlanNode, _ read: (JSON) -> Output?) throws(TallyError) -> Output {
        guard let output = read(node.document) else {
            throw TallyError(
                .corrupt, "its recorded document has no known form", subject: node.id.description,
                help: "this version of tally cannot read it: use the version that applied it, or apply again")
        }
        return output
    }

    /// The recorded nodes a release is made of, its service among them; `E-corrupt` when one is missing.
    ///
    /// Most are those of a state that is at hand; only others are asked for.
    static func nodes(
        of release: Release, beside state: RegistryState, in registry: any Registry
    ) async throws(TallyError) -> [PlanNode] {
        var wanted: [(DefinitionID, Fingerprints)] = [(.service(release.service), release.fingerprints)]
        for part in release.parts {
            switch part.kind {
            case .entity: wanted.append((.entity(part.name), part.fingerprints))
            case .source: wanted.append((.source(part.name), part.fingerprints))
            case .view: wanted.append((.view(part.name), part.fingerprints))
            case .transform: wanted.append((.transform(part.name), part.fingerprints))
            case .expression, .label: continue
            }
        }
        var nodes: [PlanNode] = []
        for (id, fingerprints) in wanted {
            if let node = state[id]?.node, node.fingerprints == fingerprints {
                nodes.append(node)
                continue
            }
            let history = try await registry.history(of: id)
            guard let node = history.last(where: { $0.node?.fingerprints == fingerprints })?.node else {
                throw TallyError(
                    .corrupt, "the registry has no \(id) with the fingerprints of its release",
                    subject: "service \(release.service)", help: "apply the definitions again")
            }
            nodes.append(node)
        }
        return nodes
    }

    /// A recorded version of a view and what it referred to when it was applied; nil when any of that was not there.
    static func nodes(of view: DefinitionVersion, in registry: any Registry) async throws(TallyError) -> [PlanNode]? {
        guard let node = view.node else { return nil }
        var nodes = [node]
        for id in node.references {
            let history = try await registry.history(of: id)
            guard let used = history.last(where: { $0.stamp.generation <= view.stamp.generation })?.node else {
                return nil
            }
            nodes.append(used)
        }
        return nodes
    }
}
