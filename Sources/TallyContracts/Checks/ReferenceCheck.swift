// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The values exist in another table.
    static let reference = Check(
        "reference", .table, "every combination of values is in another table of the contract",
        rules: "rows in which a column is null are left out; a table whose data are not known leaves it unexecuted"
    ) { promise, table in
        let names =
            promise.arguments["columns"]?.arrayValue?.compactMap(\.stringValue) ?? promise.column.map { [$0] } ?? []
        let other = promise.arguments["object"]?.stringValue ?? ""
        let properties = promise.arguments["properties"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let promised = "values of \(other)"
        let found = names.compactMap { table[$0]?.name }
        guard !names.isEmpty, found.count == names.count else { return .absent(promised, promise) }
        guard let reference = table.tables[other], properties.count == names.count else {
            return .unexecutable(promised, "where the data of \(other) are is not known here")
        }
        return Prepared(
            promised: promised,
            work: .measures([.rows, .orphans(found, reference, properties)]) { measured in
                guard let rows = measured[0].countValue, let orphans = measured[1].countValue else {
                    return .noEvidence("the engine gave no count")
                }
                guard rows > 0 else { return .noEvidence("there are no rows") }
                return Judgement(
                    verdict: orphans == 0 ? .kept : .broken,
                    observed: "\(orphans.grouped) of \(Phrases.count(rows, "row")) refer to nothing", rows: rows,
                    failing: orphans)
            })
    }
}
