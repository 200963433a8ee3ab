// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check that the column has exactly the type that the contract declares for its system.
    static let physicalType = Check(
        "physicalType", .schema, fits: .any, "the column is of the declared physical type",
        rules:
            "letter case, spaces and the common other names of a type do not matter (`INT` is `INTEGER`, `NUMERIC(1)` is "
            + "`DECIMAL(1,0)`); a name that is not known here is not executed, and neither is any in text files, which have no "
            + "physical types"
    ) { promise, table in
        let written = promise.arguments["type"]?.stringValue ?? ""
        let promised = "physical type \(written)"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard !found.isText else { return .unexecutable(promised, "files of text have no physical types") }
        let (name, native) = (PhysicalType.canonical(written), PhysicalType.canonical(found.nativeType))
        let isSame = PhysicalType.isSame(name, native)
        guard isSame || PhysicalType.isKnown(name) else {
            return .unexecutable(
                promised, "'\(written)' is no type that is known here; the data hold \(found.nativeType)")
        }
        return .settled(promised, isSame ? .kept : .broken, "the data hold \(found.nativeType)")
    }
}
