// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Computes nodes in the order of references, entities and sources first, services last.
struct GraphBuilder {
    let set: DefinitionSet
    private(set) var nodes: [PlanNode] = []
    private(set) var references = References()
    var forms: [DefinitionID: FingerprintForm] = [:]
    var releases: [Release] = []
    /// The fingerprints of each view's features.
    var features: [String: [String: Fingerprints]] = [:]

    init(_ set: DefinitionSet) { self.set = set }

    mutating func build() throws(TallyError) -> FingerprintGraph {
        for entity in set.entities.values { add(entity) }
        for source in set.sources.values { try add(source) }
        for view in set.views.values { try add(view) }
        for transform in set.transforms.values { add(transform) }
        for service in set.services.values { try add(service) }
        return FingerprintGraph(project: set.project.name, nodes: nodes, forms: forms, releases: releases)
    }

    /// The fingerprints of a definition that was added before.
    func fingerprints(of id: DefinitionID, for user: DefinitionID) throws(TallyError) -> Fingerprints {
        guard let form = forms[id] else {
            throw TallyError(
                .invalidDefinitions, "uses \(id), which is not defined", subject: user.description,
                help: "run `\(.check)` to see where")
        }
        return form.fingerprints
    }

    /// The columns of a source, which every checked definition that uses it knows.
    func columns(of source: String, for user: DefinitionID) throws(TallyError) -> [ColumnSchema] {
        guard let columns = set.sourceColumns[source] else {
            if let missing = set.missingFiles[source] { throw missing.noFiles(subject: "source \(source)") }
            throw TallyError(
                .invalidDefinitions, "the columns of source \(source) are not known", subject: user.description,
                help: "bring the source's files, or declare its `columns:`")
        }
        return columns
    }

    /// One column of a source.
    func column(_ name: String, of source: String, for user: DefinitionID) throws(TallyError) -> ColumnSchema {
        guard let column = try columns(of: source, for: user).first(where: { $0.name.isSame(as: name) }) else {
            throw TallyError(
                .invalidDefinitions, "source \(source) has no column '\(name)'", subject: user.description,
                help: "run `\(.check)` to see where")
        }
        return column
    }

    mutating func add(
        _ id: DefinitionID, _ form: FingerprintForm, document: JSON, parts: [PlanNode.Part] = [],
        references: [DefinitionID] = []
    ) {
        forms[id] = form
        let node = PlanNode(
            id: id, document: document, fingerprints: form.fingerprints, parts: parts, references: references)
        nodes.append(node)
        self.references.add(node)
    }

    private mutating func add(_ entity: Entity) {
        add(.entity(entity.name), .entity(entity), document: DefinitionDocument.of(entity))
    }

    private mutating func add(_ transform: PythonTransform) {
        add(.transform(transform.name), .transform(transform), document: DefinitionDocument.of(transform))
    }

    private mutating func add(_ source: Source) throws(TallyError) {
        let id = DefinitionID.source(source.name)
        var names = source.eventTime.map { [$0] } ?? []
        if case .column(let name) = source.knownTime { names.append(name) }
        var times: [ColumnSchema] = []
        for name in names { times.append(try column(name, of: source.name, for: id)) }
        let contract = set.contracts[source.name]
        add(
            id, .source(source, contract: contract, times: times),
            document: DefinitionDocument.of(source, contract: contract, reads: times))
    }

    private mutating func add(_ view: FeatureView) throws(TallyError) {
        let id = DefinitionID.view(view.name)
        let columns = view.columns(try columns(of: view.source, for: id))
        var expressions: [ResolvedExpression] = []
        for feature in view.features {
            expressions.append(
                try ResolvedExpression(feature, over: columns, subject: "feature \(view.name).\(feature.name)"))
        }
        var entities: [Fingerprints] = []
        for entity in view.entities { entities.append(try fingerprints(of: .entity(entity), for: id)) }
        let form = FingerprintForm.view(
            view, expressions: expressions, entities: entities,
            source: try fingerprints(of: .source(view.source), for: id))
        let parts = zip(view.features, expressions).map { feature, expression in
            PlanNode.Part(
                kind: .feature, name: feature.name,
                fingerprints: FingerprintForm.feature(feature, expression: expression, view: form.fingerprints)
                    .fingerprints)
        }
        features[view.name] = Dictionary(parts.map { ($0.name, $0.fingerprints) }) { first, _ in first }
        let reads = Set(expressions.flatMap(\.inputs))
        add(
            id, form, document: DefinitionDocument.of(view, reads: reads.sortedByName), parts: parts,
            references: view.entities.map { .entity($0) } + [.source(view.source)])
    }
}
