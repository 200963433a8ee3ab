// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Logging
import ServiceLifecycle
import TallyModel
import Testing

@testable import TallyServer

/// A server that listens on a port of the system's choice while a test talks to it.
struct LiveServer: Sendable {
    let port: Int
    /// What the server counts, also after its end.
    let metrics: Metrics
    private let group: ServiceGroup

    /// Runs a server around a body, then stops it and waits until it is gone.
    static func run(
        _ parts: ServerParts, settings: ServerSettings = ServerSettings(),
        pace: any Clock<Duration> = ContinuousClock(),
        _ body: @Sendable (LiveServer) async throws -> Void
    ) async throws {
        var free = settings
        free.port = 0
        free.threads = 1
        let (ports, found) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "live") { _ in SwiftLogNoOpLogHandler() }
        let server = TallyServer(parts, settings: free, logger: logger, pace: pace) { _, port in found.yield(port) }
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { found.finish() }
                try await group.run()
            }
            var first: Int?
            for await port in ports {
                first = port
                break
            }
            if let first {
                do {
                    try await body(LiveServer(port: first, metrics: server.front.metrics, group: group))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Tells the server to stop, and returns at once.
    func stop() async { await group.triggerGracefulShutdown() }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Sends a request with curl: the status, a space, and the body.
    func curl(_ arguments: String...) async throws -> String {
        let curl = try #require(OutsideProgram.find("curl"), "curl is not installed")
        let outcome = try await OutsideProgram.run(curl, ["-sS", "-w", "\n%{http_code}"] + arguments)
        guard outcome.status == 0 else { return "curl \(outcome.status): \(outcome.errors)" }
        return outcome.output
    }

    /// Posts JSON with curl.
    func post(_ path: String, _ body: String) async throws -> String {
        try await curl("-H", "Content-Type: application/json", "-d", body, url(path))
    }
}
