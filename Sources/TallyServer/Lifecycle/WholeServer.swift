// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
internal import ServiceLifecycle

/// The library's server, which is done only when nothing of it is left that wants an event loop.
///
/// It shuts down in a task that nobody waits for. What that task lets go last tells its loop so, and a loop that has ended
/// by then complains on standard error.
struct WholeServer: Service {
    let server: any Service

    /// Serves until it is told to stop, and until that task is over.
    func run() async throws {
        try await server.run()
        guard !Task.isCancelled, let server = server as? any GracefulServer else { return }
        // The first call waits for the end of all connections beside that task, the second comes behind it.
        for _ in 0..<2 { try? await server.shutdownGracefully() }
    }
}

/// What can be asked to shut down any number of times, and says when it has.
private protocol GracefulServer: Sendable {
    func shutdownGracefully() async throws
}

extension Server: GracefulServer {}
