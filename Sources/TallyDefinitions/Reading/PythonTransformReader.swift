// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads a document of kind `PythonTransform`.
enum PythonTransformReader {
    /// The transform, without the digest of its file; nil where it has no file or no columns.
    static func read(_ mapping: MappingReader, name: String) -> LocatedDefinition? {
        let annotation = mapping.annotation()
        let source = mapping.required("source", help: "add 'source: transforms/\(name).py', the file with the function")
            .flatMap { mapping.text($0, "source") }
        let sha256 = mapping.optional("sha256").flatMap { digest(mapping, $0) }
        let function = mapping.optional("function").map { functionName(mapping, $0) } ?? name
        let mode = mapping.optional("mode").map { mapping.choice($0, "mode", of: PythonTransform.Mode.self) } ?? .row
        let inputs = mapping.required("inputs", help: "add 'inputs: {a_feature: float64}', what the function reads")
            .map { TypedNames.read(mapping, $0, "inputs", allowing: "observed_at") }
        let outputs = mapping.required("outputs", help: "add 'outputs: {a_feature: float64}', what it computes")
            .map { TypedNames.read(mapping, $0, "outputs") }
        let requirements = Self.requirements(mapping)
        for node in outputs?.nodes ?? [] { _ = mapping.name(node, "outputs") }
        for (key, columns) in [("inputs", inputs), ("outputs", outputs)] {
            guard let columns, columns.columns.isEmpty, columns.broken.isEmpty, let node = mapping.node.value(key),
                case .mapping = node.content
            else { continue }
            mapping.findings.error(
                DefinitionCode.emptyList, "'\(key)' is empty", at: node.location, note: "expected at least one name",
                help: "add a name with its type")
        }
        guard let source, let inputs, let outputs, let function, let mode else { return nil }
        let transform = PythonTransform(
            name: name, inputs: inputs.columns, outputs: outputs.columns, source: source, sha256: sha256,
            function: function, mode: mode, requirements: requirements, annotation: annotation)
        return LocatedDefinition(
            .pythonTransform(transform), node: mapping.node,
            parts: ["inputs": inputs.nodes, "outputs": outputs.nodes],
            brokenFeatures: inputs.broken.union(outputs.broken))
    }

    private static func digest(_ mapping: MappingReader, _ node: YAMLNode) -> String? {
        guard let text = mapping.text(node, "sha256") else { return nil }
        if Fingerprint(hex: text) != nil { return text }
        mapping.findings.error(
            DefinitionCode.digest, "'\(text)' is no SHA-256", at: node.location,
            note: "expected 64 digits of 0 to 9 and a to f",
            help: "write what 'sha256sum' prints for the file, or delete the key")
        return nil
    }

    private static func functionName(_ mapping: MappingReader, _ node: YAMLNode) -> String? {
        guard let text = mapping.text(node, "function") else { return nil }
        let isName =
            text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0) }
            && !(text.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? true)
        if isName { return text }
        mapping.findings.error(
            DefinitionCode.name, "'\(text)' is not the name of a function", at: node.location,
            note: "expected a function at the top of the file",
            help: "write the name alone, without file and parentheses")
        return nil
    }

    private static func requirements(_ mapping: MappingReader) -> [PythonTransform.Requirement] {
        let items = mapping.optional("requirements").flatMap { mapping.list($0, "requirements") } ?? []
        return items.compactMap { item in
            guard let text = mapping.text(item, "requirements") else { return nil }
            if let requirement = PythonTransform.Requirement(text) { return requirement }
            mapping.findings.error(
                DefinitionCode.requirement, "requirement '\(text)' is not pinned", at: item.location,
                note: "expected a distribution and one version", help: "write it as 'numpy==2.1.3'")
            return nil
        }
    }
}
