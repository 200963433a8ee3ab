// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads the definitions of a repository; whatever is wrong with a file is a diagnostic, never a thrown error.
public enum RepositoryReader {
    /// The file that makes a folder a repository.
    static let projectFile = "tally.yaml"

    /// Reads definitions from texts; files are taken in the order of their paths, whatever order they come in.
    ///
    /// `tally.yaml` is the project, files below `definitions/` hold definitions, those that end in `.py` functions in Python,
    /// and all others are contracts, as are files that end in `.odcs.yaml`.
    ///
    /// ```swift
    /// let files = [
    ///     DefinitionFile(path: "tally.yaml", text: "project: shop\n"),
    ///     DefinitionFile(
    ///         path: "definitions/user.yaml", text: "kind: Entity\nname: user\njoinKeys: [{name: id, type: int63}]\n"),
    /// ]
    /// let repository = RepositoryReader.read(files: files)
    /// repository.diagnostics.map(\.location.line)  // [3]: the type int63 is none
    /// ```
    public static func read(files: [DefinitionFile], hooks: ContractHooks = ContractHooks()) -> LoadedRepository {
        read(files: files, hooks: hooks, findings: DiagnosticCollector()) { _ in
            nil
        } code: { path in
            files.first { $0.path == path }
        }
    }

    /// Reads texts; a contract that a source names and that is not among them, and the file of a function in Python, are
    /// asked for by their paths.
    static func read(
        files: [DefinitionFile], hooks: ContractHooks, findings: DiagnosticCollector,
        contract load: (String) -> DefinitionFile?, code: @escaping (String) -> DefinitionFile?
    ) -> LoadedRepository {
        var reading = Reading(findings: findings)
        let ordered = files.sorted { $0.path < $1.path }
        for file in ordered where !isContract(file.path) { reading.read(file) }
        let isUnreadable = findings.diagnostics.contains { $0.location.file == projectFile }
        if !files.contains(where: { $0.path == projectFile }), !isUnreadable {
            findings.error(
                DefinitionCode.missingProject, "there is no tally.yaml",
                at: SourceLocation(file: projectFile, line: 1, column: 1),
                help: "write one with 'project: ' and a name, or run '\(.initialize)'")
        }
        let isUnread = findings.diagnostics.contains {
            ["T0101", "T0102"].contains($0.code.code) && !isContract($0.location.file)
        }
        if isUnread { reading.unread.isAny = true }
        let contracts = self.contracts(
            ordered.filter { isContract($0.path) && !$0.path.hasSuffix(TransformCode.ending) }, of: reading.definitions,
            hooks, findings, load)
        let added = contracts.values.flatMap(\.files)
        for file in added { reading.texts[file.path] = SourceText(file) }
        return LoadedRepository(
            project: reading.project,
            definitions: reading.definitions.map {
                $0.reading(as: contracts).reading(TransformCode(findings: findings, load: code))
            },
            diagnostics: findings.diagnostics.sorted(),
            files: (files.filter { !isContract($0.path) } + added).sorted { $0.path < $1.path },
            declared: reading.declared, unread: reading.unread,
            positions: PositionIndex(reading.positions, texts: reading.texts), contracts: contracts,
            hooks: hooks)
    }

    /// Whether a file is a contract: by its ending, or because definitions are only below `definitions/`.
    static func isContract(_ path: String) -> Bool {
        let endings = [".odcs.yaml", ".odcs.yml", ".odcs.json"]
        if endings.contains(where: path.hasSuffix) { return true }
        return path != projectFile && !path.begins(with: "definitions/")
    }

    /// The contracts that are given or named, by path; their diagnostics are added to the repository's.
    private static func contracts(
        _ files: [DefinitionFile], of definitions: [LocatedDefinition], _ hooks: ContractHooks,
        _ findings: DiagnosticCollector,
        _ load: (String) -> DefinitionFile?
    ) -> [String: LoadedContract] {
        var contracts: [String: LoadedContract] = [:]
        func take(_ file: DefinitionFile) {
            let loaded = ContractReader.read(file, hooks: hooks)
            for diagnostic in loaded.diagnostics { findings.add(diagnostic) }
            contracts[file.path] = loaded
        }
        for file in files { take(file) }
        let paths = files.map(\.path)
        for located in definitions {
            guard case .source(let source) = located.definition, let path = source.contract, contracts[path] == nil,
                !findings.files.contains(path)
            else { continue }
            if let file = load(path) {
                take(file)
            } else if !findings.files.contains(path) {
                findings.error(
                    DefinitionCode.missingContract, "there is no file '\(path)' in the repository",
                    at: located.place("contract"),
                    help: findings.nearest(to: path, among: paths).map { "write '\($0)'" }
                        ?? "paths start at the folder of tally.yaml, and lead to what lies in it")
            }
        }
        return contracts
    }
}

extension RepositoryReader {
    /// The state of one reading.
    private struct Reading {
        let findings: DiagnosticCollector
        var project: Project?
        var definitions: [LocatedDefinition] = []
        var declared: [DeclaredName] = []
        var unread = UnreadDefinitions()
        var texts: [String: SourceText] = [:]
        var positions: [PositionIndex.Subject: YAMLNode] = [:]

        init(findings: DiagnosticCollector) { self.findings = findings }

        mutating func read(_ file: DefinitionFile) {
            let source = SourceText(file)
            texts[file.path] = source
            guard TextCheck.accept(source, findings) else {
                unread.add(source.lines[...])
                return
            }
            let isProject = file.path == projectFile
            let documents = source.documents
            var roots: [YAMLNode] = []
            for (index, document) in documents.enumerated() {
                guard !source.isEmpty(document) else {
                    // Comments before the first marker are a heading, not a document.
                    if document.isMarked || documents.count == 1 { reportEmpty(document, source, isProject) }
                    continue
                }
                var composer = YAMLComposer(source: source, document: document, findings: findings)
                guard let root = composer.compose() else {
                    unread.add(source.lines[document.lines])
                    continue
                }
                roots.append(root)
                if isProject, index > 0, roots.count > 1 {
                    findings.error(
                        DefinitionCode.extraDocument, "tally.yaml holds one document, and this is another",
                        at: root.location, help: "move definitions to a file in definitions/")
                } else {
                    take(root, source.lines[document.lines], isProject: isProject)
                }
            }
        }

        private mutating func take(_ root: YAMLNode, _ lines: ArraySlice<[Unicode.Scalar]>, isProject: Bool) {
            guard !isProject else {
                project = ProjectReader.read(root, findings)
                positions[.project] = root
                return
            }
            let outcome = DefinitionReader(findings: findings).read(root)
            if let definition = outcome.definition { definitions.append(definition) }
            guard let name = outcome.declared else {
                unread.add(lines)
                return
            }
            declared.append(name)
            let subject = PositionIndex.Subject.definition(name.kind, name.name)
            if positions[subject] == nil { positions[subject] = root }
        }

        private func reportEmpty(_ document: DocumentSpan, _ source: SourceText, _ isProject: Bool) {
            let location = source.location(document.lines.lowerBound, 0, length: document.isMarked ? 3 : 1)
            if isProject {
                findings.error(
                    DefinitionCode.emptyDocument, "tally.yaml is empty", at: location,
                    help: "write 'project: ' and a name")
            } else {
                findings.warning(
                    DefinitionCode.emptyDocument, "the document is empty", at: location,
                    help: document.isMarked ? "delete the '---'" : "write a definition, or delete the file")
            }
        }
    }
}
