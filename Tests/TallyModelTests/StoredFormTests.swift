// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct StoredFormTests {
    @Test func `definitions read back from their stored form`() throws {
        for node in RegistrySamples.chain() {
            #expect(PlanNode(json: try JSON(parsing: node.json.compactText)) == node)
        }
        #expect(PlanNode(json: .object([("kind", .string("Entity"))])) == nil)
    }

    @Test func `releases read back from their stored form, and their fingerprint with them`() throws {
        let release = RegistrySamples.release("s", "text", views: ["b", "a"])
        let read = try #require(Release(json: try JSON(parsing: release.json.compactText)))
        #expect(read == release)
        #expect(read.fingerprint == Fingerprint(of: release.json))
        #expect(release.parts.map(\.name) == ["a", "b"])
        #expect(Release(json: .null) == nil)
    }

    @Test func `the fingerprint of a release moves with anything in it`() {
        let one = RegistrySamples.release("s", "text")
        let others = [
            RegistrySamples.release("t", "text"), RegistrySamples.release("s", "other"),
            RegistrySamples.release("s", "text", views: ["v"]),
            Release(service: "s", fingerprints: one.fingerprints, columns: one.columns.reversed(), parts: one.parts),
        ]
        #expect(Set((others + [one]).map(\.fingerprint)).count == 5)
    }

    @Test func `a release answers once, and only after it waited`() {
        #expect(Release.State.candidate.canBecome(.serving))
        #expect(Release.State.candidate.canBecome(.retired))
        #expect(Release.State.serving.canBecome(.retired))
        for state in Release.State.allCases {
            #expect(!Release.State.retired.canBecome(state))
            #expect(!state.canBecome(.candidate))
            #expect(!state.canBecome(state))
        }
    }

    @Test func `a snapshot is named by its content, not by its times`() {
        let first = RegistrySamples.snapshot("s", at: 1, ["b", "a"])
        #expect(first.files.map(\.path) == ["a", "b"])
        #expect(RegistrySamples.snapshot("s", at: 9, ["a", "b"], firstSeen: 5).fingerprint == first.fingerprint)
        #expect(RegistrySamples.snapshot("s", at: 1, ["a"]).fingerprint != first.fingerprint)
    }
}
