// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import Testing

@testable import TallyABI

/// What a forked child is made of; that it answers is tried in Python, which can fork.
@Suite struct ForkedChildTests {
    @Test func `handles of a child are none of its parent's`() throws {
        var (parent, child) = (HandleTable(), HandleTable(firstTurn: 1 << 31 | 1 << 24))
        let theirs = (0..<3).map { _ in parent.add(.cancellation(Cancellation())) }
        let ours = (0..<3).map { _ in child.add(.cancellation(Cancellation())) }
        #expect(Set(theirs).isDisjoint(with: ours))
        #expect(theirs.allSatisfy { child.held($0) == nil } && ours.allSatisfy { parent.held($0) == nil })
        let removed = ours.map { child.remove($0) != nil }
        #expect(removed == [true, true, true] && child.count == 0)
        // A place that is given out again gives another number.
        #expect(!ours.contains(child.add(.cancellation(Cancellation()))))
    }

    @Test func `work on a thread of its own comes back with its result, from many callers at once`() {
        let threads = (0..<8).map { number in OwnThread.run { number * number } }
        #expect(threads == (0..<8).map { $0 * $0 })
        let sum = Mutex(0)
        let inner = OwnThread.run { OwnThread.run { sum.withLock { $0 += 1 } } != nil }
        #expect(inner == true && sum.withLock { $0 } == 1)
    }

    @Test func `a lock keeps others out until it is let go, and is free once it is reset`() {
        let lock = ForkLock()
        let count = Mutex(0)
        lock.lock()
        lock.reset()
        #expect(lock.withLock { OwnThread.run { count.withLock { $0 += 1 } } } != nil)
        #expect(lock.withLock { true })
    }
}
