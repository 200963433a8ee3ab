// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks a feature service: what it selects, how the columns of its training sets are called, what it computes.
struct ServiceCheck {
    let service: FeatureService
    let located: LocatedDefinition
    let check: RepositoryCheck
    var findings: DiagnosticCollector { check.findings }

    init(_ service: FeatureService, _ located: LocatedDefinition, _ check: RepositoryCheck) {
        self.service = service
        self.located = located
        self.check = check
    }

    /// Checks selections, names, expressions and the label.
    func run() {
        let outputs = selectedOutputs()
        checkNames(outputs.columns)
        OnDemandCheck(service, located, check).run(selected: outputs)
        TransformCheck(service, located, check).run(selected: outputs)
        if let label = service.label { LabelCheck(label, located, check).run() }
    }

    /// One column that the service puts out, with the place that names it.
    struct Output {
        let schema: ColumnSchema
        /// The origin of the column, for messages.
        let origin: String
        let location: SourceLocation
        /// Advice on how to rename the column.
        let help: String
    }

    /// The selected features; not complete when a view is missing or could not be read whole.
    struct Outputs {
        var columns: [Output] = []
        var isComplete = true
        var broken: Set<String> = []
    }

    private func selectedOutputs() -> Outputs {
        var outputs = Outputs()
        for (index, selection) in service.selections.enumerated() {
            let node = located.part("features", index)
            guard let (view, viewLocated) = check.views[selection.view] else {
                check.reportUnknown(
                    .featureView, selection.view, DefinitionCode.unknownView, at: node.location)
                outputs.isComplete = false
                continue
            }
            outputs.broken.formUnion(viewLocated.brokenFeatures)
            guard let items = selection.items else {
                outputs.columns += view.features.map { feature in
                    output(feature, view, as: feature.name, at: node.location)
                }
                continue
            }
            let features = Dictionary(view.features.map { ($0.name, $0) }) { first, _ in first }
            for (position, item) in items.enumerated() {
                let itemNode = located.part("features/\(index)", position)
                guard let feature = features[item.feature] else {
                    reportUnknown(item.feature, view, viewLocated, itemNode)
                    outputs.broken.insert(item.alias ?? item.feature)
                    continue
                }
                let place = itemNode.value("as")?.location ?? itemNode.value("name")?.location ?? itemNode.location
                outputs.columns.append(output(feature, view, as: item.alias ?? feature.name, at: place))
            }
        }
        return outputs
    }

    private func output(_ feature: Feature, _ view: FeatureView, as name: String, at location: SourceLocation) -> Output
    {
        Output(
            schema: ColumnSchema(name: name, type: feature.type), origin: "feature '\(feature.name)' of '\(view.name)'",
            location: location,
            help: "select it as '{\(view.name): [{name: \(feature.name), as: \(view.name)_\(feature.name)}]}'")
    }

    private func reportUnknown(_ name: String, _ view: FeatureView, _ viewLocated: LocatedDefinition, _ node: YAMLNode)
    {
        guard !viewLocated.brokenFeatures.contains(name) else { return }
        let names = view.features.map(\.name)
        findings.error(
            DefinitionCode.unknownFeature, "feature view '\(view.name)' has no feature '\(name)'",
            at: node.value("name")?.location ?? node.location,
            help: findings.nearest(to: name, among: names).map { "write '\($0)'" }
                ?? (names.isEmpty ? nil : "it has \(listed(names))"))
    }

    /// Reports columns of one name in a training set; letter case does not tell columns apart.
    private func checkNames(_ outputs: [Output]) {
        var taken: [String: Output] = [:]
        for key in joinKeys() {
            if let before = taken[key.schema.name.lowercased()], before.schema != key.schema {
                findings.error(
                    DefinitionCode.outputCollision,
                    "\(key.origin) is \(key.schema.type), and \(before.origin) is \(before.schema.type)",
                    at: key.location,
                    note: "a spine has one column '\(key.schema.name)'",
                    help: "give the two one type, or name them apart")
            }
            taken[key.schema.name.lowercased()] = key
        }
        for output in outputs + requestInputs() + onDemand() + transformed() { take(output, &taken) }
        let keyNames = Set(service.label?.keys.map { $0.lowercased() } ?? [])
        let spine = Set(joinKeys().map { $0.schema.name.lowercased() } + service.request.map { $0.name.lowercased() })
        for label in labelColumns() {
            // Keys of a label are columns of the spine: they may be join keys or inputs, but no features.
            if keyNames.contains(label.schema.name.lowercased()) {
                findings.error(
                    DefinitionCode.outputCollision, "\(label.origin) is named like one of its keys", at: label.location,
                    help: label.help)
            } else {
                take(label, &taken)
            }
        }
        for (index, key) in (service.label?.keys ?? []).enumerated() where !spine.contains(key.lowercased()) {
            guard let other = taken[key.lowercased()] else { continue }
            let node = located.part("keys", index)
            findings.error(
                DefinitionCode.outputCollision, "label key '\(key)' is named like \(other.origin)", at: node.location,
                note: "a training set has one column of a name", help: other.help)
        }
    }

    private func take(_ output: Output, _ taken: inout [String: Output]) {
        let name = output.schema.name.lowercased()
        guard let before = taken[name] else {
            taken[name] = output
            return
        }
        findings.error(
            DefinitionCode.outputCollision, "\(output.origin) is named like \(before.origin)", at: output.location,
            note: "'\(before.schema.name)' comes from \(before.location.spelled)", help: output.help)
    }
}
