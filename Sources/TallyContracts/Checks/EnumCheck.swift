// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The values are among those listed.
    static let `enum` = Check(
        "enum", .row, fits: .any, "values are among those listed",
        rules:
            "compared in the column's type, text by bytes; NaN passes and is for `finite` to refuse; null is no value"
    ) { promise, table in
        let values = promise.arguments["values"]?.arrayValue ?? []
        let promised = "one of \(Phrases.count(values.count, "value"))"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard let test = ValueList.among(values, found) else {
            return .unexecutable(promised, "not every listed value is one of \(found.nativeType)")
        }
        return .values(promised, found.name, [test], failing: "are not listed")
    }
}
