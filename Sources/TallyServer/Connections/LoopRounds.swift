// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import Synchronization

/// The work of one loop that waits in its memory, in rounds between which the loop looks at its sockets.
///
/// A loop runs all tasks that it has before it looks for bytes and connections again, those too that the tasks gave it
/// meanwhile. Requests that wait behind others would keep it from that for as long as there are any. So each connection has
/// one turn a round, a round is short, and the pause behind it is as long as the round was.
final class LoopRounds {
    /// Has its turn in a round.
    typealias Turn = () -> Void

    /// How long a round may take, and how long a pause is at least.
    static let (longest, shortestPause) = (TimeAmount.milliseconds(4), TimeAmount.microseconds(20))

    private let loop: any EventLoop
    private var waiting: [Turn] = []
    private var isScheduled = false

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Has something done in the next round.
    func add(_ turn: @escaping Turn) {
        waiting.append(turn)
        if !isScheduled { schedule(after: Self.shortestPause) }
    }

    private func schedule(after pause: TimeAmount) {
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: pause) { self.run() }
    }

    private func run() {
        let start = loop.now
        let round = waiting
        waiting = []
        var count = 0
        while count < round.count, count == 0 || loop.now - start < Self.longest {
            round[count]()
            count += 1
        }
        // Who had no turn comes first in the next round.
        if count < round.count { waiting = round[count...] + waiting }
        isScheduled = false
        if !waiting.isEmpty { schedule(after: max(Self.shortestPause, loop.now - start)) }
    }

    /// The rounds of all loops of a server.
    final class Book: Sendable {
        private let known = Mutex<[ObjectIdentifier: NIOLoopBound<LoopRounds>]>([:])

        /// The rounds of the loop that runs this.
        func rounds(of loop: any EventLoop) -> LoopRounds {
            known.withLock { known in
                if let rounds = known[ObjectIdentifier(loop)] { return rounds }
                let rounds = NIOLoopBound(LoopRounds(loop), eventLoop: loop)
                known[ObjectIdentifier(loop)] = rounds
                return rounds
            }.value
        }
    }
}
