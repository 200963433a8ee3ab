// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads contracts of the Open Data Contract Standard 3.0 to 3.2; whatever is wrong is a diagnostic at its place.
///
/// YAML and JSON are read alike. Scalars mean what the core schema of YAML 1.2 says; anchors, aliases and tags are refused
/// as in definitions.
public enum ContractReader {
    /// Reads a text.
    ///
    /// ```swift
    /// let text = """
    ///     apiVersion: v3.1.0
    ///     kind: DataContract
    ///     id: orders
    ///     version: 1.0.0
    ///     status: active
    ///     schema:
    ///       - name: orders
    ///         properties: [{name: total, logicalType: integer, required: true}]
    ///     """
    /// let loaded = ContractReader.read(DefinitionFile(path: "orders.odcs.yaml", text: text))
    /// loaded.diagnostics.filter { $0.severity == .error }.count  // 0
    /// ```
    public static func read(_ file: DefinitionFile, hooks: ContractHooks = ContractHooks()) -> LoadedContract {
        let findings = DiagnosticCollector()
        let contract = read(file, hooks, findings)
        return LoadedContract(contract: contract, diagnostics: findings.diagnostics.sorted(), files: [file])
    }

    /// Reads a file, by its path relative to a folder.
    public static func read(path: String, root: String, hooks: ContractHooks = ContractHooks()) -> LoadedContract {
        let findings = DiagnosticCollector()
        guard let file = DefinitionFile.read(path, in: root, findings) else {
            return LoadedContract(contract: nil, diagnostics: findings.diagnostics.sorted(), files: [])
        }
        return read(file, hooks: hooks)
    }

    /// The root of a text that holds one document; nil with a diagnostic.
    static func root(of file: DefinitionFile, _ findings: DiagnosticCollector) -> YAMLNode? {
        let source = SourceText(file)
        guard TextCheck.accept(source, findings) else { return nil }
        let documents = source.documents.filter { !source.isEmpty($0) }
        guard let document = documents.first else {
            findings.error(
                DefinitionCode.emptyDocument, "the contract is empty", at: source.location(0, 0),
                help: "write 'apiVersion: v3.2.0', 'kind: DataContract' and what is promised")
            return nil
        }
        if documents.count > 1 {
            findings.error(
                ContractCode.manyDocuments, "a contract is one document, and this is another",
                at: source.location(documents[1].lines.lowerBound, 0, length: 3), help: "move it to a file of its own")
        }
        var composer = YAMLComposer(source: source, document: document, findings: findings)
        return composer.compose()
    }

    private static func read(_ file: DefinitionFile, _ hooks: ContractHooks, _ findings: DiagnosticCollector)
        -> Contract?
    {
        guard let root = root(of: file, findings) else { return nil }
        guard case .mapping = root.content, !root.isRefused else {
            if !root.isRefused {
                findings.error(
                    ContractCode.wrongKind, "\(root.shape) stands where a contract is expected", at: root.location,
                    note: "expected a mapping", help: "start with 'apiVersion: v3.2.0'")
            }
            return nil
        }
        guard let standard = standard(of: root, findings) else { return nil }
        StructureCheck.judge(root, standard, findings)
        let isSound = !findings.diagnostics.contains { $0.severity == .error }
        let contract = ContractMapper(root: root, standard: standard).contract()
        ContractLinter(root: root, contract: contract, findings: findings, hooks: hooks).run()
        return isSound ? contract : nil
    }

    /// The version of the standard; the newest, with a diagnostic, when none is written, and nil for one that is not read.
    private static func standard(of root: YAMLNode, _ findings: DiagnosticCollector) -> ContractStandard? {
        guard let node = root.value("apiVersion"), let text = node.json.stringValue else { return .v32 }
        if let standard = ContractStandard(text) { return standard }
        let isOld = text.hasPrefix("v2.") || text.hasPrefix("2.") || text.hasPrefix("v1.")
        let spellings = ContractStandard.spellings.map(\.text)
        findings.error(
            ContractCode.version,
            isOld
                ? "version '\(text)' of the standard is older than 3.0, and is not read"
                : "there is no version '\(text)' of the standard",
            at: node.location, note: "expected \(listed(spellings, "or"))",
            help: isOld
                ? "bring the contract to v3.0.2 or newer: 2.2 has other keys"
                : spellings.first { $0 == "v" + text }.map { "write '\($0)'" }
                    ?? nearestName(to: text, among: spellings).map { "write '\($0)'" })
        return nil
    }
}
