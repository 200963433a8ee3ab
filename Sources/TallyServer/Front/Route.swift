// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes

/// Every path that the server answers; `docs/openapi.yaml` describes the same ones.
enum Route: Int, CaseIterable {
    case vectors
    case onlineFeatures
    case services
    case service
    case views
    case view
    case materialize
    case materializeIncremental
    case push
    case writeToOnlineStore
    case health
    case live
    case ready
    case metrics
    case home
    case servicePage
    case viewPage
    /// No path of ours.
    case unknown

    /// The path as the document writes it; `{name}` stands for one segment.
    var template: String {
        switch self {
        case .vectors: "/v1/vectors"
        case .onlineFeatures: "/get-online-features"
        case .services: "/v1/services"
        case .service: "/v1/services/{name}"
        case .views: "/v1/views"
        case .view: "/v1/views/{name}"
        case .materialize: "/materialize"
        case .materializeIncremental: "/materialize-incremental"
        case .push: "/push"
        case .writeToOnlineStore: "/write-to-online-store"
        case .health: "/health"
        case .live: "/livez"
        case .ready: "/readyz"
        case .metrics: "/metrics"
        case .home: "/"
        case .servicePage: "/services/{name}"
        case .viewPage: "/views/{name}"
        case .unknown: "unknown"
        }
    }

    /// The method it takes; a path that takes GET takes HEAD too.
    var method: HTTPRequest.Method {
        switch self {
        case .vectors, .onlineFeatures, .materialize, .materializeIncremental, .push, .writeToOnlineStore: .post
        case .services, .service, .views, .view, .health, .live, .ready, .metrics, .home, .servicePage, .viewPage,
            .unknown:
            .get
        }
    }

    /// Whether errors are written as Feast writes them.
    var isFeast: Bool {
        switch self {
        case .onlineFeatures, .materialize, .materializeIncremental, .push, .writeToOnlineStore: true
        case .vectors, .services, .service, .views, .view, .health, .live, .ready, .metrics, .home, .servicePage,
            .viewPage, .unknown:
            false
        }
    }

    /// Whether errors are written as a page.
    var isPage: Bool { self == .home || self == .servicePage || self == .viewPage }

    /// Whether it fills the store or writes into it.
    var changes: Bool {
        switch self {
        case .materialize, .materializeIncremental, .push, .writeToOnlineStore: true
        case .vectors, .onlineFeatures, .services, .service, .views, .view, .health, .live, .ready, .metrics, .home,
            .servicePage, .viewPage, .unknown:
            false
        }
    }

    /// What a token has to allow for it; nil for what watches whether the server is there.
    var neededScope: TokenScope? {
        switch self {
        case .health, .live, .ready: nil
        case .materialize, .materializeIncremental, .push, .writeToOnlineStore: .write
        case .vectors, .onlineFeatures, .services, .service, .views, .view, .metrics, .home, .servicePage, .viewPage,
            .unknown:
            .read
        }
    }

    /// Whether it tells of the whole catalogue.
    var isList: Bool { self == .services || self == .views || self == .home }

    /// Whether the limit on requests at once holds: not for what watches the server.
    var isLimited: Bool {
        switch self {
        case .health, .live, .ready, .metrics: false
        case .vectors, .onlineFeatures, .services, .service, .views, .view, .materialize, .materializeIncremental,
            .push, .writeToOnlineStore, .home, .servicePage, .viewPage, .unknown:
            true
        }
    }
}

extension Route {
    private static let byPath: [String: Route] = {
        var routes: [String: Route] = [:]
        for route in allCases where route != .unknown && !route.template.contains("{") {
            routes[route.template] = route
        }
        return routes
    }()
    private static let byPrefix: [(prefix: String, route: Route)] = allCases.compactMap { route in
        route.template.hasSuffix("{name}") ? (String(route.template.dropLast("{name}".count)), route) : nil
    }

    /// The route of a path without query, and the name in it, which is still percent-encoded.
    static func of(path: String) -> (route: Route, name: String) {
        if let route = byPath[path] { return (route, "") }
        for (prefix, route) in byPrefix where path.hasPrefix(prefix) {
            let name = path.dropFirst(prefix.count)
            if !name.isEmpty, !name.contains("/") { return (route, String(name)) }
        }
        return (.unknown, "")
    }
}
