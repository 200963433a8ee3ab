// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyContracts

/// What RE2 cannot say exactly, or refuses, has no engine text.
@Suite struct PatternEngineTextTests {
    @Test(arguments: [
        "\\B", "a?\\B", "(\\B|x)", "(?:\\Ba*){2}", "(a{40}){40}", "(?:(?:a{10}){10}){11}", "[^\\s\\d]{1000}",
    ])
    func `a pattern that RE2 reads otherwise or not at all has no engine text`(text: String) throws {
        #expect(try Pattern(text).engineText == nil)
    }

    @Test(arguments: [
        "a\\B", "\\Ba", "^\\B", "a{1000}", "(?:(?:a{10}){10}){10}", "(a*){1000}", "[a-z]{1,1000}", ".{999}",
    ])
    func `a pattern that RE2 reads has an engine text`(text: String) throws {
        #expect(try Pattern(text).engineText != nil)
    }
}
