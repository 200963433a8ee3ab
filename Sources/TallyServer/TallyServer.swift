// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle

/// The HTTP server: vectors, the catalogue for people and programs, metrics; in Feast's shapes and its own.
///
/// A service: `run()` returns once it was told to stop (graceful shutdown) and the requests in flight are answered.
public struct TallyServer: Service {
    /// Told once the server listens: host and port, the one chosen by the system when 0 was asked for.
    public typealias Listening = @Sendable (_ host: String, _ port: Int) -> Void

    let front: Front
    private let settings: ServerSettings
    private let pace: any Clock<Duration>
    private let logger: Logger
    private let listening: Listening

    /// Puts a server together; nothing listens before `run()`.
    public init(
        _ parts: ServerParts, settings: ServerSettings = ServerSettings(), logger: Logger,
        listening: @escaping Listening = { _, _ in }
    ) {
        self.init(parts, settings: settings, logger: logger, pace: ContinuousClock(), listening: listening)
    }

    init(
        _ parts: ServerParts, settings: ServerSettings, logger: Logger, pace: any Clock<Duration>,
        listening: @escaping Listening = { _, _ in }
    ) {
        self.settings = settings
        self.pace = pace
        self.logger = logger
        self.listening = listening
        let metrics = Metrics()
        front = Front(
            parts: parts, settings: settings, book: CatalogueBook(serving: parts.serving, metrics: metrics),
            metrics: metrics, readiness: Readiness(), identifiers: RequestIdentifier(start: .random(in: 0 ... .max)),
            logger: logger)
    }

    /// Listens and answers until it is told to stop.
    ///
    /// Throws when the address cannot be bound. Requests that began before the signal to stop are answered.
    public func run() async throws {
        let threads = settings.threads ?? System.coreCount
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let front = front
        let server = try HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .nanoseconds(settings.idleTimeout.nanoseconds))
        ).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1_024),
            eventLoopGroup: loops, logger: Self.quiet(logger)
        ) { request, writer, _ in
            let response = await front.respond(to: request)
            try await writer.write(response: response.head, body: response.body)
        } onServerRunning: { channel in
            front.readiness.set(true)
            listening(settings.host, channel.localAddress?.port ?? settings.port)
        }
        let group = ServiceGroup(
            services: [
                Refresher(book: front.book, interval: settings.refreshInterval, clock: pace, logger: logger), server,
                Farewell(readiness: front.readiness, drain: settings.drain, clock: pace),
            ], logger: Self.quiet(logger))
        try await group.run()
        try await loops.shutdownGracefully()
    }

    /// The libraries' own lines are of no use beside ours.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(.error, logger.logLevel)
        return quiet
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
