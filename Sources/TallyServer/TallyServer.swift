// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import TallyModel

/// The HTTP server: vectors, the catalogue for people and programs, metrics; in Feast's shapes and its own.
///
/// A service: `run()` returns once it was told to stop (graceful shutdown) and the requests in flight are answered.
public struct TallyServer: Service {
    /// Called once the server listens, with host and port; the system chose the port when 0 was asked for.
    public typealias Listening = @Sendable (_ host: String, _ port: Int) -> Void

    let front: Front
    private let settings: ServerSettings
    private let pace: any Clock<Duration>
    private let logger: Logger
    private let listening: Listening
    private let connections: Connections

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
        connections = Connections(limit: settings.mostConnections)
        let metrics = Metrics()
        let book = CatalogueCache(serving: parts.serving, metrics: metrics)
        front = Front(
            parts: parts, settings: settings, book: book, metrics: metrics, readiness: Readiness(),
            desk: MaterializationDesk(
                materializer: parts.materializer, book: book, logger: logger,
                turns: SourceLane(most: settings.mostSourceReadsAtOnce, waiting: settings.mostSourceReadsWaiting)),
            identifiers: RequestIdentifier(start: .random(in: 0 ... .max)), logger: logger, connections: connections)
    }

    /// Listens and answers until it is stopped.
    ///
    /// Throws `E-misuse` when the address cannot be listened at, or may not be: one that others reach asks for a token or for
    /// the settings to say that everybody may come in. Requests that began before the signal to stop are answered,
    /// and materializations that were accepted are finished.
    public func run() async throws {
        try checkAddress()
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads ?? System.coreCount)
        let scrubber = Scrubber(
            parts: front.parts, book: front.scrubs, interval: settings.scrubInterval, clock: pace, logger: logger)
        let lastCall = LastCall(connections)
        let group = ServiceGroup(
            services: (settings.scrubInterval > .zero ? [scrubber] : []) + [
                Refresher(
                    book: front.book, readiness: front.readiness, interval: settings.refreshInterval, clock: pace,
                    logger: logger),
                Locksmith(
                    locks: Locks(
                        door: front.parts.door, certificates: front.parts.certificates, clock: front.parts.clock),
                    interval: settings.refreshInterval, clock: pace, logger: logger),
                front.desk, front.bodies, lastCall, WholeServer(server: try server(on: loops)),
                Farewell(
                    readiness: front.readiness, drain: settings.drain, patience: settings.deadline, clock: pace,
                    lastCall: lastCall),
            ], logger: quiet)
        do {
            try await group.run()
        } catch {
            try await end(loops)
            guard !front.readiness.wasReady else { throw error }
            throw TallyError(
                .misuse, "cannot listen at \(settings.host):\(settings.port)",
                help: "another process may use the port: choose one with `--port`, or 0 for any that is free",
                underlying: "\(error)")
        }
        try await end(loops)
    }

    /// Ends the loops once nothing is left to do for them.
    ///
    /// The last connections tell the listener's loop that they are closed. A loop that ended before takes no such word.
    private func end(_ loops: MultiThreadedEventLoopGroup) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(1))
        while connections.count > 0, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(2), clock: .continuous)
        }
        for _ in 0..<2 { for loop in loops.makeIterator() { try await loop.submit {}.get() } }
        try await loops.shutdownGracefully()
    }

    /// Refuses to open the store to the network by accident.
    func checkAddress() throws(TallyError) {
        guard !settings.staysOnThisMachine, !front.parts.door.isLocked, !settings.isOpenToEverybody else { return }
        throw TallyError(
            .misuse,
            "at \(settings.host) everybody who reaches this machine could read all features and fill the store",
            help:
                "make a token with `\(.tokenCreate(name: "NAME", scope: "read"))` and every request will need one; else listen at "
                + "127.0.0.1, or add --open-to-everybody")
    }

    /// The number of connections that the system keeps until they are accepted: more than may be open.
    ///
    /// The system drops further connections silently, and their clients try again after a second.
    private static let backlog = 4_096

    private func server(on loops: MultiThreadedEventLoopGroup) throws -> any Service {
        let (front, settings, listening, connections) = (front, settings, listening, connections)
        let idleTimeout = TimeAmount.nanoseconds(settings.idleTimeout.nanoseconds)
        let certificates = front.parts.certificates
        let (logger, longestRest) = (logger, settings.longestBodyBytes * Front.toleratedExcess)
        // Bodies have the budget of requests. Whoever fills this one keeps out nobody but who sends long heads.
        let unread = MemoryBudget(limit: settings.memoryBytes / 8, largeBytes: .max)
        let rounds = LoopRounds.Book()
        return try HTTPServerBuilder { responder in
            let plain = ServedChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: .init(idleTimeout: idleTimeout, httpDecoderConfiguration: RequestFraming.limits)),
                connections: connections, longestRest: longestRest, unread: unread, rounds: rounds,
                probe: { front.probed($0) })
            guard let certificates else { return plain }
            return EncryptedChannel(base: plain, certificates: certificates)
        }.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: Self.backlog,
                availableConnectionsDelegate: Admittance(connections: connections)),
            eventLoopGroup: loops, logger: quiet
        ) { request, writer, channel in
            front.readiness.begin()
            defer { front.readiness.end() }
            if request.headers[.expect]?.lowercased() == "100-continue", front.letsIn(request) {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            // Memory and places are held until the answer is sent or the connection ended, and not longer.
            let stay = front.begin(on: channel)
            defer { stay.end() }
            let response = await front.respond(to: request, stay)
            try await writer.write(response: response.head, body: response.body)
            let isLast = response.headers[.connection] == "close" || request.wantsClose
            // What was not sent yet is lost when a connection is closed, and counts as memory.
            if isLast || !channel.isWritable || response.body.contentLength ?? 0 >= settings.largeBytes {
                await Self.waitUntilSent(channel, settings.idleTimeout)
            }
            // The connection is ended such that the client gets its answer, whatever it still sends.
            if isLast { throw Hangup() }
            if request.hasBody, request.method != .post || response.status.code >= 400 {
                // Part of the body may be on its way yet. What stands behind it is the next request.
                guard await front.bodies.swallow(channel) else { throw Hangup() }
            }
        } onServerRunning: { channel in
            try? await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(AcceptPause(connections, logger), position: .first)
            }.get()
            let port = channel.localAddress?.port ?? settings.port
            front.listener.set(port)
            front.readiness.set(true)
            listening(settings.host, port)
        }
    }

    /// Waits until the system has taken all bytes of a connection's answers, or nothing was taken for too long.
    private static func waitUntilSent(_ channel: any Channel, _ limit: Duration) async {
        var end = ContinuousClock.now.advanced(by: limit)
        var last = 0
        var pause = Duration.milliseconds(1)
        while channel.isActive, !Task.isCancelled, ContinuousClock.now < end {
            guard let waiting = try? await channel.getOption(.bufferedWritableBytes).get(), waiting > 0 else { return }
            if waiting != last { (last, end) = (waiting, ContinuousClock.now.advanced(by: limit)) }
            try? await Task.sleep(for: pause, clock: .continuous)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    /// A logger that drops the libraries' own lines, which add nothing to ours.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(.error, logger.logLevel)
        return quiet
    }
}

/// Ends a connection behind its last answer.
private struct Hangup: Error {}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
