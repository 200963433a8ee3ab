// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct NearestNameTests {
    @Test func `a typo finds the name that was meant`() {
        let names = ["wind_speed", "wind_dir", "visib", "temp"]
        #expect(nearestName(to: "wind_sped", among: names) == "wind_speed")
        #expect(nearestName(to: "wnid_dir", among: names) == "wind_dir")
        #expect(nearestName(to: "VISIB", among: names) == "visib")
        #expect(nearestName(to: "tmep", among: names) == "temp")
    }

    @Test func `proposals end after as many comparisons as nobody waits for`() {
        var proposals = NameProposals()
        let names = (0..<2_000).map { "name_\($0)" }
        var found = 0
        for number in 0..<1_000 where proposals.nearest(to: "nmae_\(number)", among: names) != nil { found += 1 }
        #expect(found > 20 && found < 200, "\(found)")
        #expect(proposals.nearest(to: "nmae_1", among: ["name_1"]) == nil)
    }

    @Test func `bytes and characters are compared alike`() {
        #expect(nearestName(to: "Straße", among: ["strase", "STRASSE"]) == "strase")
        #expect(nearestName(to: "ab", among: ["ba"]) == "ba")
        #expect(nearestName(to: "abcdef", among: ["badcfe"]) == nil)
        #expect(nearestName(to: "abcdefghi", among: ["badcfeghi", "abcdefghij"]) == "abcdefghij")
    }

    @Test func `nothing is proposed for a name that is far from all`() {
        #expect(nearestName(to: "pressure", among: ["wind_speed", "temp"]) == nil)
        #expect(nearestName(to: "x", among: ["abc"]) == nil)
        #expect(nearestName(to: "name", among: []) == nil)
        #expect(nearestName(to: "", among: ["ab"]) == nil)
    }

    @Test func `the name itself is not a proposal, and ties go to the first in order`() {
        #expect(nearestName(to: "temp", among: ["temp"]) == nil)
        #expect(nearestName(to: "cat", among: ["car", "bat", "cap"]) == "bat")
        #expect(nearestName(to: "kind", among: ["kinds", "Kind"]) == "Kind")
    }
}
