// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// A query gives a number that keeps a threshold.
    static let sql = Check(
        "sql", .table, fits: .any, "the number that a read-only query gives keeps a threshold",
        rules:
            "one statement in DuckDB's SQL; `{object}` is the table and `{property}` the column; what is no number is an error"
    ) { promise, table in
        guard let written = promise.arguments["query"]?.stringValue, let comparison = Comparison(promise.arguments)
        else {
            return .unexecutable("a query's number", "it needs a query and an operator with a number")
        }
        guard let own = table.tables[promise.object] else {
            return .unexecutable("a query's number", "where the data of \(promise.object) are is not known here")
        }
        var query = written
        let quoted = { (name: String) in
            "\""
                + name.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }
        for place in ["object", "table", "model", "schema"] {
            query = query.replacing("${\(place)}", with: quoted(promise.object))
            query = query.replacing("{\(place)}", with: quoted(promise.object))
        }
        for place in ["property", "column", "field"] {
            let name = promise.column.map { quoted(table.physicalName($0)) } ?? ""
            query = query.replacing("${\(place)}", with: name).replacing("{\(place)}", with: name)
        }
        return Prepared(
            promised: "a query's number \(comparison.words)",
            work: .measures([.query(query, table.tables.merging([promise.object: own]) { $1 })]) { measured in
                guard let number = measured[0].numberValue else { return .noEvidence("the query gave no number") }
                return Judgement(
                    verdict: comparison.holds(number) ? .kept : .broken, observed: Phrases.number(number))
            })
    }
}
