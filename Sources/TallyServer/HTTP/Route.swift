// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes

/// What holds for all requests of a path: its method, who may come, and how errors are told.
///
/// `RouteTable` lists all of them.
struct Route: Sendable, Hashable {
    /// How errors are written.
    enum Errors: Sendable, Hashable {
        /// As a message of our own form.
        case native
        /// As Feast writes them.
        case feast
        /// As a page for people.
        case page
    }

    /// The path as `docs/openapi.yaml` writes it; `{name}` stands for one segment.
    let template: String
    /// The method it takes; a path that takes GET takes HEAD too.
    var method = HTTPRequest.Method.get
    /// How errors are written.
    var errors = Errors.native
    /// What a token has to allow for it; nil for what watches whether the server is there.
    var neededScope: TokenScope? = .read
    /// Whether the limit on requests at once holds: not for what watches the server.
    var isLimited = true
    /// Whether it tells of the whole catalogue.
    var isList = false

    /// Whether it fills the store or writes into it.
    var changes: Bool { neededScope == .write }

    /// What a path is that nobody answers.
    static let unknown = Route(template: "unknown")
}
