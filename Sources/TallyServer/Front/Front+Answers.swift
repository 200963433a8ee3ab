// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import TallyModel
internal import TallyStore

/// The answers of routes about the server itself.
extension Front {
    /// The routes of the present catalogue.
    var catalogueRoutes: CatalogueRoutes { CatalogueRoutes(catalogue: book.current.catalogue, now: parts.clock()) }

    /// Whether the server is ready, and what was last found of what is stored.
    var health: Reply {
        if readiness.isReady, let trouble = readiness.trouble { return .text(503, trouble + "\n") }
        guard let last = scrubs.last else { return .empty(readiness.isReady ? 200 : 503) }
        return .text(readiness.isReady ? 200 : 503, last.text)
    }

    /// The metrics as text.
    var metricsText: Reply {
        let (told, now) = (book.current.catalogue, parts.clock())
        let text = MetricsText(metrics, views: ViewCard.all(in: told, now: now), scrub: scrubs.last, now: now).text
        return Reply(status: 200, contentType: MetricsText.contentType, body: ByteBuffer(string: text))
    }

    /// Fills the store, at once or in the background.
    func materialize(_ request: RoutedRequest, isIncremental: Bool) async throws(Refusal) -> Reply {
        let isLater = ["true", "1", "yes", "on"].contains(request.head.uri.queryParameters["async"]?.lowercased())
        return try await MaterializeRoute(desk: desk, book: book, settings: settings, isIncremental: isIncremental)
            .answer(request.bytes, request.stay, isLater: isLater)
    }

    /// The page of a service, with a request to try.
    func page(ofService name: String, _ request: Request) throws(Refusal) -> Reply {
        let routes = catalogueRoutes
        return ServicePage(
            card: try routes.card(ofService: name), catalogue: routes.catalogue, isLocked: parts.door.isLocked,
            place: (parts.certificates == nil ? "http://" : "https://")
                + HostName.place(request.head.authority, settings, listener.port)
        ).reply
    }
}
