// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct DecisionTests {
    private func finding(
        _ action: Reaction.Action, _ verdict: Verdict = .broken, scope: Finding.Scope = .row
    ) -> Finding {
        Finding(
            promise: Promise(id: action.rawValue, object: "t", check: "range", reaction: Reaction(action)),
            verdict: verdict, observed: "", promised: "",
            evidence: Finding.Evidence(method: .rows, rows: 10, failing: 1), scope: scope)
    }

    private func decide(_ findings: [Finding]) -> Decision {
        Decision(on: findings, by: Contract(id: "c", version: "1.0.0", objects: []))
    }

    @Test func `nothing broken admits every row`() {
        for verdict in [Verdict.kept, .unproven] {
            let decision = decide(Reaction.Action.allCases.map { finding($0, verdict) })
            #expect(decision.outcome == .admits && decision.action == .accept)
            #expect(decision.responses.allSatisfy { $0.action == nil })
        }
        #expect(decide([]).outcome == .admits)
    }

    @Test func `warnings and defaults let every row in`() {
        let decision = decide([finding(.accept), finding(.warn), finding(.serveDefault)])
        #expect(decision.outcome == .admits && decision.action == .serveDefault)
    }

    @Test func `one promise that stops everything refuses what others would set aside`() {
        let aside = decide([finding(.quarantine), finding(.warn)])
        #expect(aside.outcome == .setsAside(aside.setAside) && aside.setAside.map(\.id) == ["quarantine"])
        let refused = decide([finding(.quarantine), finding(.block), finding(.rollback)])
        guard case .refuses(let refusal) = refused.outcome else {
            Issue.record("\(refused.outcome)")
            return
        }
        #expect(refusal.finding.promise.id == "block" && refusal.others == 1 && !refusal.isRollback)
        #expect(refused.setAside.map(\.id) == ["quarantine"])
        guard case .refuses(let first) = decide([finding(.rollback), finding(.block)]).outcome else { return }
        #expect(first.isRollback)
    }

    @Test(arguments: Finding.Scope.allCases)
    func `only rows that are judged one by one are set aside`(_ scope: Finding.Scope) {
        #expect(decide([finding(.quarantine, scope: scope)]).action == (scope == .row ? .quarantine : .block))
    }
}
