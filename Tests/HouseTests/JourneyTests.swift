// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// The journeys of `Sources/JOURNEYS.md` lead through files and functions that are there.
@Suite struct JourneyTests {
    @Test func `each step of a journey names a file and a function of it`() throws {
        let journeys = try #require(SourceTree.read("Sources/JOURNEYS.md"))
        var steps = 0
        for line in journeys.split(separator: "\n") {
            guard let (_, path, name) = line.firstMatch(of: #/^ *([A-Za-z\/+]+\.swift): ([A-Za-z]+)/#)?.output else {
                continue
            }
            steps += 1
            let text = SourceTree.read("Sources/\(path)") ?? ""
            #expect(
                text.contains("func \(name)("), "Sources/JOURNEYS.md: Sources/\(path) has no function \(name)")
        }
        #expect(steps > 25, "\(steps) steps")
    }
}
