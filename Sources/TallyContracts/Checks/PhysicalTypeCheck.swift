// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The column has the very type that its system is said to hold it in.
    static let physicalType = Check(
        "physicalType", .schema, "the column is of the declared physical type",
        rules:
            "letter case, spaces and the common other names of a type do not matter (`INT` is `INTEGER`); text files have no "
            + "physical types, so there it is not executed"
    ) { promise, table in
        let written = promise.arguments["type"]?.stringValue ?? ""
        let promised = "physical type \(written)"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard !found.isText else { return .unexecutable(promised, "files of text have no physical types") }
        let isSame = PhysicalType.canonical(written) == PhysicalType.canonical(found.nativeType)
        return .settled(promised, isSame ? .kept : .broken, "the data hold \(found.nativeType)")
    }
}
