// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The values exist in another table.
    static let reference = Check(
        "reference", .table, fits: .any, "every combination of values is in another table of the contract",
        rules:
            "rows in which a column is null are left out; both tables are read as the contract declares them, and texts "
            + "compared by bytes; types that cannot be compared exactly, a text and a number among them, leave it "
            + "unexecuted, and so does a table whose data are not known"
    ) { promise, table in
        let columns =
            promise.arguments["columns"]?.arrayValue?.compactMap(\.stringValue) ?? promise.column.map { [$0] } ?? []
        let other = promise.arguments["object"]?.stringValue ?? ""
        let properties = promise.arguments["properties"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let promised = "values of \(other)"
        let found = columns.compactMap { table[$0]?.name }
        guard !columns.isEmpty, found.count == columns.count else { return .absent(promised, promise) }
        guard let reference = table.tables[other], properties.count == columns.count else {
            return .unexecutable(promised, "where the data of \(other) are is not known here")
        }
        let object = table.objects.first { $0.name == other }
        let names = properties.map { object?[column: $0]?.physicalName ?? $0 }
        let referred = ReferredColumns(reference, names, types: object?.textTypes ?? [])
        return Prepared(
            promised: promised,
            work: .measures([.rows, .orphans(found, referred)]) { measured in
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
