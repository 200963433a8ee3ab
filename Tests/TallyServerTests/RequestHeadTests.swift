// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import NIOHTTP1
import Testing

@testable import TallyServer

/// What a head has to be, and what is made of it.
@Suite struct RequestHeadTests {
    private func plain(
        _ uri: String, _ fields: [(String, String)] = [("Host", "a")], _ method: HTTPMethod = .GET,
        _ version: HTTPVersion = .http1_1
    ) throws(HTTPParserError) -> HTTPRequestHead {
        try RequestHead.plain(HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(fields)))
    }

    @Test(arguments: [
        ("http://tally.example/v1/services", "/v1/services", "tally.example"),
        ("HTTP://Localhost:80/a?b=c", "/a?b=c", "Localhost:80"), ("https://[::1]:8/x", "/x", "[::1]:8"),
        ("http://a.example", "/", "a.example"), ("http://a.example?b", "/?b", "a.example"),
    ])
    func `a target in absolute form is a path, and its host is the one that is asked for`(
        uri: String, path: String, host: String
    ) throws {
        let head = try plain(uri, [("Host", "localhost"), ("Accept", "*/*")])
        #expect(head.uri == path && head.headers["host"] == [host] && head.headers["accept"] == ["*/*"])
        #expect(try plain(uri, [], .GET, .http1_0).headers["host"] == [host])
        #expect(throws: HTTPParserError.self) { try plain(uri, []) }
    }

    @Test(arguments: [
        "", "v1/services", "foo:bar", "ftp://a.example/", "http:/a", "http://", "http:///a", "http://u:p@localhost/a",
        "http://localhost:99999/a", "http://localhost:80@evil/a", "http://a b/", "localhost:443", "*",
        "http\u{17F}://a/",
    ])
    func `another target is none`(uri: String) {
        #expect(throws: HTTPParserError.self) { try plain(uri) }
    }

    @Test func `a path stays as it is, and so does the target of OPTIONS`() throws {
        for uri in ["/", "//a/b", "/a?b=http://c", "/%2f", "/a:b"] {
            let head = try plain(uri, [("Host", "x"), ("host-2", "y")])
            #expect(head.uri == uri && head.headers["host"] == ["x"])
        }
        #expect(try plain("*", [("Host", "x")], .OPTIONS).uri == "*")
    }

    @Test func `a body comes in chunks or as it is, and is coded in no other way`() throws {
        for coding in ["chunked", "Chunked", "CHUNKED"] {
            #expect(throws: Never.self) { try plain("/", [("Host", "a"), ("Transfer-Encoding", coding)], .POST) }
        }
        for codings in [
            ["gzip, chunked"], ["gzip"], ["chunked, identity"], ["identity"], ["chunked,"], [""], ["\"chunked\""],
            ["chunked;q=1"], ["chunked", "chunked"], ["xchunked"], ["chun\u{212A}ed"],
        ] {
            let fields = [("Host", "a")] + codings.map { ("Transfer-Encoding", $0) }
            #expect(throws: HTTPParserError.self, "\(codings)") { try plain("/", fields, .POST) }
        }
        #expect(throws: HTTPParserError.self) {
            try plain("/", [("Host", "a"), ("Transfer-Encoding", "chunked")], .POST, .http1_0)
        }
    }
}
