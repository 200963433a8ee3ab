// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads one document into a definition, whichever kind it has.
struct DefinitionReader {
    let findings: DiagnosticCollector

    /// The result of reading a document.
    struct Outcome {
        var declared: DeclaredName?
        var definition: LocatedDefinition?
    }

    /// Reads the root of a document.
    func read(_ root: YAMLNode) -> Outcome {
        guard !root.isRefused else { return Outcome() }
        guard case .mapping = root.content else {
            findings.error(
                DefinitionCode.wrongShape, "\(root.shape) stands where a definition is expected", at: root.location,
                note: "expected a mapping", help: "start with 'kind: Entity' or another kind")
            return Outcome()
        }
        guard let kind = kind(of: root) else { return Outcome() }
        let (mapping, read) = reader(of: kind, root)
        guard let mapping, let nameNode = mapping.required("name"), let name = mapping.name(nameNode, "name") else {
            // What else is wrong is said all the same.
            if let mapping { _ = read(mapping, "unnamed") }
            return Outcome()
        }
        return Outcome(
            declared: DeclaredName(kind: kind, name: name, location: nameNode.location), definition: read(mapping, name)
        )
    }

    private func reader(
        of kind: Definition.Kind, _ root: YAMLNode
    ) -> (MappingReader?, (MappingReader, String) -> LocatedDefinition?) {
        switch kind {
        case .entity: (MappingReader(root, .entity, findings), EntityReader.read)
        case .source: (MappingReader(root, .source, findings), SourceReader.read)
        case .featureView: (MappingReader(root, .view, findings), FeatureViewReader.read)
        case .pythonTransform: (MappingReader(root, .transform, findings), PythonTransformReader.read)
        case .featureService: (MappingReader(root, .service, findings), FeatureServiceReader.read)
        }
    }

    private func kind(of root: YAMLNode) -> Definition.Kind? {
        let names = Definition.Kind.allCases.map(\.rawValue)
        guard let entry = root.entry("kind") else {
            let keys = root.entries.compactMap(\.key.text)
            let near = nearestName(to: "kind", among: keys) ?? keys.first { $0.lowercased() == "type" }
            let isProject = keys.contains("project")
            findings.error(
                DefinitionCode.missingKey, "the document has no 'kind'", at: root.location,
                note: "expected 'kind: ' and one of \(names.joined(separator: ", "))",
                help: isProject
                    ? "'project' belongs in tally.yaml"
                    : near.map { "write 'kind' for '\($0)'" } ?? "add 'kind: …' as the first line")
            return nil
        }
        guard let text = entry.value.text, !entry.value.isAbsent else {
            guard !entry.value.isRefused else { return nil }
            findings.error(
                DefinitionCode.noValue, "'kind' has no value", at: entry.key.location,
                note: "expected one of \(names.joined(separator: ", "))")
            return nil
        }
        if let kind = Definition.Kind(rawValue: text) { return kind }
        let synonyms = [
            "DataSource": "Source", "View": "FeatureView", "Service": "FeatureService", "Features": "FeatureView",
            "Transform": "PythonTransform", "OnDemandFeatureView": "PythonTransform",
        ]
        findings.error(
            DefinitionCode.unknownKind, "unknown kind '\(text)'", at: entry.value.location,
            note: "expected one of \(names.joined(separator: ", "))",
            help: (nearestName(to: text, among: names) ?? synonyms[text]).map { "write '\($0)'" })
        return nil
    }
}
