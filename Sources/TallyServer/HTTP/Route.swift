// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes

/// The properties of a path's requests: method, needed scope, limits, and the shape of errors.
///
/// `RouteTable` lists all of them.
struct Route: Sendable, Hashable {
    /// The shape of errors.
    enum Errors: Sendable, Hashable {
        /// As a message of our own form.
        case native
        /// As Feast writes them.
        case feast
        /// As a page for people.
        case page
    }

    /// The path as in `docs/openapi.yaml`; `{name}` is one segment.
    let template: String
    /// The method it takes; a path that takes GET takes HEAD too.
    var method = HTTPRequest.Method.get
    /// The shape of errors.
    var errors = Errors.native
    /// The scope that a token needs; nil for probes that watch whether the server is there.
    var neededScope: TokenScope? = .read
    /// Whether the limit on requests at once holds: not for what watches the server.
    var isLimited = true
    /// Whether it tells of the whole catalogue.
    var isList = false

    /// Whether it fills the store or writes into it.
    var changes: Bool { neededScope == .write }

    /// The route of a path that is not in the table.
    static let unknown = Route(template: "unknown")
}
