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
