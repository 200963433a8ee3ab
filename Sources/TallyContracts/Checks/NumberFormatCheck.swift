// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The column's numbers fit the declared machine format.
    static let numberFormat = Check(
        "numberFormat", .row, fits: .any, "the numbers fit the declared format, `i8` to `u128`, `f32` or `f64`",
        rules: "integers are judged by their values, whatever type holds them; floats by the type of the column"
    ) { promise, table in
        let format = promise.arguments["format"]?.stringValue ?? ""
        let promised = "numbers of format \(format)"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        if format == "f32" || format == "f64" {
            let wanted: [DataType] = format == "f32" ? [.float32] : [.float32, .float64]
            return .settled(
                promised, wanted.contains(found.type) ? .kept : .broken, "the data hold \(found.nativeType)")
        }
        guard let bits = Int(format.dropFirst()), ["i", "u"].contains(format.prefix(1)), bits >= 8, bits <= 128,
            let bounds = IntegerFormat.bounds(bits: bits, isSigned: format.hasPrefix("i")),
            let test = bounds.test(for: found)
        else { return .unexecutable(promised, "a column of type \(found.nativeType) has no such format") }
        return .values(promised, found.name, [test], failing: "do not fit")
    }
}
