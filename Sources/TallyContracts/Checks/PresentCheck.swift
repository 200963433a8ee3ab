// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The column exists in the data.
    static let present = Check(
        "present", .schema, fits: .any, "the declared column is in the data",
        rules: "names are case-sensitive; a column of another name is never taken for it"
    ) { promise, table in
        guard let column = promise.column else { return .unexecutable("a column", "the promise names no column") }
        if table[column] != nil { return .settled("the column is there", .kept, "it is there") }
        let near = nearestName(to: table.physicalName(column), among: table.found.map(\.name))
        return .settled(
            "the column is there", .broken, "there is no such column" + (near.map { "; '\($0)' is near" } ?? ""))
    }
}
