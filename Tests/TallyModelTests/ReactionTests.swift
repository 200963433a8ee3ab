// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct ReactionTests {
    @Test(arguments: 0...100) func `a reaction's limit is not reached by exactly its share`(_ percent: Int) {
        let reaction = Reaction(.quarantine, upTo: Double(percent) / 100)
        #expect(reaction.action(failing: percent, of: 100) == .quarantine)
        #expect(reaction.action(failing: percent + 1, of: 100) == .block)
    }
}
