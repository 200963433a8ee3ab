// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// No two rows have the same values.
    static let unique = Check(
        "unique", .table, fits: .keys, "no two rows have the same values in a column, or in some columns together",
        rules: "rows in which one of the columns is null are left out; NaN equals NaN; over no rows it is unproven"
    ) { promise, table in
        let names =
            promise.arguments["columns"]?.arrayValue?.compactMap(\.stringValue) ?? promise.column.map { [$0] } ?? []
        let promised = "no two rows alike in \(Phrases.names(names))"
        let found = names.compactMap { table[$0]?.name }
        guard !names.isEmpty, found.count == names.count else { return .absent(promised, promise) }
        return Prepared(
            promised: promised,
            work: .measures([.rows, .surplus(found)]) { measured in
                guard let rows = measured[0].countValue, let surplus = measured[1].countValue else {
                    return .noEvidence("the engine gave no count")
                }
                guard rows > 0 else { return .noEvidence("there are no rows") }
                return Judgement(
                    verdict: surplus == 0 ? .kept : .broken,
                    observed: surplus == 0
                        ? "no duplicates in \(Phrases.count(rows, "row"))"
                        : "\(surplus.grouped) of \(Phrases.count(rows, "row")) repeat another",
                    rows: rows, failing: surplus)
            })
    }
}
