// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

/// The command on a service's page is one request, whatever names hold.
@Suite struct CurlExampleTests {
    private static let odd = [
        "id", "it's", "a\"b", "a b", "$(touch x)", "`id`", "a\\b", "a\nb", "a\tb", "\u{1B}[31m", "é", "e\u{301}", "'",
        "''", "\\'", "!x", "-d", "a;b|c&d>e", "<b>&amp;", "%00%0a", "\u{202E}x", "\u{2028}", "😀", "#{x}", "~", "*?[a]",
        "a\r\nb", "\u{0}x", "🇩🇪'\"$", String(repeating: "'", count: 40),
    ]

    /// Runs a command in a shell in which curl prints what it is given.
    private func arguments(_ command: String) async throws -> [String] {
        let bash = try #require(OutsideProgram.find("bash"))
        let outcome = try await OutsideProgram.run(
            bash,
            [
                "-c",
                "curl() { for word in \"$@\"; do printf '%s\\n' \"$(printf %s \"$word\" | base64 -w 0)\"; done; }\n"
                    + command,
            ],
            environment: ["TALLY_TOKEN": "tly_secret"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
        return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
            String(decoding: Data(base64Encoded: String(line)) ?? Data(), as: UTF8.self)
        }
    }

    @Test func `a shell hands curl one body that says the names as they are`() async throws {
        for (index, name) in Self.odd.enumerated() {
            let other = Self.odd[(index + 7) % Self.odd.count]
            let example = CurlExample(
                place: "http://localhost:7000", service: other, keys: [ColumnSchema(name: name, type: .string)],
                inputs: [ColumnSchema(name: other, type: .float64)], hasToken: index % 2 == 0)
            let page = HTML.element("pre", .code(example.text)).text
            let found = try await arguments(unescaped(page))
            let token = index % 2 == 0 ? ["-H", "Authorization: Bearer tly_secret"] : []
            #expect(
                found.dropLast()
                    == (token + [
                        "-H", "Content-Type: application/json", "http://localhost:7000/v1/vectors", "-d",
                    ])[...], "\(name.debugDescription)")
            let body = try JSON(parsing: found.last ?? "")
            #expect(body["service"]?.stringValue.map { Array($0.utf8) } == Array(other.utf8))
            #expect(body["entities"]?[name]?.arrayValue?.count == 1, "\(found)")
            #expect(body["request"]?[other]?.arrayValue?.count == 1, "\(found)")
        }
    }

    @Test func `random names from all of Unicode come through`() async throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<30 {
            var name = ""
            for _ in 0..<20 {
                let wide = UInt32.random(in: 0...0x10_FFFF, using: &random)
                let value = Bool.random(using: &random) ? wide % 128 : wide
                if let scalar = Unicode.Scalar(value) { name.unicodeScalars.append(scalar) }
            }
            let example = CurlExample(place: "http://a", service: name, keys: [], inputs: [], hasToken: false)
            let body = try JSON(parsing: try await arguments(example.text).last ?? "")
            #expect(
                body["service"]?.stringValue.map { Array($0.utf8) } == Array(name.utf8), "\(name.debugDescription)")
        }
    }

    @Test func `it names the host that was asked for, where the server knows it, else where it listens`() async throws {
        var settings = ServerSettings()
        settings.knownHosts = ["features.example"]
        for (asked, place) in [
            ("localhost:7001", "localhost:7001"), ("127.0.0.1", "127.0.0.1"), ("[::1]:80", "[::1]:80"),
            ("Features.Example", "features.example"), ("features.example:443", "features.example:443"),
            ("evil.example", "127.0.0.1:7000"), ("localhost:80'; rm", "127.0.0.1:7000"),
            ("localhost:99999", "127.0.0.1:7000"), ("localhost:", "localhost"),
            ("", "127.0.0.1:7000"),
        ] {
            #expect(HostName.place(asked, settings, 7_000) == place, "\(asked)")
        }
        settings.host = "::"
        #expect(HostName.place(nil, settings, 7_000) == "localhost:7000")
        settings.host = "2001:db8::1"
        #expect(HostName.place(nil, settings, nil) == "[2001:db8::1]:6566")
        let fixture = try await ServerFixture()
        try await LiveServer.run(fixture.parts) { server in
            let page = try await server.curl(server.url("/services/arrival_delay"))
            #expect(page.contains("&#39;http://127.0.0.1:\(server.port)/v1/vectors&#39;"), "\(page)")
            let foreign = try await server.curl("-H", "Host: evil.example", server.url("/services/arrival_delay"))
            #expect(foreign.contains("&#39;http://127.0.0.1:\(server.port)/v1/vectors&#39;"), "\(foreign)")
        }
    }

    /// A page's text as a browser shows it.
    private func unescaped(_ page: String) -> String {
        var text = page
        while let open = text.range(of: "<[a-z/][^>]*>", options: .regularExpression) { text.removeSubrange(open) }
        for (entity, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replacingOccurrences(of: entity, with: sign)
        }
        return text
    }
}
