// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import TallyModel
internal import TallyStore

/// The entry of every request: names it, checks the limits, finds its route, counts and logs it.
struct Front {
    let parts: ServerParts
    let settings: ServerSettings
    let book: CatalogueCache
    let metrics: Metrics
    let readiness: Readiness
    let desk: MaterializationDesk
    let identifiers: RequestIdentifier
    let logger: Logger
    /// The memory that bodies and answers hold.
    let memory: MemoryBudget
    /// The result of the last scrub, which reads everything that is stored.
    let scrubs = ScrubBook()
    /// The port on which it listens.
    let listener = Listener()
    /// The queue of requests that read sources for an instant before the stored rows.
    let sources: SourceLane
    /// The watch over requests that wait for bodies.
    let bodies: BodyWatch
    let retrieval: Retrieval
    private let admission: Admission
    private let lane: LargeLane

    init(
        parts: ServerParts, settings: ServerSettings, book: CatalogueCache, metrics: Metrics, readiness: Readiness,
        desk: MaterializationDesk, identifiers: RequestIdentifier, logger: Logger, connections: Connections
    ) {
        self.parts = parts
        self.settings = settings
        self.book = book
        self.metrics = metrics
        self.readiness = readiness
        self.desk = desk
        self.identifiers = identifiers
        self.logger = logger
        let makeRoom = { @Sendable in connections.closeSlowest() }
        memory = MemoryBudget(limit: settings.memoryBytes, largeBytes: settings.largeBytes, makeRoom: makeRoom)
        bodies = BodyWatch(readiness, limit: settings.deadline)
        // Among the connections are always some that can leave for others: not all of them have a request in work.
        admission = Admission(most: min(settings.mostRequestsAtOnce, max(1, settings.mostConnections / 4 * 3)))
        lane = LargeLane(
            most: settings.mostLargeRequestsAtOnce, threads: settings.largeThreads ?? System.coreCount - 1,
            deadline: settings.deadline, makeRoom: makeRoom)
        sources = SourceLane(most: settings.mostSourceReadsAtOnce, waiting: settings.mostSourceReadsWaiting)
        retrieval = Retrieval(
            book: book, reader: parts.reader, settings: settings, metrics: metrics, lane: lane)
    }

    /// Begins the stay of a request on a connection; the sender of its answer ends it.
    func begin(on channel: (any Channel)? = nil) -> Stay { Stay(memory, sources, on: channel) }

    /// Answers a request; whatever goes wrong is an answer too.
    func respond(to request: Request, _ stay: Stay) async -> Response {
        let start = ContinuousClock.now
        metrics.begin()
        let id = identifiers.identify(request.headers[RequestIdentifier.field])
        let found = RouteTable.find(request.uri.path)
        let route = found?.entry.route ?? .unknown
        let caller = parts.door.caller(request.headers[.authorization], at: parts.clock())
        var reply: Reply
        do throws(Refusal) {
            try caller.check(route.neededScope)
            reply = try await answer(found, request, stay, caller)
        } catch {
            reply = refuse(error, route, id)
        }
        // A server that is to stop answers what it was asked, and wants no more on this connection.
        if readiness.isLeaving || request.wantsClose, !reply.fields.contains(where: { $0.0 == .connection }) {
            reply.fields.append((.connection, "close"))
        }
        let duration = start.duration(to: .now)
        metrics.end(route, status: reply.status, duration)
        log(request.method, route, id, reply, duration, caller)
        return reply.response(
            id: id, date: DateField.text(of: parts.clock()), isHead: request.method == .head, stay)
    }

    /// Whether the door lets a request in, so that its body is worth sending.
    func letsIn(_ request: Request) -> Bool {
        guard !declaresTooMuch(request) else { return false }
        let caller = parts.door.caller(request.headers[.authorization], at: parts.clock())
        let route = RouteTable.find(request.uri.path)?.entry.route ?? .unknown
        return (try? caller.check(route.neededScope)) != nil
    }

