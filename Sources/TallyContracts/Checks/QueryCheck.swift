// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// A query gives a number that keeps a threshold.
    static let sql = Check(
        "sql", .table, fits: .any, "the number that a read-only query gives keeps a threshold",
        rules:
            "one statement in DuckDB's SQL; `{object}` is the table and `{property}` the column; text is read as the contract "
            + "declares it, and what cannot be read so is null; what is no number is an error"
    ) { promise, table in
        guard let written = promise.arguments["query"]?.stringValue, let comparison = Comparison(promise.arguments)
        else {
            return .unexecutable("a query's number", "it needs a query and an operator with a number")
        }
        guard let own = table.tables[promise.object].map(table.asRead) else {
            return .unexecutable("a query's number", "where the data of \(promise.object) are is not known here")
        }
        let query = Check.filled(
            written, object: promise.object.quoted(by: "\""),
            column: promise.column.map { table.physicalName($0).quoted(by: "\"") } ?? "")
        return Prepared(
            promised: "a query's number \(comparison.words)",
            work: .measures([.query(query, table.tables.merging([promise.object: own]) { $1 })]) { measured in
                guard let number = measured[0].numberValue else { return .noEvidence("the query gave no number") }
                return Judgement(
                    verdict: comparison.holds(number) ? .kept : .broken, observed: Phrases.number(number))
            })
    }

    /// The query with its places filled, in one pass: a name that looks like a place is a name.
    private static func filled(_ written: String, object: String, column: String) -> String {
        let places: [(String, String)] =
            ["object", "table", "model", "schema"].map { ($0, object) }
            + ["property", "column", "field"].map { ($0, column) }
        let spelled = places.flatMap { [("${\($0)}", $1), ("{\($0)}", $1)] }
        var rest = written.utf8[...]
        var query: [UInt8] = []
        while let byte = rest.first {
            if let (place, name) = spelled.first(where: { rest.starts(with: $0.0.utf8) }) {
                query += Array(name.utf8)
                rest = rest.dropFirst(place.utf8.count)
            } else {
                query.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: query, as: UTF8.self)
    }
}

extension TableContext {
    /// A reference to this table whose text is read as all other promises read it: as the types that are promised.
    ///
    /// What a column looks like is a guess where a type is declared. What cannot be read breaks the promise about its type, and
    /// is null for a query.
    fileprivate func asRead(_ own: TableReference) -> TableReference {
        let text = found.filter(\.isText)
        guard !text.isEmpty else { return own }
        return own.reading(text.map { ColumnSchema(name: $0.name, type: $0.type) })
    }
}

extension TableReference {
    fileprivate func reading(_ types: [ColumnSchema]) -> TableReference {
        TableReference(
            rows: rows, timeZone: timeZone, text: text, types: types, takesTextAsText: takesTextAsText,
            partitions: partitions
        ).readingUnreadableAsNull
    }
}
