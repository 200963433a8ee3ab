// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import TallyModel
import Testing

@testable import TallyServer

/// What one request may ask for, hold and change.
@Suite struct BoundsTests {
    private func settings(_ change: (inout ServerSettings) -> Void) -> ServerSettings {
        var settings = ServerSettings()
        change(&settings)
        return settings
    }

    private static let seats = #"{"features":["planes:seats"],"entities":{"tail":[1,2]}}"#

    @Test func `lists of names and names themselves have an end`() async throws {
        let fixture = try await ServerFixture(
            settings: settings { ($0.mostFeatures, $0.longestNameBytes) = (2, 20) })
        let bodies = [
            #"{"features":["planes:seats","planes:seats","planes:seats"],"entities":{"tail":[1]}}"#:
                "more than 2 names",
            #"{"features":["planes:seats_and_more_seats"],"entities":{"tail":[1]}}"#: "a name of 27 bytes is too long",
        ]
        for (body, reason) in bodies {
            for path in ["/v1/vectors", "/get-online-features"] {
                let answer = try await fixture.post(path, body)
                #expect(answer.status == 422 && answer.text.contains(reason), "\(answer.text)")
            }
        }
        let service = #"{"service":"a_service_with_a_long_name","entities":{"tail":[1]}}"#
        let answer = try await fixture.post("/v1/vectors", service)
        #expect(answer.status == 422 && answer.text.contains("too long"), "\(answer.text)")
        for views in [#"["\#(String(repeating: "a", count: 21))"]"#, #"["planes","planes","planes"]"#] {
            let refused = try await fixture.post("/materialize", #"{"feature_views":\#(views)}"#)
            #expect(refused.status == 422, "\(refused.text)")
        }
        #expect(try await fixture.post("/materialize", #"{"feature_views":["planes"]}"#).status == 200)
    }

    @Test func `a body that memory has no room for is 503, and room comes back`() async throws {
        let fixture = try await ServerFixture(settings: settings { $0.memoryBytes = 1 << 20 })
        let other = fixture.server.front.begin()
        try other.memory.take(700_000)
        #expect(try await fixture.post("/v1/vectors", Self.seats).status == 200)
        let answer = try await fixture.post("/v1/vectors", Self.seats + String(repeating: " ", count: 100_000))
        #expect(answer.status == 503)
        #expect(answer.fields[.retryAfter] == "1" && answer.fields[.connection] == "close")
        other.end()
        let again = try await fixture.post("/v1/vectors", Self.seats + String(repeating: " ", count: 100_000))
        #expect(again.status == 200)
        #expect(fixture.server.front.memory.used == 0)
    }

    @Test func `a large request counts three times its body while it is worked on`() async throws {
        let blanks = String(repeating: " ", count: 100_000)
        let tight = settings { $0.memoryBytes = 300_000 }
        let refused = try await ServerFixture(settings: tight).post("/v1/vectors", Self.seats + blanks)
        #expect(refused.status == 422 && refused.text.contains("ask in parts"), "\(refused.text)")
        let roomy = settings { $0.memoryBytes = 500_000 }
        #expect(try await ServerFixture(settings: roomy).post("/v1/vectors", Self.seats + blanks).status == 200)
        let busy = settings { ($0.largeBytes, $0.mostLargeRequestsAtOnce) = (1, 0) }
        #expect(try await ServerFixture(settings: busy).post("/v1/vectors", Self.seats).status == 429)
    }

    @Test func `a column that comes twice is given back once, as it came last`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            "/get-online-features", #"{"features":["planes:seats"],"entities":{"tail":[2,1],"tail":[1,2]}}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["metadata"]?["feature_names"] == .array([.string("tail"), .string("seats")]))
        #expect(answer.json["results"]?.arrayValue?.first?["values"] == .array([.int(1), .int(2)]))
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:6566", true), ("127.0.0.1", true), ("127.1.2.3:80", true), ("[::1]:80", true),
        ("localhost.", true), ("tally.example", true), ("evil.example", false), ("localhost.evil.example", false),
        ("127.0.0.1.evil.example", false), ("0.0.0.0", false), ("[::2]", false), ("127.1.2.3.", true),
        ("localhost:", true), ("[::1]:", true), ("a-b_c.example:65535", false), ("126.0.0.1", false),
    ])
    func `only hosts that the server was told, and loopback names, fill the store`(host: String, isKnown: Bool) throws {
        let name = try #require(HostName(host))
        #expect(name.isKnown(to: settings { $0.knownHosts = ["Tally.Example"] }) == isKnown)
        #expect(HostName(nil) == nil && HostName("") == nil && HostName(":80") == nil && HostName(" localhost") == nil)
    }

    @Test(arguments: [
        "127.0.0.01", "127.0.0.256", "127.0.0", "127.1", "127..0.0.1", "127.1.2.3..", "2130706433", "0x7f.0.0.1",
        "0x7f",
        "a.0x1", "localhost..", ".localhost", ".", "localhost:80@evil", "u@localhost", "localhost@evil",
        "evil:localhost",
        "localhost:99999", "localhost:-1", "localhost:+80", "localhost:8:0", "localhost: 80", "[::1]evil.com", "[::1",
        "::1",
        "[::1]80", "[::1].", "[]", "[::g]", "[127.0.0.1]", "[::1%25eth0]", "[::1%1]", "localhost evil",
        "localhost,evil",
        "localhost/evil", "localhost#", "localhost?", "localhost%00", "localhost\u{301}", "loca\u{17F}host",
        "\u{212A}.example",
        "a*b", "localhost:80'; rm",
    ])
    func `what no host is written as is refused, whatever is asked for`(host: String) async throws {
        #expect(HostName(host) == nil && HostName(host + "\t") == nil && HostName(" " + host) == nil)
        let fixture = try await ServerFixture(isFilled: false)
        #expect(try await fixture.send(.get, "/v1/services", host: host).status == 400)
    }

    @Test func `layouts are kept up to a size`() async throws {
        let fixture = try await ServerFixture()
        let current = fixture.server.front.book.current
        for number in 0..<2_000 {
            // Each list is spelled in its own way, and is a layout of its own.
            let blanks = String(repeating: " ", count: number + 30_000)
            let body = "{\"features\":[\(blanks)\"planes:seats\"],\"entities\":{\"tail\":[1]}}"
            #expect(try await fixture.post("/v1/vectors", body).status == 200)
        }
        #expect(current.keptBytes <= 32 << 20)
    }
}
