// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ServiceLifecycle

/// Ends connections that wait for their clients once there is no more time for them, again and again until none is left.
///
/// Who has not taken its answer by then never will. One request after the other may come to wait, so looking once is not
/// enough. A connection with work in progress stays: a fill with a waiting client is finished.
final class LastCall: Service {
    /// The time that clients have to leave by themselves once every answer was sent.
    static let grace = Duration.seconds(1)
    private static let interval = Duration.milliseconds(50)

    private let connections: Connections
    private let calls: AsyncStream<Duration>
    private let call: AsyncStream<Duration>.Continuation

    init(_ connections: Connections) {
        self.connections = connections
        (calls, call) = AsyncStream.makeStream()
    }

    /// Begins to end them after some time.
    func begin(after pause: Duration) { call.yield(pause) }

    /// Waits for the signal to begin, and ends when it is stopped, which is after all connections are closed.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await pause in self.calls {
                try? await Task.sleep(for: pause, clock: .continuous)
                while !Task.isCancelled {
                    self.connections.closeWaiting()
                    try? await Task.sleep(for: Self.interval, clock: .continuous)
                }
            }
        }
    }
}
