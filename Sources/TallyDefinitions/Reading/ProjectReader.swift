// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads `tally.yaml`.
enum ProjectReader {
    /// The project; nil with a diagnostic when it has no name or a store that does not exist.
    static func read(_ root: YAMLNode, _ findings: DiagnosticCollector) -> Project? {
        guard let mapping = MappingReader(root, .project, findings) else { return nil }
        let name = mapping.required("project").flatMap { mapping.name($0, "project") }
        let stores = mapping.optional("stores").flatMap { MappingReader($0, .stores, findings) }
        let registry: RegistryKind? = store(stores, "registry")
        let online: OnlineStoreKind? = store(stores, "online")
        let offline: OfflineEngineKind? = store(stores, "offline")
        let readable = mapping.optional("readable").map { Self.readable($0, mapping) } ?? []
        let suppressions = mapping.optional("suppress").map { Self.suppressions($0, mapping) } ?? []
        guard let name, let registry, let online, let offline else { return nil }
        return Project(
            name: name, registry: registry, offline: offline, online: online, readable: readable,
            suppressions: suppressions)
    }

    /// Folders that SQL may read besides the repository.
    private static func readable(_ node: YAMLNode, _ mapping: MappingReader) -> [String] {
        (mapping.filledList(node, "readable") ?? []).compactMap { item in
            guard let path = mapping.text(item, "readable") else { return nil }
            let parts = path.parts(by: "/")
            let problem: (what: String, help: String)?
            if path.utf8.contains(where: { "*?[".utf8.contains($0) }) {
                problem = ("is a pattern", "write the folder above it")
            } else if path.contains("://") || path.utf8.first == UInt8(ascii: "~") {
                problem = ("is not a path of this machine", "write the folder from / on, or from the repository on")
            } else if parts.contains(".tally") {
                problem = ("is the repository's own state, which SQL never reads", "delete it")
            } else {
                problem = nil
            }
            guard let problem else { return path }
            mapping.findings.error(
                DefinitionCode.readable, "'\(path)' \(problem.what)", at: item.location, help: problem.help)
            return nil
        }
    }

    /// Reads the suppressions: each with a finding, a reason and a last day.
    private static func suppressions(_ node: YAMLNode, _ mapping: MappingReader) -> [Suppression] {
        (mapping.filledList(node, "suppress") ?? []).compactMap { item in
            guard let reader = MappingReader(item, .suppression, mapping.findings) else { return nil }
            let id = reader.required("id").flatMap { reader.text($0, "id") }
            let reason = reader.required("reason", help: "say why it is put up with").flatMap {
                reader.text($0, "reason")
            }
            let day = reader.required("until", help: "say until which day, as 2026-12-31")
            let until = day.flatMap { node in
                reader.text(node, "until").flatMap { text -> CalendarDate? in
                    if let date = CalendarDate(text) { return date }
                    mapping.findings.error(
                        DefinitionCode.date, "'\(text)' is not a day", at: node.location,
                        help: "write it as 2026-12-31")
                    return nil
                }
            }
            guard let id, let reason, let until else { return nil }
            return Suppression(id: id, reason: reason, until: until, location: item.location)
        }
    }

    /// The store under a key; the standard one where none is written, nil with a diagnostic where it is of no known kind.
    private static func store<Kind: StoreKind>(_ stores: MappingReader?, _ key: String) -> Kind? {
        guard let stores, let node = stores.optional(key) else { return Kind.standard }
        guard let text = stores.text(node, key) else { return nil }
        if let kind = Kind(text) { return kind }
        let isPath = !text.contains(":") && (text.contains("/") || text.contains("."))
        let scheme = Kind.standard.text.parts(by: ":")[0] + ":"
        stores.findings.error(
            DefinitionCode.store, "'\(text)' is not a store for '\(key)'", at: node.location,
            note: "expected " + Kind.forms.joined(separator: " or "),
            help:
                "write '\(isPath && Kind.standard.path != nil ? scheme + text : Kind.standard.text)', or delete the key"
        )
        return nil
    }
}
