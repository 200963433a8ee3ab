// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads lists of features: those of a view, and the on-demand ones of a service.
enum FeatureReader {
    /// Features with the node of each, and the names of those that could not be read.
    struct Features {
        var features: [Feature] = []
        var nodes: [YAMLNode] = []
        var broken: Set<String> = []
    }

    /// Reads the items of a list; `owner` is the view or service they belong to.
    static func read(
        _ items: [YAMLNode], _ key: String, _ table: KeyTable, of owner: String, _ findings: DiagnosticCollector
    ) -> Features {
        var result = Features()
        var first: [String: SourceLocation] = [:]
        for item in items {
            if let text = item.text, !item.isAbsent {
                findings.error(
                    DefinitionCode.wrongShape, "\(table.subject) needs a name and a type", at: item.location,
                    note: "expected a mapping", help: "write '{name: \(text), type: float64}'")
                result.broken.insert(text)
                continue
            }
            guard let reader = MappingReader(item, table, findings) else { continue }
            let nameNode = reader.required("name")
            let name = nameNode.flatMap { reader.name($0, "name") }
            let feature = feature(reader, name, of: owner)
            if let name, let nameNode {
                if let before = first[name] {
                    findings.error(
                        DefinitionCode.duplicateName, "'\(name)' stands twice in '\(key)'", at: nameNode.location,
                        note: "first written at \(before.spelled)", help: "delete one of the two, or rename it")
                    continue
                }
                first[name] = nameNode.location
            }
            if let feature {
                result.features.append(feature)
                result.nodes.append(item)
            } else if let broken = nameNode?.text {
                result.broken.insert(broken)
            }
        }
        return result
    }

    private static func feature(_ reader: MappingReader, _ name: String?, of owner: String) -> Feature? {
        let isOnDemand = reader.table.subject == KeyTable.onDemand.subject
        let type = reader.required("type").flatMap { reader.type($0, "type") }
        let written =
            isOnDemand
            ? reader.required("expression", help: "add 'expression', which computes it") : reader.optional("expression")
        let expression = written.flatMap { reader.text($0, "expression") }
        let strict = reader.optional("strict").flatMap { reader.boolean($0, "strict") } ?? false
        let unit = reader.optionalText("unit")
        let promise = reader.optional("promise").map {
            PromiseReader.feature($0, name ?? "unnamed", of: owner, reader.findings)
        }
        let annotation = reader.annotation()
        if let name, ReservedName.all.contains(name), let node = reader.node.value("name") {
            reader.findings.error(
                DefinitionCode.reservedName, "'\(name)' is reserved", at: node.location,
                note: ReservedName.use(of: name),
                help: written == nil
                    ? "choose another name, and add 'expression: \(name)' to read the column" : "choose another name")
            return nil
        }
        if strict, written == nil, let entry = reader.node.entry("strict") {
            reader.findings.warning(
                DefinitionCode.idleStrict, "'strict' has no effect without an expression", at: entry.key.location,
                help: "delete it")
        }
        guard let name, let type, (written == nil) == (expression == nil), !isOnDemand || expression != nil else {
            return nil
        }
        return Feature(
            name: name, type: type, expression: expression, isStrict: strict, unit: unit,
            promises: promise?.promises ?? [], defaultValue: promise?.defaultValue, annotation: annotation)
    }
}
