// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Stops waiting for bodies that do not arrive: once their time is over, their connections are no longer read.
final class BodyWatch: Service {
    private struct Waiting: Sendable {
        let channel: any Channel
        let since: ContinuousClock.Instant
    }

    private let readiness: Readiness
    private let limit: Duration
    /// The time that a body may still take once the server is to stop.
    private let limitAtEnd: Duration
    private let interval: Duration
    /// The time of its last check, in nanoseconds of the loops' clock; zero before the first one.
    private let lastLook = Atomic<UInt64>(0)
    private let state = Mutex<(last: Int, waiting: [Int: Waiting])>((0, [:]))

    init(
        _ readiness: Readiness, limit: Duration, limitAtEnd: Duration = .seconds(1),
        interval: Duration = .milliseconds(200)
    ) {
        self.readiness = readiness
        self.limit = limit
        self.limitAtEnd = min(limit, limitAtEnd)
        self.interval = interval
    }

    /// Whether it did not have its turn for long: then no other task has its turn either.
    func isBehind(at now: NIODeadline = .now()) -> Bool {
        let last = lastLook.load(ordering: .relaxed)
        return last > 0 && now.uptimeNanoseconds > last && now.uptimeNanoseconds - last > Self.longestPause
    }

    private static let longestPause: UInt64 = 30_000_000_000

    /// Notes that a request waits for a body; the number is for `end`.
    func begin(_ channel: any Channel) -> Int {
        state.withLock { state in
            state.last += 1
            state.waiting[state.last] = Waiting(channel: channel, since: .now)
            return state.last
        }
    }

    /// Removes a request that no longer waits.
    func end(_ number: Int) { _ = state.withLock { $0.waiting.removeValue(forKey: number) } }

    /// Reads and drops the rest of a request's body; false when it does not end in time.
    func swallow(_ channel: any Channel) async -> Bool {
        let ticket = begin(channel)
        defer { end(ticket) }
        return (try? await channel.triggerUserOutboundEvent(Manners.Swallow()).get()) != nil
    }

    /// Watches waiting requests until it is stopped, which is after all connections are closed.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: self.interval, clock: .continuous)
                self.sweep()
            }
        }
    }

    private func sweep() {
        lastLook.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
        let limit = readiness.isLeaving ? limitAtEnd : limit
        let late = state.withLock { state in
            let late = state.waiting.filter { $0.value.since.duration(to: .now) > limit }
            for number in late.keys { state.waiting.removeValue(forKey: number) }
            return late
        }
        for waiting in late.values {
            // A socket whose input is closed can only be closed at once, which would take the answer down with it.
            waiting.channel.pipeline.fireUserInboundEventTriggered(InputGivenUp())
        }
    }
}
