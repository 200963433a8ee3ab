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
    let desk: MaterializationDesk
    let identifiers: RequestIdentifier
    let logger: Logger
    private let retrieval: Retrieval
    private let admission: Admission

    init(
        parts: ServerParts, settings: ServerSettings, book: CatalogueBook, metrics: Metrics, readiness: Readiness,
        desk: MaterializationDesk, identifiers: RequestIdentifier, logger: Logger
    ) {
        self.parts = parts
        self.settings = settings
        self.book = book
        self.metrics = metrics
        self.readiness = readiness
        self.desk = desk
        self.identifiers = identifiers
        self.logger = logger
        admission = Admission(most: settings.mostRequestsAtOnce)
        retrieval = Retrieval(book: book, reader: parts.reader, settings: settings, metrics: metrics)
    }

    /// Answers a request; whatever goes wrong is an answer too.
    func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        metrics.begin()
        let id = identifiers.identify(request.headers[RequestIdentifier.field])
        let (route, name) = Route.of(path: request.uri.path)
        let reply: Reply
        do throws(Refusal) {
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
        guard route.isLimited else { return try await answer(route, name, request, []) }
        // A client that is slow to send its body does not stand in the way of others: it is not counted yet.
        let bytes = route.method == .post ? try await body(of: request) : []
        guard admission.enter() else { throw .busy }
        defer { admission.leave() }
        return try await answer(route, name, request, bytes)
    }

    private func answer(
        _ route: Route, _ name: String, _ request: Request, _ bytes: [UInt8]
    ) async throws(Refusal) -> Reply {
        switch route {
        case .vectors: return try await VectorsRoute(retrieval: retrieval).answer(bytes)
        case .onlineFeatures: return try await OnlineFeaturesRoute(retrieval: retrieval).answer(bytes)
        case .materialize, .materializeIncremental:
            let isLater = ["true", "1", "yes", "on"].contains(request.uri.queryParameters["async"]?.lowercased())
            return try await MaterializeRoute(
                desk: desk, book: book, isIncremental: route == .materializeIncremental
            ).answer(bytes, isLater: isLater)
        case .push, .writeToOnlineStore:
            throw .notYet("rows cannot be written over HTTP yet: fill the store with `tally materialize`")
        case .health, .ready: return .empty(readiness.isReady ? 200 : 503)
        case .live: return .empty(200)
        case .metrics, .services, .service, .views, .view, .home, .servicePage, .viewPage, .unknown:
            return try look(at: route, name)
        }
    }

    /// What is told about the catalogue, to programs and to people.
    private func look(at route: Route, _ encoded: String) throws(Refusal) -> Reply {
        let (catalogue, now) = (book.current.catalogue, parts.clock())
        let routes = CatalogueRoutes(catalogue: catalogue, now: now)
        guard let name = PercentEncoding.decode(encoded) else { throw .unknownPath }
        switch route {
        case .metrics:
            let text = MetricsText(metrics, views: ViewCard.all(in: catalogue, now: now), now: now).text
            return Reply(status: 200, contentType: MetricsText.contentType, body: ByteBuffer(string: text))
        case .services: return routes.services()
        case .service: return try routes.service(name)
        case .views: return routes.views()
        case .view: return try routes.view(name)
        case .home: return HomePage(catalogue: catalogue, now: now).reply
        case .servicePage: return ServicePage(card: try routes.card(ofService: name), catalogue: catalogue).reply
        case .viewPage: return ViewPage(card: try routes.card(ofView: name), catalogue: catalogue).reply
        case .vectors, .onlineFeatures, .materialize, .materializeIncremental, .push, .writeToOnlineStore, .health,
            .live, .ready, .unknown:
            throw .unknownPath
        }
    }

    private func refuse(_ refusal: Refusal, _ route: Route, _ id: String) -> Reply {
        if case .failed(let error) = refusal, refusal.status >= 500, error.code != .notMaterialized {
            logger.error("request failed", metadata: ["id": "\(id)", "error": "\(error)"])
        }
        var reply =
            if route.isFeast {
                FeastErrors.reply(refusal, id: id)
            } else if route.isPage {
                ErrorPage.reply(refusal, id: id, project: book.current.catalogue.definitions.project.name)
            } else {
                NativeErrors.reply(refusal, id: id)
            }
        switch refusal {
        case .busy: reply.fields.append((.retryAfter, "1"))
        case .wrongMethod(let allowed): reply.fields.append((.allow, allowed))
        case .tooLarge, .bodyMissing: reply.fields.append((.connection, "close"))
        case .body, .failed, .contentType, .overdue, .filling, .notYet, .unknownPath: break
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
                "status": "\(reply.status)", "bytes": "\(reply.body.readableBytes)",
                "microseconds": "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)",
            ])
    }
}
