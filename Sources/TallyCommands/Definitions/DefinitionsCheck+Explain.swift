// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

extension DefinitionsCheck {
    /// Prints how each column of a source is read; ends with 1 where a value cannot be read.
    func explain(_ name: String) async throws {
        let reading = try await FeatureStore(root: report.root(), host: SystemClock.host).reading(ofSource: name)
        let (source, explanation) = (reading.source, reading.explanation)
        let nulls = source.text.nulls.isEmpty ? "none" : source.text.nulls.joined(separator: ", ")
        var table = TextTable(
            headings: ["column", "declared", "looks like", "nulls", "unreadable", "first"], flushRight: [3, 4])
        for column in explanation.columns {
            table.rows.append([
                column.name, column.declared?.name ?? "-", column.looksLike ?? "no file has it",
                column.nulls?.grouped ?? "-", column.unreadable?.grouped ?? "-", column.firstFailure ?? "-",
            ])
        }
        let json = JSON.object([
            ("source", .string(name)), ("text", source.text.json),
            (
                "columns",
                .array(
                    explanation.columns.map { column in
                        .object([
                            ("name", .string(column.name)), ("declared", .optional(column.declared?.name)),
                            ("looksLike", .optional(column.looksLike)),
                            ("nulls", column.nulls.map { .int(Int64($0)) } ?? .null),
                            ("unreadable", column.unreadable.map { .int(Int64($0)) } ?? .null),
                            ("firstFailure", .optional(column.firstFailure)),
                        ])
                    })
            ),
        ])
        Output.render(
            report.format == .json ? .json : .table,
            table: Output.text(["source \(name): words for no value beside the empty field: \(nulls)"] + table.lines),
            json: json)
        if explanation.columns.contains(where: { ($0.unreadable ?? 0) > 0 }) { throw ExitStatus.broken }
    }
}
