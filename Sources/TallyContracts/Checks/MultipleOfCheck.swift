// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The numbers are multiples of one.
    static let multipleOf = Check(
        "multipleOf", .row, fits: .numbers, "numbers are whole multiples of `multipleOf`",
        rules:
            "judged on the shortest decimal text of a value, so that 0.3 is a multiple of 0.1; NaN passes, infinity fails"
    ) { promise, table in
        let value = promise.arguments["value"] ?? .null
        let promised = "a multiple of \(value.compactText)"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard let divisor = Bounds.number(value), !divisor.isZero, !divisor.isNegative else {
            return .unexecutable(promised, "it is no number above zero")
        }
        guard found.type.isNumeric || found.isDecimal else {
            return .unexecutable(promised, "\(found.nativeType) is no number")
        }
        return .values(promised, found.name, [.multipleOf(divisor)], failing: "are no multiple")
    }
}
