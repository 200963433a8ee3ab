// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyModel

@Suite struct LockHoldersTests {
    @Test func `holders are found by the file's number, those who wait are not among them`() {
        let text = """
            1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 0 EOF
            1: -> POSIX  ADVISORY  WRITE 4712 fd:01:1234 0 EOF
            2: FLOCK  ADVISORY  WRITE 4713 fd:01:1234 0 EOF
            3: POSIX  ADVISORY  READ 4711 fd:01:1234 120 120
            4: POSIX  ADVISORY  WRITE 4714 fd:01:99 0 EOF
            5: POSIX  ADVISORY  WRITE -1 fd:01:1234 0 EOF
            6: POSIX  nonsense
            """
        #expect(LockHolders.processes(text, on: ["fd:01:1234"]) == [4711, 4713])
        #expect(LockHolders.processes(text, on: []).isEmpty)
    }
}
