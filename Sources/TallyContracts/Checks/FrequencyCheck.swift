// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// Rows keep coming.
    static let frequency = Check(
        "frequency", .moment, fits: .any,
        "there is no gap longer than the limit between one row's time and the next, nor up to now",
        rules: "rows dated in the future are left out; over no rows it is unproven"
    ) { promise, table in
        let time: TimePromise
        switch TimePromise.read(promise, table) {
        case .failure(let obstacle): return .unexecutable("no long gap", obstacle.reason)
        case .success(let read): time = read
        }
        return Prepared(
            promised: "a row every \(time.limit)",
            work: .measures([.longestGap(time.column, until: table.now)]) { measured in
                guard let gap = measured[0].numberValue, !gap.isNaN else {
                    return .noEvidence("there are no rows up to now")
                }
                return Judgement(
                    verdict: gap <= Double(time.limit.microseconds) ? .kept : .broken,
                    observed: "the longest gap is \(TimeSpan(measured: gap).rounded)")
            })
    }
}
