// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

@testable import TallyContracts

@Suite struct SemanticVersionTests {
    @Test func `the version after the largest one is none, and nothing is counted beyond it`() throws {
        for text in [
            "9223372036854775807.0.0", "0.9223372036854775807.0", "1.0.9223372036854775807", "1.0.-1",
            "99999999999999999999.0.0",
        ] {
            #expect(SemanticVersion(text) == nil, "\(text)")
        }
        let large = try #require(SemanticVersion("9223372036854775806.9223372036854775806.9223372036854775806"))
        for bump in VersionBump.allCases { #expect(large.bumped(by: bump) >= large, "\(bump)") }
        let first = try #require(SemanticVersion("0.9223372036854775806.0"))
        #expect(first.bumped(by: .major).description == "0.9223372036854775807.0")
    }
}
