// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// Rows become known soon after they happened.
    static let latency = Check(
        "latency", .moment, fits: .any,
        "a share of the rows (`quantile`, 0.99 unless written) is known no later than the limit after it "
            + "happened; without a known time the age of the newest row, as `freshness`",
        rules: "rows without one of the two times are left out; over no rows it is unproven"
    ) { promise, table in
        guard let event = table.object?.eventTime.flatMap({ table[$0] }),
            let known = table.object?.knownTime.flatMap({ table[$0] }), event.type == .timestamp,
            known.type == .timestamp
        else { return freshness(promise, table) }
        guard let limit = promise.arguments["limit"]?.exactValue else {
            return .unexecutable("a short delay", "there is no length of time")
        }
        let share = promise.arguments["quantile"].flatMap(Bounds.number).flatMap { Double($0.description) } ?? 0.99
        guard (0...1).contains(share) else { return .unexecutable("a short delay", "the quantile is no share of all") }
        let span = TimeSpan(microseconds: limit)
        return Prepared(
            promised: "\(Phrases.percent(share)) % of the rows known within \(span)",
            work: .measures([.lag(from: event.name, to: known.name, share)]) { measured in
                guard let lag = measured[0].numberValue, !lag.isNaN else { return .noEvidence("there are no rows") }
                return Judgement(
                    verdict: lag <= Double(limit) ? .kept : .broken,
                    observed: "known within \(TimeSpan(measured: lag).rounded)")
            })
    }
}
