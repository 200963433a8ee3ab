// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct ReactionTests {
    @Test(arguments: 0...100) func `a reaction's limit is not reached by exactly its share`(_ percent: Int) {
        let promise = Promise(
            id: "p", object: "t", check: "range", reaction: Reaction(.quarantine, upTo: Double(percent) / 100))
        func action(failing: Int) -> Reaction.Action {
            let evidence = Finding.Evidence(method: .rows, rows: 100, failing: failing)
            let finding = Finding(
                promise: promise, verdict: .broken, observed: "", promised: "", evidence: evidence, scope: .row)
            return Decision(on: [finding], by: Contract(id: "c", version: "1.0.0", objects: [])).action
        }
        #expect(action(failing: percent) == .quarantine)
        #expect(action(failing: percent + 1) == .block)
    }
}
