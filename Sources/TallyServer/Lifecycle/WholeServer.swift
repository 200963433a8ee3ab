// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
internal import ServiceLifecycle

/// The library's server, which is done only when nothing of it is left that wants an event loop.
///
/// It shuts down in a task that is not awaited. What that task lets go last tells its loop so, and a loop that has
/// ended by then complains on standard error.
struct WholeServer: Service {
    let server: any Service

    private static let patience = Duration.seconds(1)

    /// Serves until it is stopped, and until that task is over.
    func run() async throws {
        try await server.run()
        guard !Task.isCancelled, let server = server as? any GracefulServer else { return }
        try? await server.shutdownGracefully()
        let end = ContinuousClock.now.advanced(by: Self.patience)
        while await !server.isShutDown, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(1), clock: .continuous)
        }
    }
}

/// A server that can be asked to shut down any number of times.
private protocol GracefulServer: Sendable {
    func shutdownGracefully() async throws

    /// Whether the first requested shutdown has ended; to be read once a shutdown was begun.
    var isShutDown: Bool { get async }
}

extension Server: GracefulServer {
    fileprivate var isShutDown: Bool {
        get async {
            // It tells by the error with which it refuses to run again.
            do {
                try await run()
            } catch Error.serverShutdown {
                return true
            } catch {
                return false
            }
            return true
        }
    }
}
