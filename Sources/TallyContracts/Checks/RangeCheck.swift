// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The values lie between bounds.
    static let range = Check(
        "range", .row, fits: .numbersAndTimes, "values lie within `minimum`, `maximum` and the exclusive bounds",
        rules:
            "bounds are closed unless exclusive and are read in the column's type; NaN is outside every range; null is no "
            + "value; decimals are compared digit by digit"
    ) { promise, table in
        let all = Bounds.all(promise.arguments)
        let promised = all.map(\.words).joined(separator: " and ")
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        let tests = all.compactMap { $0.test(for: found) }
        guard tests.count == all.count else {
            return .unexecutable(promised, "the bounds cannot be read as values of \(found.nativeType)")
        }
        return .values(promised, found.name, tests, failing: "are outside")
    }
}
