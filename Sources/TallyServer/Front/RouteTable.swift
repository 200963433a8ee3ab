// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import TallyModel
internal import TallyStore

/// A request as its route gets it.
struct RoutedRequest {
    let head: Request
    /// The name in the path, decoded; empty where the path has none.
    let name: String
    /// The body.
    let bytes: [UInt8]
    let stay: Stay
}

/// A route and how it answers.
struct RouteEntry: Sendable {
    typealias Answer = @Sendable (Front, RoutedRequest) async throws(Refusal) -> Reply

    let route: Route
    let answer: Answer

    init(_ route: Route, _ answer: @escaping Answer) {
        self.route = route
        self.answer = answer
    }
}

/// Every path that the server answers; `docs/openapi.yaml` describes the same ones.
enum RouteTable {
    /// All routes: for programs, in Feast's form, for probes, for people.
    static let entries: [RouteEntry] = programs + feast + probes + pages

    private static let programs = [
        RouteEntry(Route(template: "/v1/vectors", method: .post)) { (front, request) async throws(Refusal) in
            try await VectorsRoute(retrieval: front.retrieval)
                .answer(request.bytes, request.stay, accepting: request.head.headers[values: .accept])
        },
        RouteEntry(Route(template: "/v1/services", isList: true)) { (front, _) in front.catalogueRoutes.services() },
        RouteEntry(Route(template: "/v1/services/{name}")) { (front, request) async throws(Refusal) in
            try front.catalogueRoutes.service(request.name)
        },
        RouteEntry(Route(template: "/v1/views", isList: true)) { (front, _) in front.catalogueRoutes.views() },
        RouteEntry(Route(template: "/v1/views/{name}")) { (front, request) async throws(Refusal) in
            try front.catalogueRoutes.view(request.name)
        },
    ]

    private static let feast = [
        RouteEntry(Route(template: "/get-online-features", method: .post, errors: .feast)) {
            (front, request) async throws(Refusal) in
            try await OnlineFeaturesRoute(retrieval: front.retrieval).answer(request.bytes, request.stay)
        },
        filling("/materialize") { (front, request) async throws(Refusal) in
            try await front.materialize(request, isIncremental: false)
        },
        filling("/materialize-incremental") { (front, request) async throws(Refusal) in
            try await front.materialize(request, isIncremental: true)
        },
        filling("/push") { (_, _) async throws(Refusal) in throw .notYet(noRows) },
        filling("/write-to-online-store") { (_, _) async throws(Refusal) in throw .notYet(noRows) },
    ]

    private static let probes =
        Front.Probe.allCases.map { probe in
            RouteEntry(probe.route) { (front, _) in front.reply(to: probe) }
        }
        + [
            RouteEntry(Route(template: "/metrics", isLimited: false)) { (front, _) in front.metricsText }
        ]

    private static let pages = [
        RouteEntry(Route(template: "/", errors: .page, isList: true)) { (front, _) in
            HomePage(catalogue: front.catalogueRoutes.catalogue, now: front.catalogueRoutes.now).reply
        },
        RouteEntry(Route(template: "/services/{name}", errors: .page)) { (front, request) async throws(Refusal) in
            try front.page(ofService: request.name, request.head)
        },
        RouteEntry(Route(template: "/views/{name}", errors: .page)) { (front, request) async throws(Refusal) in
            let routes = front.catalogueRoutes
            return ViewPage(card: try routes.card(ofView: request.name), catalogue: routes.catalogue).reply
        },
    ]

    private static let noRows: Advice = "rows cannot be written over HTTP yet: fill the store with `\(.materialize())`"

    private static func filling(_ template: String, _ answer: @escaping RouteEntry.Answer) -> RouteEntry {
        RouteEntry(Route(template: template, method: .post, errors: .feast, neededScope: .write), answer)
    }
}

extension RouteTable {
    private static let byPath = Dictionary(
        uniqueKeysWithValues: entries.filter { !$0.route.template.hasSuffix("{name}") }.map { ($0.route.template, $0) })
    private static let byPrefix = entries.filter { $0.route.template.hasSuffix("{name}") }
        .map { (prefix: String($0.route.template.dropLast("{name}".count)), entry: $0) }

    /// The entry of a path without query, and the name in it, which is still percent-encoded; nil for no path of ours.
    static func find(_ path: String) -> (entry: RouteEntry, name: String)? {
        if let entry = byPath[path] { return (entry, "") }
        for (prefix, entry) in byPrefix where path.hasPrefix(prefix) {
            let name = path.dropFirst(prefix.count)
            if !name.isEmpty, !name.contains("/") { return (entry, String(name)) }
        }
        return nil
    }
}
