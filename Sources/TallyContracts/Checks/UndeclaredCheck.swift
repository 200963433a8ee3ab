// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check that the data have only columns that the contract declares.
    static let undeclared = Check(
        "undeclared", .schema, fits: .any, "every column of the data is declared",
        rules: "names are case-sensitive; a warning unless `extraColumns` says otherwise"
    ) { _, table in
        let promised = "no undeclared columns"
        guard let object = table.object else { return .unexecutable(promised, "no columns are declared") }
        let declared = Set(object.columns.map { table.physicalName($0.name) })
        let names = table.found.map(\.name) + table.unread.map(\.name)
        let extra = names.filter { !declared.contains($0) }
        if extra.isEmpty { return .settled(promised, .kept, "all \(names.count) columns are declared") }
        return .settled(promised, .broken, "undeclared: \(Phrases.names(extra))")
    }
}
