// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import Testing

@testable import TallyLMDB

@Suite struct MapGuardTests {
    @Test func `the map moves once for all who saw it too small`() throws {
        let mapGuard = MapGuard()
        let moves = try mapGuard.enter(.read)
        mapGuard.leave(.read)
        var count = 0
        for _ in 0..<3 { try mapGuard.moving(since: moves) { count += 1 } }
        #expect(count == 1)
        #expect(try mapGuard.enter(.write) == moves + 1)
        mapGuard.leave(.write)
    }

    @Test func `the map moves only while nobody is inside`() async throws {
        let (mapGuard, inside) = (MapGuard(), Inside())
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    for round in 0..<40 {
                        if worker < 2 {
                            try? mapGuard.moving(since: round) { inside.expectNobody() }
                        } else if (try? mapGuard.enter(worker == 2 ? .scan : .read)) != nil {
                            inside.count.add(1, ordering: .sequentiallyConsistent)
                            inside.count.subtract(1, ordering: .sequentiallyConsistent)
                            mapGuard.leave(worker == 2 ? .scan : .read)
                        }
                        await Task.yield()
                    }
                }
            }
        }
        let wasAlone = inside.wasAlone.load(ordering: .relaxed)
        #expect(wasAlone)
    }

    private final class Inside: Sendable {
        let count = Atomic(0)
        let wasAlone = Atomic(true)

        func expectNobody() {
            if count.load(ordering: .sequentiallyConsistent) != 0 { wasAlone.store(false, ordering: .relaxed) }
        }
    }

    @Test func `who is inside may get in once more while a move waits`() async throws {
        let mapGuard = MapGuard()
        let moves = try mapGuard.enter(.read)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                start.finish()
                try? mapGuard.moving(since: moves) {}
            }
            for await _ in starts {}
            for _ in 0..<20 {
                if (try? mapGuard.enter(.read)) != nil { mapGuard.leave(.read) }
                Pause.briefly()
            }
            mapGuard.leave(.read)
        }
        #expect(try mapGuard.enter(.read) == moves + 1)
        mapGuard.leave(.read)
    }

    @Test func `nobody gets in after a failed move`() async throws {
        let mapGuard = MapGuard()
        let broken = await failure { () throws(TallyError) in
            try mapGuard.moving(since: 0) { () throws(TallyError) in throw TallyError(.engine, "no room") }
        }
        #expect(broken?.message == "no room")
        for visit in [MapGuard.Visit.read, .scan, .write] {
            let error = await failure { () throws(TallyError) in _ = try mapGuard.enter(visit) }
            #expect(error?.code == .engine)
        }
        let again = await failure { () throws(TallyError) in try mapGuard.moving(since: 0) {} }
        #expect(again?.code == .engine)
    }
}
