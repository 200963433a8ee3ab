// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyStore
import TallyTesting
import Testing

@Suite struct CheckupTests {
    @Test func `each state of the store's pages is told with what to do`() {
        #expect(Checkup.structure(nil).state == .kept)
        #expect(Checkup.structure(StoreStructure(.whole, pages: 3, bytes: 12_288)).state == .kept)
        let broken = Checkup.structure(StoreStructure(.damaged("page 7: its keys are out of order")))
        #expect(broken.state == .broken && broken.found.contains("page 7"))
        #expect(broken.advice?.description.contains("--full") == true)
        #expect(Checkup.structure(StoreStructure(.changing)).state == .unproven)
    }

    @Test func `a registry is missed where something was filled`() {
        #expect(Checkup.registry(nil, isFilled: false).state == .kept)
        #expect(Checkup.registry(nil, isFilled: true).state == .broken)
        #expect(Checkup.registry([], isFilled: true).state == .kept)
        let broken = Checkup.registry(["row 3 missing from index", "x"], isFilled: true)
        #expect(broken.state == .broken && broken.found == "2 problems; the first: row 3 missing from index")
    }

    @Test func `a disk must have room for the store once more, and for a little`() {
        #expect(Checkup.disk("disk", free: nil, needed: 0).state == .unproven)
        #expect(Checkup.disk("disk", free: 63 << 20, needed: 0).state == .broken)
        #expect(Checkup.disk("disk", free: 64 << 20, needed: 0).state == .kept)
        #expect(Checkup.disk("disk", free: 1 << 30, needed: 2 << 30).state == .broken)
        #expect(Checkup.disk("disk", free: 2 << 30, needed: 2 << 30).state == .kept)
    }

    @Test func `what was stored ahead of the clock is told, view by view`() {
        let generation = OnlineSamples.fill(.replace, "late", after: nil, until: 100).generation
        #expect(Checkup.clock(OnlineSamples.time(200), generations: [generation], lastRun: nil).map(\.state) == [.kept])
        let ahead = Checkup.clock(
            OnlineSamples.time(50), generations: [generation], lastRun: OnlineSamples.time(99))
        #expect(ahead.map(\.state) == [.broken, .broken])
        #expect(ahead[0].found.contains("view late") && ahead[0].advice?.description.contains("late --full") == true)
        for extreme in [Timestamp.distantPast, Timestamp(microseconds: .max), Timestamp(microseconds: .min)] {
            _ = Checkup.clock(extreme, generations: [generation], lastRun: extreme)
        }
    }

    @Test func `an older store, another one, and one that the registry does not know are told`() {
        func generation(_ number: Int, until: Int = 100) -> OnlineGeneration {
            OnlineSamples.fill(.replace, "v", after: nil, until: until).generation.numbered(
                number, keys: 1, digest: nil)
        }
        func run(_ generation: OnlineGeneration) -> RunRecord {
            RunRecord(
                command: "materialize", subject: "v", startedAt: OnlineSamples.time(5), duration: .zero,
                identity: Fingerprint(of: generation.json),
                summary: .null, detail: .fill(generation: Int64(generation.number)))
        }
        func told(_ stored: [OnlineGeneration], _ last: RunRecord?, isApplied: Bool = true) -> HealthFinding? {
            Checkup.fill("v", generations: stored, last: last, isApplied: isApplied)
        }
        #expect(told([generation(3)], run(generation(3))) == nil)
        #expect(told([generation(9, until: 1), generation(3)], run(generation(3))) == nil)
        #expect(told([], nil) == nil)
        #expect(told([], run(generation(3)), isApplied: false) == nil)
        let older = told([generation(2)], run(generation(3)))
        #expect(older?.state == .broken && older?.found.contains("an older store") == true)
        let other = told([generation(3, until: 99)], run(generation(3)))
        #expect(other?.state == .broken && other?.found.contains("another generation 3") == true)
        for unproven in [
            told([generation(4)], run(generation(3))), told([generation(1)], nil), told([], run(generation(3))),
        ] {
            #expect(unproven?.state == .unproven && unproven?.advice?.description.contains("materialize v") == true)
        }
    }

    @Test func `leftovers are told and break nothing`() {
        #expect(Checkup.leftovers([], bytes: 0, isCut: false).advice == nil)
        #expect(Checkup.leftovers([], bytes: 0, isCut: true).state == .unproven)
        let some = Checkup.leftovers(["a.partial-1-1", "b.partial-1-2"], bytes: 7, isCut: false)
        #expect(some.state == .kept && some.found.contains("a.partial-1-1") && some.advice != nil)
    }

    @Test func `a view is proved by a walk, unproven without a digest, and broken by a damaged cell`() async throws {
        let store = InMemoryOnlineStore()
        let key = OnlineSamples.key(1)
        let fill = OnlineSamples.fill(.replace, after: nil, until: 1)
        let filled = try await store.fill(fill, [key: [OnlineSamples.row(1, [1])]]).generation
        let proved = try await ViewProof.prove(filled, in: store)
        #expect(proved.state == .kept && proved.what == "view v")
        let old = filled.numbered(1, keys: 1, digest: nil)
        let unproven = try await ViewProof.prove(old, in: store)
        #expect(unproven.state == .unproven && unproven.advice?.description.contains("--full") == true)
        #expect(store.damage(OnlineSamples.storage(), key) { $0[3] ^= 1 })
        let broken = try await ViewProof.prove(filled, in: store)
        #expect(broken.state == .broken && broken.advice?.description.contains("--full") == true)
    }
}
