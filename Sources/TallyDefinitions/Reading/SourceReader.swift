// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reads a document of kind `Source`.
enum SourceReader {
    /// Returns the source; nil when it does not declare a location.
    static func read(_ mapping: MappingReader, name: String) -> LocatedDefinition? {
        let annotation = mapping.annotation()
        let eventTime = TimeColumnReader.read(mapping, "eventTime")
        let knownTime = TimeColumnReader.read(mapping, "knownTime")
        let timeZone = mapping.optional("timeZone").flatMap { Self.timeZone(mapping, $0) } ?? "UTC"
        let columns = mapping.optional("columns") == nil ? nil : ColumnReader.columns(mapping, "columns", .column)
        let contract = mapping.optionalText("contract")
        let partitions = mapping.optional("partitions").flatMap {
            mapping.choice($0, "partitions", of: Source.Partitions.self)
        }
        let firstSeen = mapping.optional("firstSeen").flatMap {
            mapping.choice($0, "firstSeen", of: Source.FirstSeen.self)
        }
        let history = mapping.optional("history").flatMap { mapping.choice($0, "history", of: Source.History.self) }
        guard let location = location(mapping) else { return nil }
        let text = TextOptionsReader.read(mapping, location, hasFolders: partitions == .hive)
            .reading(eventTime?.column, as: eventTime?.format).reading(knownTime?.column, as: knownTime?.format)
        let source = Source(
            name: name, location: location, eventTime: eventTime?.column,
            knownTime: known(mapping, column: knownTime?.column), timeZone: timeZone, columns: columns?.columns,
            text: text, contract: contract, partitions: partitions, firstSeen: firstSeen ?? .recorded,
            history: history ?? .files, annotation: annotation)
        return LocatedDefinition(.source(source), node: mapping.node, parts: ["columns": columns?.nodes ?? []])
    }

    private static func location(_ mapping: MappingReader) -> Source.Location? {
        let format = mapping.optional("format").flatMap { mapping.choice($0, "format", of: Source.FileFormat.self) }
        if let path = mapping.node.entry("path"), let query = mapping.node.entry("query") {
            exclude(path, query, mapping, help: "keep 'path' for files, or 'query' for SQL")
            return nil
        }
        if mapping.node.entry("query") != nil {
            for key in ["format", "partitions", "firstSeen", "history"] {
                guard let entry = mapping.node.entry(key) else { continue }
                mapping.findings.error(
                    DefinitionCode.exclusiveKeys, "'\(key)' is for files, and this source is a query",
                    at: entry.key.location, help: "delete '\(key)'")
            }
            return mapping.optionalText("query").map { .query($0) }
        }
        guard mapping.node.entry("path") != nil else {
            if !mapping.isMeant("path"), !mapping.isMeant("query") {
                mapping.reportMissing("'path' or 'query'", help: "add for example 'path: data/*.parquet'")
            }
            return nil
        }
        guard let path = mapping.optionalText("path"), let node = mapping.node.value("path") else { return nil }
        if let format { return .files(path: path, format: format) }
        guard mapping.node.entry("format") == nil else { return nil }
        if let format = Source.FileFormat(ofPath: path) { return .files(path: path, format: format) }
        mapping.findings.error(
            DefinitionCode.unknownFormat, "the path does not tell the format of its files", at: node.location,
            note: "expected an ending .parquet, .csv, .json, .jsonl or .ndjson",
            help: "add 'format: parquet', 'format: csv' or 'format: json'")
        return nil
    }

    private static func known(_ mapping: MappingReader, column: String?) -> Source.KnownTime {
        if let after = mapping.node.entry("knownAfter"), let column = mapping.node.entry("knownTime") {
            exclude(after, column, mapping, help: "keep 'knownTime' for a column, or 'knownAfter' for a fixed delay")
        }
        let delay = mapping.optional("knownAfter").flatMap { mapping.duration($0, "knownAfter") }
        if let column { return .column(column) }
        return delay.map { .after($0) } ?? .undeclared
    }

    private static func exclude(
        _ first: YAMLNode.Entry, _ second: YAMLNode.Entry, _ mapping: MappingReader, help: String
    ) {
        let places = [first.key, second.key].sorted {
            ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column)
        }
        guard let before = places.first, let after = places.last else { return }
        mapping.findings.error(
            DefinitionCode.exclusiveKeys, "'\(first.key.text ?? "")' and '\(second.key.text ?? "")' exclude each other",
            at: after.location, note: "'\(before.text ?? "")' is at \(before.location.spelled)", help: help)
    }

    /// Checks the form of an IANA name; whether the zone exists is the engine's knowledge, not this machine's.
    private static func timeZone(_ mapping: MappingReader, _ node: YAMLNode) -> String? {
        guard let text = mapping.text(node, "timeZone") else { return nil }
        let parts = text.parts(by: "/", keepingEmpty: true)
        let isName = parts.allSatisfy { part in
            part.first.map { $0.isASCII && $0.isLetter } ?? false
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
        }
        if isName, text.count <= 64 { return text }
        mapping.findings.error(
            DefinitionCode.timeZone, "'\(text)' is not the name of a time zone", at: node.location,
            note: "expected an IANA name", help: "write for example 'Europe/Berlin' or 'UTC'")
        return nil
    }
}