    private func answer(
        _ found: (entry: RouteEntry, name: String)?, _ request: Request, _ stay: Stay, _ caller: Caller
    ) async throws(Refusal) -> Reply {
        guard let host = HostName(request.head.authority) else { throw .hostMissing }
        guard let (entry, encoded) = found, let name = PercentEncoding.decode(encoded) else { throw .unknownPath }
        let route = entry.route
        guard request.method == route.method || request.method == .head && route.method == .get else {
            throw .wrongMethod(allowed: route.method == .get ? "GET, HEAD" : "POST")
        }
        guard route.isLimited else {
            let reply = try await entry.answer(self, RoutedRequest(head: request, name: name, bytes: [], stay: stay))
            // What watches the server is told even where no memory is left, as long as it is little.
            return reply.body.readableBytes < settings.largeBytes ? reply : try settled(reply, stay)
        }
        guard !route.changes || host.isKnown(to: settings) else { throw .foreignHost }
        // A client that is slow to send its body does not stand in the way of others: it is not counted yet.
        let bytes = route.method == .post ? try await body(of: request, stay) : []
        // Meanwhile its token may have been revoked, or have expired.
        let parts = parts
        stay.expect { () throws(Refusal) in
            try parts.door.again(caller, at: parts.clock()).check(route.neededScope)
        }
        if route.method == .post { try stay.checkAgain() }
        guard admission.enter() else { throw .busy }
        defer { admission.leave() }
        let routed = RoutedRequest(head: request, name: name, bytes: bytes, stay: stay)
        guard bytes.count >= settings.largeBytes || route.isList else {
            return try settled(try await entry.answer(self, routed), stay)
        }
        let reply = try await lane.run(stay) { () async throws(Refusal) in
            // The columns of a body are about as large as its text, and are there beside it.
            try stay.memory.take(2 * bytes.count)
            return try await entry.answer(self, routed)
        }
        return try settled(reply, stay)
    }

    /// An answer that is built, and holds as much as itself from now on.
    private func settled(_ reply: Reply, _ stay: Stay) throws(Refusal) -> Reply {
        try stay.memory.settle(reply.body.readableBytes)
        return reply
    }

    private func refuse(_ refusal: Refusal, _ route: Route, _ id: String) -> Reply {
        if case .failed(let error) = refusal {
            if refusal.status >= 500, error.code != .notMaterialized, error.code != .needsPython {
                logger.error("request failed", metadata: ["id": "\(id)", "error": "\(error)"])
            } else if error.isWithheld {
                logger.warning("request refused", metadata: ["id": "\(id)", "error": "\(error)"])
            }
        }
        var reply =
            switch route.errors {
            case .feast: FeastErrors.reply(refusal, id: id)
            case .native: NativeErrors.reply(refusal, id: id)
            case .page:
                // Who is kept out is not told what is inside.
                ErrorPage.reply(
                    refusal, id: id,
                    project: refusal.challenge == nil
                        ? book.current.catalogue.definitions.project.name : "tallystick")
            }
        if let challenge = refusal.challenge { reply.fields.append((.wwwAuthenticate, challenge)) }
        switch refusal {
        case .busy: reply.fields.append((.retryAfter, "1"))
        case .failed(let error) where error.code == .busy: reply.fields.append((.retryAfter, "5"))
        case .full: reply.fields += [(.retryAfter, "1"), (.connection, "close")]
        case .wrongMethod(let allowed): reply.fields.append((.allow, allowed))
        case .tooLarge, .bodyMissing, .bodyMalformed, .hostMissing, .foreignHost, .tokenMissing, .tokenUnknown,
            .tokenTooNarrow:
            reply.fields.append((.connection, "close"))
        case .body, .failed, .contentType, .overdue, .filling, .notYet, .unknownPath: break
        }
        return reply
    }

    /// One line a request, without feature values and entity keys: not even the path, only which route it took.
    ///
    /// Of a token it tells the name under which it was made, and nothing of one that is not known.
    func log(
        _ method: HTTPRequest.Method, _ route: Route, _ id: String, _ reply: Reply, _ duration: Duration,
        _ caller: Caller
    ) {
        guard logger.logLevel <= .info else { return }
        let (seconds, attoseconds) = duration.components
        var fields: Logger.Metadata = [
            "id": "\(id)", "method": "\(method.rawValue)", "route": "\(route.template)",
            "status": "\(reply.status)", "bytes": "\(reply.body.readableBytes)",
            "microseconds": "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)",
        ]
        if let name = caller.name { fields["token"] = "\(name)" }
        logger.info("request", metadata: fields)
    }
}
