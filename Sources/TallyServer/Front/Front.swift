// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import TallyModel
internal import TallyStore

/// Where every request comes in: names it, holds the limits, finds its route, counts and logs it.
struct Front {
    let parts: ServerParts
    let settings: ServerSettings
    let book: CatalogueBook
    let metrics: Metrics
    let readiness: Readiness
    let identifiers: RequestIdentifier
    let logger: Logger
    private let retrieval: Retrieval

    init(
        parts: ServerParts, settings: ServerSettings, book: CatalogueBook, metrics: Metrics, readiness: Readiness,
        identifiers: RequestIdentifier, logger: Logger
    ) {
        self.parts = parts
        self.settings = settings
        self.book = book
        self.metrics = metrics
        self.readiness = readiness
        self.identifiers = identifiers
        self.logger = logger
        retrieval = Retrieval(book: book, reader: parts.reader, settings: settings, metrics: metrics)
    }

    /// Answers a request; whatever goes wrong is an answer too.
    func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let inFlight = metrics.begin()
        let id = identifiers.identify(request.headers[RequestIdentifier.field])
        let (route, name) = Route.of(path: request.uri.path)
        let reply: Reply
        do throws(Refusal) {
            if route.isLimited, inFlight > settings.mostRequestsAtOnce { throw .busy }
            reply = try await answer(route, name, request)
        } catch {
            reply = refuse(error, route, id)
        }
        let duration = start.duration(to: .now)
        metrics.end(route, status: reply.status, duration)
        log(request, route, id, reply, duration)
        return reply.response(id: id, date: DateField.text(of: parts.clock()), isHead: request.method == .head)
    }

    private func answer(_ route: Route, _ name: String, _ request: Request) async throws(Refusal) -> Reply {
        guard route != .unknown else { throw .unknownPath }
        guard request.method == route.method || request.method == .head && route.method == .get else {
            throw .wrongMethod(allowed: route.method == .get ? "GET, HEAD" : "POST")
        }
        switch route {
        case .vectors: return try await VectorsRoute(retrieval: retrieval).answer(try await body(of: request))
        case .onlineFeatures:
            return try await OnlineFeaturesRoute(retrieval: retrieval).answer(try await body(of: request))
        case .health: return .empty(readiness.isReady ? 200 : 503)
        case .live, .ready, .metrics, .services, .service, .views, .view, .materialize, .materializeIncremental, .push,
            .writeToOnlineStore, .home, .servicePage, .viewPage, .unknown:
            throw .unknownPath
        }
    }

    private func refuse(_ refusal: Refusal, _ route: Route, _ id: String) -> Reply {
        if case .failed(let error) = refusal, refusal.status >= 500, error.code != .notMaterialized {
            logger.error("request failed", metadata: ["id": "\(id)", "error": "\(error)"])
        }
        var reply = route.isFeast ? FeastErrors.reply(refusal, id: id) : NativeErrors.reply(refusal, id: id)
        switch refusal {
        case .busy: reply.fields.append((.retryAfter, "1"))
        case .wrongMethod(let allowed): reply.fields.append((.allow, allowed))
        case .tooLarge: reply.fields.append((.connection, "close"))
        case .body, .failed, .contentType, .bodyMissing, .overdue, .filling, .notYet, .unknownPath: break
        }
        return reply
    }

    /// One line a request, without feature values and entity keys: not even the path, only which route it took.
    private func log(_ request: Request, _ route: Route, _ id: String, _ reply: Reply, _ duration: Duration) {
        guard logger.logLevel <= .info else { return }
        let (seconds, attoseconds) = duration.components
        logger.info(
            "request",
            metadata: [
                "id": "\(id)", "method": "\(request.method.rawValue)", "route": "\(route.template)",
                "status": "\(reply.status)", "bytes": "\(reply.body.count)",
                "microseconds": "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)",
            ])
    }
}
