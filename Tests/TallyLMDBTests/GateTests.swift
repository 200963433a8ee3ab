// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import Testing

@testable import TallyLMDB

@Suite struct GateTests {
    @Test func `the map moves once for all who saw it too small`() throws {
        let gate = Gate()
        let moves = try gate.enter(.read)
        gate.leave(.read)
        var count = 0
        for _ in 0..<3 { try gate.moving(since: moves) { count += 1 } }
        #expect(count == 1)
        #expect(try gate.enter(.write) == moves + 1)
        gate.leave(.write)
    }

    @Test func `the map moves only while nobody is inside`() async throws {
        let (gate, inside) = (Gate(), Inside())
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    for round in 0..<40 {
                        if worker < 2 {
                            try? gate.moving(since: round) { inside.expectNobody() }
                        } else if (try? gate.enter(worker == 2 ? .scan : .read)) != nil {
                            inside.count.add(1, ordering: .sequentiallyConsistent)
                            inside.count.subtract(1, ordering: .sequentiallyConsistent)
                            gate.leave(worker == 2 ? .scan : .read)
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
        let gate = Gate()
        let moves = try gate.enter(.read)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                start.finish()
                try? gate.moving(since: moves) {}
            }
            for await _ in starts {}
            for _ in 0..<20 {
                if (try? gate.enter(.read)) != nil { gate.leave(.read) }
                Pause.briefly()
            }
            gate.leave(.read)
        }
        #expect(try gate.enter(.read) == moves + 1)
        gate.leave(.read)
    }

    @Test func `nobody gets in after a failed move`() async throws {
        let gate = Gate()
        let broken = await failure { () throws(TallyError) in
            try gate.moving(since: 0) { () throws(TallyError) in throw TallyError(.engine, "no room") }
        }
        #expect(broken?.message == "no room")
        for visit in [Gate.Visit.read, .scan, .write] {
            let error = await failure { () throws(TallyError) in _ = try gate.enter(visit) }
            #expect(error?.code == .engine)
        }
        let again = await failure { () throws(TallyError) in try gate.moving(since: 0) {} }
        #expect(again?.code == .engine)
    }
}
