// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension GraphBuilder {
    /// A name that an on-demand expression can use: its type and its fingerprints.
    private struct Operand {
        let type: DataType
        let fingerprints: Fingerprints
    }

    mutating func add(_ service: FeatureService) throws(TallyError) {
        let id = DefinitionID.service(service.name)
        let vector = try vector(of: service, id)
        var operands: [String: Operand] = [:]
        for (column, fingerprints) in vector {
            operands[column.name] = Operand(type: column.type, fingerprints: fingerprints)
        }
        for input in service.request + [Self.observedAt] {
            let form = FingerprintForm(kind: "request", storage: [("column", .column(input))])
            operands[input.name] = Operand(type: input.type, fingerprints: form.fingerprints)
        }
        let computed = try onDemand(of: service, operands: &operands)
        let transformed = try outputs(of: service, operands: operands)
        let expressions = computed + transformed.map(\.part)
        let label = try label(of: service, id)
        let columns =
            vector.map(\.0)
            + service.onDemand.map { Release.Column(name: $0.name, type: $0.type, origin: .expression) }
            + transformed.map(\.column)
        let form = FingerprintForm.service(
            service, outputs: columns.map(\.name), features: vector.map(\.1),
            expressions: expressions.map(\.fingerprints), label: label?.part.fingerprints)
        let views = service.selections.map { DefinitionID.view($0.view) }
        let parts = expressions + (label.map { [$0.part] } ?? [])
        add(
            id, form, document: DefinitionDocument.of(service, reads: label?.reads ?? []), parts: parts,
            references: views + service.transforms.map { .transform($0) }
                + (service.label.map { [.source($0.source)] } ?? []))
        try addRelease(of: service, form: form, columns: columns, parts: parts)
    }

    /// The time of the observation, which every on-demand expression may name (SEMANTICS 6).
    private static let observedAt = ColumnSchema(name: "observed_at", type: .timestamp)

    /// The selected features in order, under their names in the vector, with their fingerprints.
    private func vector(
        of service: FeatureService, _ id: DefinitionID
    ) throws(TallyError) -> [(Release.Column, Fingerprints)] {
        var vector: [(Release.Column, Fingerprints)] = []
        for selection in service.selections {
            _ = try fingerprints(of: .view(selection.view), for: id)
            let all = set.views[selection.view]?.features ?? []
            let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
            for item in selection.items ?? all.map({ FeatureService.Selection.Item(feature: $0.name) }) {
                guard let feature = byName[item.feature],
                    let fingerprints = features[selection.view]?[item.feature]
                else {
                    throw TallyError(
                        .invalidDefinitions, "view \(selection.view) has no feature '\(item.feature)'",
                        subject: id.description, help: "run `\(.check)` to see where")
                }
                let column = Release.Column(
                    name: item.alias ?? feature.name, type: feature.type,
                    origin: .feature(view: selection.view, name: feature.name))
                vector.append((column, fingerprints))
            }
        }
        return vector
    }

    /// The on-demand expressions in declared order; one may name another that is declared later.
    private func onDemand(
        of service: FeatureService, operands: inout [String: Operand]
    ) throws(TallyError) -> [PlanNode.Part] {
        var parts: [String: PlanNode.Part] = [:]
        let names = Set(service.onDemand.map(\.name))
        let columns =
            operands.map { ColumnSchema(name: $0.key, type: $0.value.type) }
            + service.onDemand.map { ColumnSchema(name: $0.name, type: $0.type) }
        var waiting: [(Feature, ResolvedExpression)] = []
        for feature in service.onDemand {
            let subject = "expression \(feature.name) of service \(service.name)"
            waiting.append((feature, try ResolvedExpression(feature, over: columns, subject: subject)))
        }
        while !waiting.isEmpty {
            let before = waiting.count
            var still: [(Feature, ResolvedExpression)] = []
            for (feature, expression) in waiting {
                let used = expression.inputs.map(\.name)
                guard used.allSatisfy({ !names.contains($0) || parts[$0] != nil }) else {
                    still.append((feature, expression))
                    continue
                }
                let bound = Set(used).sorted().compactMap { name in
                    operands[name].map { (name: name, fingerprints: $0.fingerprints) }
                }
                let form = FingerprintForm.onDemand(feature, expression: expression, operands: bound)
                parts[feature.name] = PlanNode.Part(
                    kind: .expression, name: feature.name, fingerprints: form.fingerprints)
                operands[feature.name] = Operand(type: feature.type, fingerprints: form.fingerprints)
            }
            waiting = still
            guard waiting.count < before else {
                throw TallyError(
                    .invalidDefinitions, "the on-demand expressions need each other in a circle",
                    subject: "service \(service.name)", help: "run `\(.check)` to see where")
            }
        }
        return service.onDemand.compactMap { parts[$0.name] }
    }

    /// The outputs of the service's functions in Python, in the order of the vector.
    private func outputs(
        of service: FeatureService, operands: [String: Operand]
    ) throws(TallyError) -> [(column: Release.Column, part: PlanNode.Part)] {
        var found: [(Release.Column, PlanNode.Part)] = []
        for name in service.transforms {
            let own = try fingerprints(of: .transform(name), for: .service(service.name))
            guard let transform = set.transforms[name] else { continue }
            var bound: [(name: String, fingerprints: Fingerprints)] = []
            for input in transform.inputs {
                guard let operand = operands[input.name], operand.type == input.type else {
                    throw TallyError(
                        .invalidDefinitions, "its vector has no \(input.type) '\(input.name)', which \(name) reads",
                        subject: "service \(service.name)", help: "run `\(.check)` to see where")
                }
                bound.append((input.name, operand.fingerprints))
            }
            for output in transform.outputs {
                let form = FingerprintForm.transformed(output, by: own, operands: bound)
                found.append(
                    (
                        Release.Column(name: output.name, type: output.type, origin: .expression),
                        PlanNode.Part(kind: .expression, name: output.name, fingerprints: form.fingerprints)
                    ))
            }
        }
        return found
    }

    private func label(
        of service: FeatureService, _ id: DefinitionID
    ) throws(TallyError) -> (part: PlanNode.Part, reads: [ColumnSchema])? {
        guard let label = service.label else { return nil }
        var keys: [ColumnSchema] = []
        for key in label.keys { keys.append(try column(key, of: label.source, for: id)) }
        let target = try column(label.column, of: label.source, for: id)
        let form = FingerprintForm.label(
            label, keys: keys, column: target, source: try fingerprints(of: .source(label.source), for: id))
        let part = PlanNode.Part(
            kind: .label, name: label.alias ?? label.column, fingerprints: form.fingerprints)
        return (part, Set(keys + [target]).sortedByName)
    }

    private mutating func addRelease(
        of service: FeatureService, form: FingerprintForm, columns: [Release.Column], parts: [PlanNode.Part]
    ) throws(TallyError) {
        let id = DefinitionID.service(service.name)
        var list: [Release.Part] = parts.compactMap { part in
            switch part.kind {
            case .expression: Release.Part(kind: .expression, name: part.name, fingerprints: part.fingerprints)
            case .label: Release.Part(kind: .label, name: part.name, fingerprints: part.fingerprints)
            case .feature: nil
            }
        }
        for used in references.requirements(of: id) {
            let fingerprints = try fingerprints(of: used, for: id)
            switch used.kind {
            case .entity: list.append(Release.Part(kind: .entity, name: used.name, fingerprints: fingerprints))
            case .source: list.append(Release.Part(kind: .source, name: used.name, fingerprints: fingerprints))
            case .featureView: list.append(Release.Part(kind: .view, name: used.name, fingerprints: fingerprints))
            case .pythonTransform:
                list.append(Release.Part(kind: .transform, name: used.name, fingerprints: fingerprints))
            case .featureService: break
            }
        }
        releases.append(
            Release(service: service.name, fingerprints: form.fingerprints, columns: columns, parts: list))
    }
}
