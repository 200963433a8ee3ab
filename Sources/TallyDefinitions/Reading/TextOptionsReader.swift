// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyReading

/// Reads a time column: its name, or a mapping of `column` and `format`.
enum TimeColumnReader {
    /// The column and its pattern; nil where the key is not written.
    static func read(_ mapping: MappingReader, _ key: String) -> (column: String, format: String?)? {
        guard let node = mapping.optional(key) else { return nil }
        guard case .mapping = node.content else { return mapping.text(node, key).map { ($0, nil) } }
        guard let inner = MappingReader(node, .timeColumn, mapping.findings),
            let place = inner.required("column"), let column = inner.text(place, "column")
        else { return nil }
        let format = inner.optional("format").flatMap { TextOptionsReader.pattern(inner, $0, "format") }
        return (column, format)
    }
}

/// Reads how a source's text becomes values.
enum TextOptionsReader {
    private static let keys = ["nulls", "trim", "decimal", "timeFormat", "delimiter", "encoding"]

    /// The options; plain ones where nothing is written.
    ///
    /// Says so where they stand beside files that are no text, and whose folders are none.
    static func read(_ mapping: MappingReader, _ location: Source.Location, hasFolders: Bool) -> TextOptions {
        let options = TextOptions(
            nulls: mapping.optional("nulls").map { nulls(mapping, $0) } ?? [],
            trims: mapping.optional("trim").flatMap { mapping.boolean($0, "trim") } ?? false,
            decimal: mapping.optional("decimal").flatMap {
                mapping.choice($0, "decimal", of: TextOptions.DecimalMark.self)
            } ?? .point,
            timeFormat: mapping.optional("timeFormat").flatMap { pattern(mapping, $0, "timeFormat") },
            delimiter: mapping.optional("delimiter").flatMap { delimiter(mapping, $0) } ?? TextOptions.plain.delimiter,
            encoding: mapping.optional("encoding").flatMap {
                mapping.choice($0, "encoding", of: TextOptions.Encoding.self)
            } ?? .utf8)
        let unused: [String]
        switch location {
        case .files(_, .csv): unused = []
        case .files(_, .json): unused = ["delimiter", "decimal"]
        case .files(_, .parquet): unused = hasFolders ? ["delimiter", "encoding"] : keys
        case .query: unused = keys
        }
        for key in unused {
            guard let entry = mapping.node.entry(key) else { continue }
            mapping.findings.error(
                DefinitionCode.exclusiveKeys,
                "'\(key)' is for the text of CSV files\(unused.count > 2 ? " and JSON" : "")",
                at: entry.key.location, help: "delete it: nothing would act on it")
        }
        return options
    }

    /// A pattern of times that is understood; nil with a diagnostic for any other.
    static func pattern(_ mapping: MappingReader, _ node: YAMLNode, _ key: String) -> String? {
        guard let text = mapping.text(node, key) else { return nil }
        if TimePattern(text) != nil { return text }
        mapping.findings.error(
            DefinitionCode.timePattern, "\(key) '\(text)' is no pattern of times", at: node.location,
            help: TimePattern.help)
        return nil
    }

    private static func nulls(_ mapping: MappingReader, _ node: YAMLNode) -> [String] {
        guard let items = mapping.list(node, "nulls") else { return [] }
        return items.compactMap { item in
            guard !item.isAbsent || item.text == "NULL" || item.text == "Null" || item.text == "null" else {
                mapping.findings.error(
                    DefinitionCode.noValue, "an item of 'nulls' is empty", at: item.location,
                    help: "an empty field is null anyway; write '\"\"' for an empty text in quotes")
                return nil
            }
            // A word that YAML takes for its own null is meant as the word.
            guard let text = item.text else { return mapping.text(item, "nulls") }
            return text
        }
    }

    private static func delimiter(_ mapping: MappingReader, _ node: YAMLNode) -> UInt8? {
        guard case .scalar(let scalar) = node.content else { return nil }
        let text = ["tab", "\\t"].contains(scalar.text) ? "\t" : scalar.text
        let bytes = Array(text.utf8)
        if bytes.count == 1, bytes[0] < 0x80, ![0x0A, 0x0D, 0x22].contains(bytes[0]) { return bytes[0] }
        mapping.findings.error(
            DefinitionCode.choice, "'\(scalar.text)' is no delimiter", at: node.location,
            note: "expected one character of ASCII", help: "write for example ';', '|' or tab")
        return nil
    }
}
