// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The column has no NaN and no infinity, as its policies say.
    static let finite = Check(
        "finite", .row, fits: .floats, "no value is NaN or infinite where `nanPolicy` and `infPolicy` are `reject`",
        rules: "both policies are `reject` unless written; NaN is no null; columns without NaN keep it by their type"
    ) { promise, table in
        let nan = promise.arguments["nan"]?.stringValue ?? "reject"
        let infinity = promise.arguments["infinity"]?.stringValue ?? "reject"
        let refused = (nan == "reject" ? ["NaN"] : []) + (infinity == "reject" ? ["infinity"] : [])
        let promised = refused.isEmpty ? "NaN and infinity are allowed" : "no \(refused.joined(separator: " and no "))"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        if nan == "null" || infinity == "null" {
            return .unexecutable(promised, "counting NaN or infinity as missing is not done; choose reject or allow")
        }
        let test = RowTest.Kind.finite(refusesNaN: nan == "reject", refusesInfinity: infinity == "reject")
        switch found.type {
        case .float32, .float64, .array(.float32), .array(.float64):
            guard !refused.isEmpty else { return .settled(promised, .kept, "every number is allowed") }
            return .values(promised, found.name, [test], failing: "are \(refused.joined(separator: " or "))")
        case .bool, .int32, .int64, .string, .bytes, .timestamp, .date, .array:
            return .settled(promised, .kept, "\(found.nativeType) has neither")
        }
    }
}
