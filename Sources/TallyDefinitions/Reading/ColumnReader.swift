// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads lists of `{name, type}`: join keys and the columns of a source.
enum ColumnReader {
    /// Columns with the node of each.
    typealias Columns = (columns: [ColumnSchema], nodes: [YAMLNode])

    /// The columns under a required key; nil with a diagnostic when there is no list.
    static func columns(_ mapping: MappingReader, _ key: String, _ table: KeyTable) -> Columns? {
        guard let node = mapping.required(key, help: "add '\(key): [{name: …, type: …}]'"),
            let items = mapping.filledList(node, key)
        else { return nil }
        var columns: [ColumnSchema] = []
        var nodes: [YAMLNode] = []
        // The columns of files are told apart by their bytes; those of an entity become columns of a training set.
        func same(_ name: String) -> [UInt8] { Array((key == "columns" ? name : name.lowercased()).utf8) }
        var first: [[UInt8]: SourceLocation] = [:]
        for item in items {
            if let text = item.text, !item.isAbsent {
                mapping.findings.error(
                    DefinitionCode.wrongShape, "\(table.subject) needs a name and a type", at: item.location,
                    note: "expected a mapping", help: "write '{name: \(text), type: string}'")
                continue
            }
            guard let reader = MappingReader(item, table, mapping.findings) else { continue }
            let name = reader.required("name").flatMap { reader.text($0, "name") }
            let type = reader.required("type").flatMap { reader.type($0, "type") }
            guard let name, let type, let place = item.value("name")?.location else { continue }
            if let before = first.updateValue(place, forKey: same(name)) {
                first[same(name)] = before
                mapping.findings.error(
                    DefinitionCode.duplicateName, "'\(name)' stands twice in '\(key)'", at: place,
                    note: "first written at \(before.spelled)"
                        + (key == "columns" ? "" : "; letter case does not tell columns apart"),
                    help: "delete one of the two")
                continue
            }
            columns.append(ColumnSchema(name: name, type: type))
            nodes.append(item)
        }
        return (columns, nodes)
    }
}
