// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The newest rows are new enough.
    static let freshness = Check(
        "freshness", .moment, fits: .any,
        "the newest row that is not in the future is no older than the limit; with `share`, so are the newest "
            + "rows of that share of the keys",
        rules: "rows dated in the future are left out, so that one stray row hides nothing; over no rows it is unproven"
    ) { promise, table in
        freshness(promise, table)
    }

    static func freshness(_ promise: Promise, _ table: TableContext) -> Prepared {
        let time: TimePromise
        switch TimePromise.read(promise, table) {
        case .failure(let obstacle): return .unexecutable("fresh rows", obstacle.reason)
        case .success(let read): time = read
        }
        let now = table.now
        if let share = promise.arguments["share"].flatMap(Bounds.number) {
            let keys = (table.object?.keys ?? []).compactMap { table[$0]?.name }
            guard !keys.isEmpty else { return .unexecutable("fresh keys", "the contract names no entity keys") }
            // A limit of centuries reaches back to before any time there is.
            let (start, overflow) = now.microseconds.subtractingReportingOverflow(time.limit.microseconds)
            let since = Timestamp(microseconds: overflow ? .min : start)
            return Prepared(
                promised: "rows of the last \(time.limit) for \(share * 100) % of the keys",
                work: .measures([.staleKeys(keys, time: time.column, since: since, now: now)]) { measured in
                    guard case .part(let stale, let all) = measured[0] else { return .noEvidence("no count was given") }
                    guard all > 0 else { return .noEvidence("there are no rows up to now") }
                    return Judgement(
                        verdict: DecimalNumber(all - stale) >= share * all ? .kept : .broken,
                        observed: "\(stale.grouped) of \(Phrases.count(all, "key")) have none")
                })
        }
        return Prepared(
            promised: "a row of the last \(time.limit)",
            work: .measures([.latest(time.column, notAfter: now)]) { measured in
                guard case .timestamp(let latest)? = measured[0].valueValue else {
                    return .noEvidence("there are no rows up to now")
                }
                let age = TimeSpan(from: latest, to: now)
                return Judgement(
                    verdict: age <= time.limit ? .kept : .broken,
                    observed: "the newest row up to now is \(age.rounded) old")
            })
    }
}
