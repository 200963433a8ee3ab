// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// No time lies in the future.
    static let notInFuture = Check(
        "notInFuture", .row, fits: .any, "no time is later than now, plus `maxFutureSkew`",
        rules: "now is when the check begins; null is no time"
    ) { promise, table in
        let column = promise.column ?? promise.arguments["column"]?.stringValue ?? ""
        let skew = promise.arguments["skew"]?.exactValue ?? 0
        let promised = "no time in the future" + (skew > 0 ? " by more than \(TimeSpan(microseconds: skew))" : "")
        guard let found = table[column] else { return .absent(promised, promise) }
        guard found.type == .timestamp else {
            return .unexecutable(promised, "\(found.nativeType) is no instant")
        }
        let (limit, overflow) = table.now.microseconds.addingReportingOverflow(skew)
        return .values(
            promised, found.name, [.integers(.min...(overflow ? .max : limit))], failing: "lie in the future")
    }
}
