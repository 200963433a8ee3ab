// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyReading

/// Checks a source against the engine's description, and returns its columns.
struct SourceCheck {
    private let source: Source
    private let located: LocatedDefinition
    /// The description of the files, in which a column whose times have a pattern is a time.
    private let description: TableDescription?
    /// The description of the files as the engine gave it.
    private let described: TableDescription?
    private let findings: DiagnosticCollector

    init(
        _ source: Source, _ located: LocatedDefinition, _ description: TableDescription?,
        _ findings: DiagnosticCollector
    ) {
        self.source = source
        self.located = located
        described = description
        self.description = description.map { found in
            TableDescription(files: found.files, columns: found.columns.map { Self.formatted($0, source) })
        }
        self.findings = findings
    }

    /// The column as a time, where its texts or whole numbers have a declared pattern.
    private static func formatted(
        _ column: TableDescription.Column, _ source: Source
    ) -> TableDescription.Column {
        guard !column.isText, let type = column.type, [.string, .int32, .int64].contains(type),
            let pattern = source.text.ownFormat(of: column.name).flatMap(TimePattern.init)
        else { return column }
        return TableDescription.Column(
            name: column.name, type: pattern.isDay ? .date : .timestamp, nativeType: column.nativeType,
            carrier: column.carrier, isValueless: column.isValueless, file: column.file)
    }

    /// The columns, declared ones before those of the files.
    func run() -> SourceColumns {
        var columns = knownColumns()
        checkDeclared(columns)
        if source.eventTime == nil { checkKnownTimeStandsAlone() }
        if let eventTime = source.eventTime { checkTime(eventTime, "eventTime", &columns) }
        if case .column(let knownTime) = source.knownTime { checkTime(knownTime, "knownTime", &columns) }
        return columns
    }

    private func knownColumns() -> SourceColumns {
        if let declared = source.columns {
            // A declared type that the files contradict is reported once, not again by each feature that uses it.
            let found = ByName((description?.columns ?? []).map { ($0.name, $0) })
            var columns = SourceColumns(
                columns: declared.map { column in
                    guard let file = found[column.name], let type = file.type, !file.reads(as: column.type) else {
                        return column
                    }
                    return ColumnSchema(name: column.name, type: type)
                })
            columns.found = found
            return columns
        }
        guard let description, !description.columns.isEmpty else { return SourceColumns(columns: nil) }
        var columns = SourceColumns(columns: [])
        columns.found = ByName(description.columns.map { ($0.name, $0) })
        for column in description.columns {
            if let type = column.type {
                columns.columns?.append(ColumnSchema(name: column.name, type: type))
            } else {
                columns.native[column.name] = column.nativeType
            }
        }
        return columns
    }

    /// Holds declared columns against those of the files.
    private func checkDeclared(_ columns: SourceColumns) {
        guard let declared = source.columns, let description, !description.columns.isEmpty else { return }
        for (index, column) in declared.enumerated() {
            let node = located.part("columns", index)
            guard let found = description.columns.first(where: { $0.name.isSame(as: column.name) }) else {
                let near = nearestName(to: column.name, among: description.columns.map(\.name))
                findings.error(
                    DefinitionCode.declaredColumns, "column '\(column.name)' is declared, and the files have none",
                    at: node.value("name")?.location ?? node.location,
                    help: near.map { "write '\($0)'" } ?? "delete it, or look at the path of the source")
                continue
            }
            let own = described?.columns.first { $0.name.isSame(as: column.name) }
            if found.reads(as: column.type) || own?.reads(as: column.type) == true { continue }
            findings.error(
                DefinitionCode.declaredColumns,
                "column '\(column.name)' is declared \(column.type), and is \(found.type?.name ?? found.nativeType) in the files",
                at: node.value("type")?.location ?? node.location, note: columns.origin(of: column.name),
                help: found.type.map { "write '\($0)'" }
                    ?? SourceColumns.castHelp(column.name, as: column.type, native: found.nativeType))
        }
    }

    private func checkKnownTimeStandsAlone() {
        for key in ["knownAfter", "knownTime", "firstSeen", "history"] {
            guard let entry = located.node.entry(key), located.node.entry("eventTime") == nil else { continue }
            findings.error(
                DefinitionCode.knownWithoutTime, "'\(key)' needs an 'eventTime'", at: entry.key.location,
                note: "a row without event time is always known",
                help: "add 'eventTime: ' and the column that says when a row happened")
        }
    }

    private func checkTime(_ column: String, _ key: String, _ columns: inout SourceColumns) {
        guard columns.columns != nil else {
            columns.skippedChecks += 1
            return
        }
        let place = located.place(key)
        if let native = columns.native[column] {
            findings.error(
                DefinitionCode.nativeType, "\(key) '\(column)' is \(native), which has no counterpart here", at: place,
                note: columns.origin(of: column),
                help: columns.found[column]?.conflict == nil
                    ? SourceColumns.timeHelp(column, nil, native: native)
                    : columns.help(forForeign: column, as: .timestamp))
        } else if let type = columns.type(of: column) {
            if checkFormat(of: column, key, &columns) { return }
            // A day is a time too: it is known when it is over.
            guard type != .timestamp, type != .date, columns.reads(column, as: .timestamp) != true else { return }
            findings.error(
                DefinitionCode.timeType, "\(key) '\(column)' is \(type), neither timestamp nor date", at: place,
                note: columns.origin(of: column),
                help: SourceColumns.timeHelp(column, type, native: type.name, key: key))
        } else {
            findings.error(
                DefinitionCode.unknownColumn, "source '\(source.name)' has no column '\(column)'", at: place,
                help: columns.help(for: column))
        }
    }

    /// Makes a column with a pattern a time; false while the column is not known yet.
    private func checkFormat(of column: String, _ key: String, _ columns: inout SourceColumns) -> Bool {
        guard source.text.ownFormat(of: column) != nil, let found = columns.found[column], !found.isText else {
            return false
        }
        let own = described?.columns.first { $0.name.isSame(as: column) }?.type
        let isWritten = located.node.value(key)?.entry("format") != nil
        if isWritten, own == .timestamp || own == .date {
            findings.error(
                DefinitionCode.exclusiveKeys,
                "\(key) '\(column)' is \(own?.name ?? "") in the files, and its 'format' would do nothing",
                at: located.place(key), help: "write '\(key): \(column)'")
            return true
        }
        guard own != found.type, let type = found.type,
            let index = columns.columns?.firstIndex(where: { $0.name.isSame(as: column) })
        else { return false }
        columns.columns?[index] = ColumnSchema(name: column, type: type)
        return true
    }
}
