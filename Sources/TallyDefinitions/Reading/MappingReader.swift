// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads one mapping: refuses unknown keys when it is made, and reports a missing key when it is asked for.
struct MappingReader {
    let node: YAMLNode
    let table: KeyTable
    let findings: DiagnosticCollector
    /// The keys that the author probably meant by an unknown one, so that they are not reported missing as well.
    private let meant: Set<String>

    /// Takes a mapping; nil, with a diagnostic, for any other node.
    init?(_ node: YAMLNode, _ table: KeyTable, _ findings: DiagnosticCollector) {
        guard case .mapping(let entries) = node.content else {
            if !node.isRefused {
                findings.error(
                    DefinitionCode.wrongShape, "\(node.shape) stands where \(table.subject) is expected",
                    at: node.location, note: "expected a mapping", help: "write {\(table.example)}")
            }
            return nil
        }
        self.node = node
        self.table = table
        self.findings = findings
        var meant: Set<String> = []
        let written = Set(entries.compactMap(\.key.text))
        for entry in entries { meant.formUnion(Self.check(entry, among: written, table, findings)) }
        self.meant = meant
    }

    /// The value of a key; nil when the key is not written, or written without a value (a diagnostic).
    func optional(_ key: String) -> YAMLNode? {
        guard let entry = node.entry(key), !entry.value.isRefused else { return nil }
        guard !entry.value.isAbsent else {
            findings.error(
                DefinitionCode.noValue, "'\(key)' has no value", at: entry.key.location,
                help: "write one, or delete the key")
            return nil
        }
        return entry.value
    }

    /// The value of a key that must be written; nil with a diagnostic.
    func required(_ key: String, help: String? = nil) -> YAMLNode? {
        if node.entry(key) == nil, !meant.contains(key) { reportMissing("'\(key)'", help: help ?? "add '\(key): …'") }
        return optional(key)
    }

    /// Whether an unknown key was probably meant as this one.
    func isMeant(_ key: String) -> Bool { meant.contains(key) }

    /// Reports a missing key, at the name of the thing or at its start.
    func reportMissing(_ what: String, help: String) {
        let name = node.value("name").flatMap { $0.isAbsent ? nil : $0.text }
        findings.error(
            DefinitionCode.missingKey, "\(table.subject) needs \(what)" + (name.map { ", and '\($0)' has none" } ?? ""),
            at: node.value("name")?.location ?? node.location, help: help)
    }

    /// The keys an unknown key stands for; none for a known key.
    private static func check(
        _ entry: YAMLNode.Entry, among written: Set<String>, _ table: KeyTable, _ findings: DiagnosticCollector
    ) -> [String] {
        guard !entry.key.isRefused else { return [] }
        guard let key = entry.key.text else {
            findings.error(
                DefinitionCode.wrongShape, "\(entry.key.shape) stands where a key is expected", at: entry.key.location,
                help: "\(table.subject) has the keys \(listed(table.keys))")
            return []
        }
        guard !table.keys.contains(key) else { return [] }
        if KeyTable.later.contains(key) {
            findings.error(
                DefinitionCode.unknownKey, "unknown key '\(key)' in \(table.subject)", at: entry.key.location,
                note: "not in this version", help: "delete it: nothing would act on it")
            return []
        }
        let candidates = table.keys.filter { !written.contains($0) }
        let meant =
            KeyTable.synonyms[key]?.first(where: candidates.contains) ?? findings.nearest(to: key, among: candidates)
        findings.error(
            DefinitionCode.unknownKey, "unknown key '\(key)' in \(table.subject)", at: entry.key.location,
            help: meant.map { "write '\($0)'" } ?? "\(table.subject) has the keys \(listed(table.keys))")
        return meant.map { [$0] } ?? []
    }
}

extension KeyTable {
    /// The first keys of the mapping as a hint of its form.
    var example: String { keys.filter { $0 != "kind" }.prefix(2).map { "\($0): …" }.joined(separator: ", ") }
}
