// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOHTTP1

/// The heads of requests in the one form that everything behind reads: HTTP/1.1, a path, and the host it is for.
enum RequestHead {
    /// The host of a request that names none, which HTTP/1.0 allows: a name that nobody can have (RFC 2606).
    static let nobody = "http-1-0.invalid"

    /// A head that says the same in that form; throws for what the grammar of the decoder lets through and HTTP does not.
    static func plain(_ head: HTTPRequestHead) throws(HTTPParserError) -> HTTPRequestHead {
        guard head.version.major == 1, head.version.minor < 2 else { throw .invalidVersion }
        guard head.headers["host"].count < 2 else { throw .invalidHeaderToken }
        try checkCoding(head)
        var plain = head
        try makeOrigin(&plain)
        if head.version.minor == 0 { makeModern(&plain) }
        return plain
    }

    /// Refuses a body that is coded in another way than in chunks (RFC 9112, sections 6.1 and 7): it would be read as it is.
    private static func checkCoding(_ head: HTTPRequestHead) throws(HTTPParserError) {
        let codings = head.headers["transfer-encoding"]
        guard !codings.isEmpty else { return }
        guard codings.count == 1, head.version.minor > 0,
            codings[0].utf8.elementsEqual("chunked".utf8, by: { $0 | 0x20 == $1 })
        else { throw .unknown }
    }

    /// Makes a target in absolute form a path, and its host that of the request (RFC 9112, section 3.2.2).
    private static func makeOrigin(_ head: inout HTTPRequestHead) throws(HTTPParserError) {
        guard head.uri.utf8.first != UInt8(ascii: "/") else { return }
        if head.method == .OPTIONS, head.uri.utf8.elementsEqual("*".utf8) { return }
        let begin = head.uri.prefix(8).lowercased().utf8
        guard let scheme = ["http://", "https://"].first(where: { begin.starts(with: $0.utf8) }) else {
            throw .invalidURL
        }
        let rest = head.uri.utf8.dropFirst(scheme.utf8.count)
        let ends = Array("/?#".utf8)
        let authority = String(rest.prefix { !ends.contains($0) }) ?? ""
        guard HostName(authority) != nil else { throw .invalidURL }
        let path = String(rest.dropFirst(authority.utf8.count)) ?? ""
        head.uri = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
        // The field has to be there all the same, whatever it says (section 3.2).
        guard head.version.minor == 0 || head.headers.contains(name: "host") else { throw .invalidHeaderToken }
        head.headers.replaceOrAdd(name: "host", value: authority)
    }

    /// Makes a request of HTTP/1.0 one of HTTP/1.1: its connection ends, and it need not name a host.
    private static func makeModern(_ head: inout HTTPRequestHead) {
        head.version = .http1_1
        head.headers.replaceOrAdd(name: "connection", value: "close")
        head.headers.remove(name: "expect")
        if !head.headers.contains(name: "host") { head.headers.add(name: "host", value: nobody) }
    }
}
